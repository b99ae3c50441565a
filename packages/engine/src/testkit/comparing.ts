import { describe, expect } from '@jest/globals';
import { ALL_TIME } from '@seeknal/plan';

import { build, buildFull, day, days, snapshotEntry, valuesText, type WithEngine } from './task.ts';

type Rows = Parameters<typeof valuesText>[0];

/** What a commit says to have changed, and what it had seen. */
export function describeComparing(withEngine: WithEngine): void {
  describe('comparing', () => {
    const week = days(1, 7);
    const first: Rows = [
      [1, 1, 5],
      [2, 2, 5],
      [2, 3, 2],
      [5, 4, 7],
    ];
    const cases: readonly (readonly [string, Rows, readonly (readonly [number, number])[]])[] = [
      [
        'the same rows in another order',
        [
          [5, 4, 7],
          [2, 3, 2],
          [1, 1, 5],
          [2, 2, 5],
        ],
        [],
      ],
      [
        'another value on one day',
        [
          [1, 1, 5],
          [2, 2, 6],
          [2, 3, 2],
          [5, 4, 7],
        ],
        [[2, 2]],
      ],
      [
        'values that changed places within a day',
        [
          [1, 1, 5],
          [2, 2, 2],
          [2, 3, 5],
          [5, 4, 7],
        ],
        [[2, 2]],
      ],
      [
        'a row more and a row less',
        [
          [1, 1, 5],
          [2, 2, 5],
          [2, 3, 2],
          [3, 9, 9],
        ],
        [
          [3, 3],
          [5, 5],
        ],
      ],
      [
        'a row twice',
        [
          [1, 1, 5],
          [1, 1, 5],
          [2, 2, 5],
          [2, 3, 2],
          [5, 4, 7],
        ],
        [[1, 1]],
      ],
      [
        'changes on days side by side',
        [
          [1, 1, 6],
          [2, 2, 6],
          [2, 3, 2],
          [5, 4, 7],
        ],
        [[1, 2]],
      ],
      [
        'nothing left',
        [],
        [
          [1, 2],
          [5, 5],
        ],
      ],
    ];
    for (const [what, rows, changed] of cases) {
      withEngine(`a week repeated with ${what}: ${changed.length} stretches changed`, async ({ engine }) => {
        await engine.run(build({ range: week, sql: valuesText(first) }));
        const commit = await engine.run(build({ range: week, sql: valuesText(rows) }));
        expect(commit.changed).toEqual(changed.map(([from, to]) => days(from, to)));
      });
    }

    withEngine('the first commit of a range changes it if it has rows', async ({ engine }) => {
      expect((await engine.run(build({ range: week, sql: valuesText([]) }))).changed).toEqual([]);
      expect((await engine.run(build({ range: days(8, 9), sql: valuesText([[8, 1, 1]]) }))).changed).toEqual([
        days(8, 9),
      ]);
    });

    withEngine('a range of a day or less changes as a whole', async ({ engine }) => {
      const hours = { start: day(1), end: day(1) + 7_200_000 };
      const sql = (v: number) => `SELECT TIMESTAMP '2024-01-01 01:00:00' AS t, 1 AS id, ${v} AS v`;
      await engine.run(build({ range: hours, sql: sql(1) }));
      expect((await engine.run(build({ range: hours, sql: sql(1) }))).changed).toEqual([]);
      expect((await engine.run(build({ range: hours, sql: sql(2) }))).changed).toEqual([hours]);
    });

    withEngine('without a time column the whole interval changes', async ({ engine }) => {
      const sql = (v: number) => `SELECT 1 AS id, ${v} AS v`;
      const run = (v: number) => engine.run(build({ timeColumn: null, range: week, sql: sql(v) }));
      expect([await run(1), await run(1), await run(2)].map(({ changed }) => changed)).toEqual([
        [week],
        [],
        [week],
      ]);
    });

    withEngine('a whole table changes with its rows or its columns', async ({ engine }) => {
      const run = async (sql: string) => (await engine.run(buildFull({ sql }))).changed;
      expect(await run('SELECT 1 AS id WHERE 1 = 0')).toEqual([]);
      expect(await run('SELECT 1 AS id')).toEqual([ALL_TIME]);
      expect(await run('SELECT 1 AS id')).toEqual([]);
      expect(await run('SELECT 1 AS other')).toEqual([ALL_TIME]);
    });

    withEngine(
      'a commit says which seq of each input it has seen; 0 for what was never committed',
      async ({ engine }) => {
        const input = build({ sql: valuesText([[1, 1, 1]]) });
        await engine.run(input);
        const reader = buildFull({
          sql: 'SELECT count(*) AS n FROM input_0',
          catalog: [
            snapshotEntry(input),
            { from: 'view', node: 'transform.v', snapshot: 'view1', sql: 'SELECT 1 AS x', places: {} },
          ],
          places: { input_0: 'transform.daily', input_1: 'transform.v' },
        });
        expect((await engine.run(reader)).seen).toEqual({ daily0123456789: 1, view1: 0 });
        await engine.run(input);
        expect((await engine.run(reader)).seen).toEqual({ daily0123456789: 2, view1: 0 });
      },
    );

    withEngine(
      'the ledger can be asked by snapshot, by range and from where one left off',
      async ({ engine }) => {
        for (const n of [1, 2, 3])
          await engine.run(build({ range: days(n), run: `run-${n}`, sql: valuesText([[n, n, n]]) }));
        await engine.run(buildFull({ sql: 'SELECT 1 AS id' }));
        const seqs = async (filter: Parameters<typeof engine.commits>[0]) =>
          (await engine.commits(filter)).map(({ snapshot, seq }) => `${snapshot.slice(0, 5)} ${seq}`);
        expect(await seqs(undefined)).toEqual(['daily 1', 'daily 2', 'daily 3', 'whole 1']);
        expect(await seqs({ snapshots: ['daily0123456789'] })).toEqual(['daily 1', 'daily 2', 'daily 3']);
        expect(await seqs({ snapshots: [] })).toEqual([]);
        expect(await seqs({ overlapping: { start: day(2), end: day(3) } })).toEqual(['daily 2', 'whole 1']);
        expect(await seqs({ after: { daily0123456789: 2 } })).toEqual(['daily 3', 'whole 1']);
        expect(await seqs({ after: { daily0123456789: 3, whole0123456789: 1 } })).toEqual([]);
        expect(await engine.heads()).toEqual({ daily0123456789: 3, whole0123456789: 1 });
      },
    );
  });
}

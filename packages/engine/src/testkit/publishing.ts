import { describe, expect } from '@jest/globals';

import type { EngineErrorCode } from '../errors.ts';
import {
  build,
  buildFull,
  day,
  days,
  nextEpoch,
  shown,
  snapshotEntry,
  valuesText,
  type WithEngine,
} from './task.ts';

/** Exactly the rows of the task's range are replaced, once, or nothing happens. */
export function describePublishing(withEngine: WithEngine): void {
  describe('publishing', () => {
    withEngine('an interval done twice holds the second rows, its neighbours theirs', async ({ engine }) => {
      await engine.run(
        build({
          range: days(1, 3),
          sql: valuesText([
            [1, 1, 10],
            [2, 2, 20],
            [3, 3, 30],
          ]),
        }),
      );
      await engine.run(
        build({
          range: days(2),
          sql: valuesText([
            [2, 2, 21],
            [2, 4, 40],
          ]),
        }),
      );
      expect(await shown(engine)).toEqual([
        [1, 10],
        [2, 21],
        [3, 30],
        [4, 40],
      ]);
      await engine.run(build({ range: days(2), sql: valuesText([]) }));
      expect(await shown(engine)).toEqual([
        [1, 10],
        [3, 30],
      ]);
    });

    withEngine('the end of an interval is outside it, its start inside', async ({ engine }) => {
      await engine.run(build({ range: days(1), sql: valuesText([[1, 1, 1]]) }));
      await engine.run(build({ range: days(2), sql: valuesText([[2, 2, 2]]) }));
      await engine.run(build({ range: days(1), sql: valuesText([[1, 1, 5]]) }));
      expect(await shown(engine)).toEqual([
        [1, 5],
        [2, 2],
      ]);
    });

    withEngine(
      'a table without a time column is replaced by the interval, and does not show its key',
      async ({ engine }) => {
        const work = { timeColumn: null };
        await engine.run(build({ ...work, range: days(1), sql: 'SELECT 1 AS id, 10 AS v' }));
        await engine.run(build({ ...work, range: days(2), sql: 'SELECT 2 AS id, 20 AS v' }));
        await engine.run(build({ ...work, range: days(1), sql: 'SELECT 1 AS id, 11 AS v' }));
        expect(await shown(engine)).toEqual([
          [1, 11],
          [2, 20],
        ]);
        expect((await engine.query('SELECT * FROM transform.daily')).columns.map(({ name }) => name)).toEqual(
          ['id', 'v'],
        );
        const reader = build({
          node: 'transform.reader',
          snapshot: 'reader',
          timeColumn: null,
          sql: 'SELECT * FROM input_0',
        });
        const only = snapshotEntry(build({}), days(2));
        await engine.run({ ...reader, catalog: [only], places: { input_0: 'transform.daily' } });
        expect(await shown(engine, reader)).toEqual([[2, 20]]);
      },
    );

    withEngine('a whole table is swapped, and views follow its columns', async ({ engine }) => {
      await engine.run(buildFull({ sql: 'SELECT 1 AS id, 1 AS v' }));
      expect(await shown(engine, buildFull({}))).toEqual([[1, 1]]);
      await engine.run(buildFull({ sql: `SELECT 'x' AS w, 2 AS v, 3 AS id` }));
      expect(await engine.query('SELECT * FROM transform.whole')).toEqual({
        columns: [
          { name: 'w', type: 'VARCHAR' },
          { name: 'v', type: 'INTEGER' },
          { name: 'id', type: 'INTEGER' },
        ],
        rows: [['x', 2, 3]],
        truncated: false,
      });
    });

    withEngine('columns go by name, whatever their order', async ({ engine }) => {
      await engine.run(
        build({ range: days(1), sql: `SELECT TIMESTAMP '2024-01-01 00:00:00' AS t, 1 AS id, 2 AS v` }),
      );
      await engine.run(
        build({ range: days(2), sql: `SELECT 4 AS v, 3 AS id, TIMESTAMP '2024-01-02 00:00:00' AS t` }),
      );
      expect(await shown(engine)).toEqual([
        [1, 2],
        [3, 4],
      ]);
    });

    const t = `TIMESTAMP '2024-01-02 00:00:00' AS t`;
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['one more', `SELECT ${t}, 1 AS id, 2 AS v, 3 AS more`, /more \(INTEGER\) added/],
      ['one less', `SELECT ${t}, 1 AS id`, /v \(INTEGER\) removed/],
      ['another type', `SELECT ${t}, 1 AS id, 'two' AS v`, /v is VARCHAR, was INTEGER/],
    ];
    for (const [what, sql, message] of cases) {
      withEngine(`rows with ${what} do not fit the table, and change nothing`, async ({ engine }) => {
        await engine.run(build({ range: days(1), sql: valuesText([[1, 1, 1]]) }));
        await expect(engine.run(build({ range: days(2), sql }))).rejects.toMatchObject({
          code: 'ENGINE_SCHEMA_CHANGED',
          message: expect.stringMatching(message),
        });
        expect(await shown(engine)).toEqual([[1, 1]]);
        expect(await engine.heads()).toEqual({ daily0123456789: 1 });
      });
    }

    withEngine('a task over everything the table holds may change its columns', async ({ engine }) => {
      await engine.run(build({ range: days(1, 2), sql: valuesText([[1, 1, 1]]) }));
      await shown(engine);
      const sql = `SELECT TIMESTAMP '2024-01-02 00:00:00' AS t, 'b' AS id, 2 AS v, 3 AS more`;
      expect((await engine.run(build({ range: days(1, 3), sql }))).changed).toEqual([days(1, 3)]);
      expect((await engine.query('SELECT * EXCLUDE (t) FROM transform.daily')).rows).toEqual([['b', 2, 3]]);
    });

    const older: readonly (readonly [
      string,
      { readonly generation: number; readonly fence: number },
      EngineErrorCode | null,
    ])[] = [
      ['a lower fence', { generation: 1, fence: 4 }, 'ENGINE_FENCED'],
      ['a lower generation, whatever its fence', { generation: 0, fence: 9 }, 'ENGINE_FENCED'],
      ['the same claim again', { generation: 1, fence: 5 }, null],
      ['a higher fence', { generation: 1, fence: 6 }, null],
      ['a higher generation, whatever its fence', { generation: 2, fence: 1 }, null],
    ];
    for (const [what, claim, code] of older) {
      withEngine(
        `after a claim, ${what} is ${code === null ? 'published' : 'refused'}`,
        async ({ engine }) => {
          await engine.run(
            build({ range: days(1, 2), generation: 1, fence: 5, sql: valuesText([[1, 1, 1]]) }),
          );
          const late = engine.run(build({ range: days(2, 3), ...claim, sql: valuesText([[2, 2, 2]]) }));
          if (code === null) await late;
          else await expect(late).rejects.toMatchObject({ code });
          expect(await shown(engine)).toEqual(
            code === null
              ? [
                  [1, 1],
                  [2, 2],
                ]
              : [[1, 1]],
          );
          expect(await engine.commits()).toHaveLength(code === null ? 2 : 1);
        },
      );
    }

    withEngine('a lower fence is no matter where ranges do not overlap', async ({ engine }) => {
      await engine.run(build({ range: days(1), fence: 5, sql: valuesText([[1, 1, 1]]) }));
      await engine.run(build({ range: days(2), fence: 1, sql: valuesText([[2, 2, 2]]) }));
      expect(await shown(engine)).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });

    const outside: readonly (readonly [
      string,
      readonly (readonly [number | null, number, number])[],
      RegExp,
    ])[] = [
      [
        'before the range',
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        /^1 row .*for example 2024-01-01/,
      ],
      [
        'at its end',
        [
          [2, 2, 2],
          [3, 3, 3],
          [4, 4, 4],
        ],
        /^2 rows .*for example 2024-01-03/,
      ],
      [
        'without a time',
        [
          [2, 2, 2],
          [null, 3, 3],
        ],
        /^1 row .*no time/,
      ],
    ];
    for (const [what, rows, message] of outside) {
      withEngine(`rows ${what} fail the task, or are dropped and counted`, async ({ engine }) => {
        const work = build({ range: days(2), sql: valuesText(rows) });
        await expect(engine.run(work)).rejects.toMatchObject({
          code: 'ENGINE_OUT_OF_RANGE',
          message: expect.stringMatching(message),
        });
        expect(await engine.commits()).toEqual([]);
        expect(await engine.run({ ...work, outOfRange: 'drop' })).toMatchObject({
          rows: 1,
          dropped: rows.length - 1,
        });
        expect(await shown(engine)).toEqual([[2, 2]]);
      });
    }

    const times: readonly (readonly [string, string, number, RegExp | null])[] = [
      ['a DATE with whole days', `DATE '2024-01-01'`, day(2), null],
      ['a DATE with hours', `DATE '2024-01-01'`, day(1) + 3_600_000, /DATE/],
      ['TIMESTAMPTZ', `TIMESTAMPTZ '2024-01-01 01:00:00+01'`, day(2), null],
      ['text', `'2024-01-01'`, day(2), /VARCHAR/],
    ];
    for (const [what, sql, end, message] of times) {
      withEngine(
        `${what} ${message === null ? 'is a time' : 'is refused as a time column'}`,
        async ({ engine }) => {
          const ran = engine.run(build({ range: { start: day(1), end }, sql: `SELECT ${sql} AS t` }));
          if (message === null) expect((await ran).rows).toBe(1);
          else
            await expect(ran).rejects.toMatchObject({
              code: 'ENGINE_TIME_COLUMN',
              message: expect.stringMatching(message),
            });
        },
      );
    }

    withEngine('a time column that is not there is named, with the nearest', async ({ engine }) => {
      await expect(
        engine.run(build({ timeColumn: 'ts', sql: valuesText([[1, 1, 1]]) })),
      ).rejects.toMatchObject({
        code: 'ENGINE_TIME_COLUMN',
        message: expect.stringContaining('ts'),
        hint: expect.stringContaining('t'),
      });
    });

    withEngine('two writers of one interval leave the rows of one of them', async ({ engine }) => {
      const writer = (v: number) =>
        engine.run(
          build({
            fence: v,
            sql: valuesText([
              [1, 1, v],
              [1, 2, v],
              [1, 3, v],
            ]),
          }),
        );
      for (let round = 0; round < 5; round += 1) {
        const outcomes = await Promise.allSettled([
          writer(2 * round + 2),
          writer(2 * round + 1),
          writer(2 * round + 2),
        ]);
        expect(outcomes.map(({ status }) => status)).toContain('fulfilled');
        const v = 2 * round + 2;
        expect(await shown(engine)).toEqual([
          [1, v],
          [2, v],
          [3, v],
        ]);
      }
    });

    withEngine(
      'many intervals of one new table at the same time all arrive, each with its own seq',
      async ({ engine }) => {
        const commits = await Promise.all(
          Array.from({ length: 12 }, (_, index) =>
            engine.run(build({ range: days(index + 1), sql: valuesText([[index + 1, index, index]]) })),
          ),
        );
        expect(commits.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 12 }, (_, index) => index + 1),
        );
        expect(new Set(commits.map(({ tableId }) => tableId)).size).toBe(1);
        expect(await shown(engine)).toEqual(Array.from({ length: 12 }, (_, index) => [index, index]));
      },
    );

    withEngine(
      'what the caller throws before publishing is thrown, and nothing is published',
      async ({ engine }) => {
        const moved = new Error('the file moved');
        const beforePublish = (): Promise<void> => Promise.reject(moved);
        await expect(engine.run(build({ sql: valuesText([[1, 1, 1]]) }), { beforePublish })).rejects.toBe(
          moved,
        );
        await expect(engine.run(buildFull({ sql: 'SELECT 1 AS id' }), { beforePublish })).rejects.toBe(moved);
        expect(await engine.commits()).toEqual([]);
        await engine.switchViews({ environment: 'prod', epoch: nextEpoch(), views: [] });
      },
    );
  });
}

import { describe, expect } from '@jest/globals';
import { ALL_TIME } from '@seeknal/plan';

import type { DataDiffOptions, Engine } from '../engine.ts';
import { build, buildFull, check, day, days, snapshotEntry, valuesText, type WithEngine } from './task.ts';

/** A snapshot of `transform.whole` from the text of a SELECT. */
async function table(engine: Engine, snapshot: string, sql: string): Promise<void> {
  await engine.run(buildFull({ snapshot, sql }));
}

const values = (rows: string, names = 'id, v, w'): string => `SELECT * FROM (VALUES ${rows}) AS t(${names})`;

/** Rows of snapshots compared, and digests of their columns. */
export function describeData(withEngine: WithEngine): void {
  describe('data', () => {
    const cases: readonly (readonly [string, string, string, DataDiffOptions, object])[] = [
      [
        'the same rows in another order',
        `(1, 1, 'x'), (2, 2, 'y')`,
        `(2, 2, 'y'), (1, 1, 'x')`,
        {},
        { onlyA: 0, onlyB: 0, changed: null },
      ],
      [
        'a row more and a row less',
        `(1, 1, 'x'), (2, 2, 'y')`,
        `(2, 2, 'y'), (3, 3, 'z')`,
        {},
        { onlyA: 1, onlyB: 1 },
      ],
      ['a row once and twice', `(1, 1, 'x'), (1, 1, 'x')`, `(1, 1, 'x')`, {}, { onlyA: 1, onlyB: 0 }],
      ['equal NULLs', `(NULL, NULL, NULL)`, `(NULL, NULL, NULL)`, {}, { onlyA: 0, onlyB: 0 }],
      [
        'by key, a changed value',
        `(1, 1, 'x'), (2, 2, 'y')`,
        `(2, 9, 'y'), (1, 1, 'x')`,
        { keys: ['id'] },
        { onlyA: 0, onlyB: 0, changed: 1 },
      ],
      [
        'by key, rows of one side',
        `(1, 1, 'x'), (2, 2, 'y')`,
        `(2, 2, 'y'), (3, 3, 'z'), (4, 4, 'z')`,
        { keys: ['ID'] },
        { onlyA: 1, onlyB: 2, changed: 0 },
      ],
      [
        'by key, NULL as a key and as a value',
        `(NULL, 1, NULL), (2, NULL, 'y')`,
        `(NULL, 1, 'n'), (2, NULL, 'y')`,
        { keys: ['id'] },
        { onlyA: 0, onlyB: 0, changed: 1 },
      ],
      [
        'by two keys',
        `(1, 1, 'x'), (1, 2, 'y')`,
        `(1, 1, 'z'), (1, 3, 'y')`,
        { keys: ['id', 'v'] },
        { onlyA: 1, onlyB: 1, changed: 1 },
      ],
      [
        'by all columns',
        `(1, 1, 'x')`,
        `(1, 1, 'y')`,
        { keys: ['id', 'v', 'w'] },
        { onlyA: 1, onlyB: 1, changed: 0 },
      ],
    ];
    for (const [what, a, b, options, expected] of cases) {
      withEngine(`compared: ${what}`, async ({ engine }) => {
        await table(engine, 'one', values(a));
        await table(engine, 'two', values(b));
        const found = await engine.diffData('one', 'two', options);
        expect(found).toMatchObject(expected);
        // The other way round is its mirror.
        const mirror = await engine.diffData('two', 'one', options);
        expect([mirror.onlyA, mirror.onlyB, mirror.changed]).toEqual([
          found.onlyB,
          found.onlyA,
          found.changed,
        ]);
      });
    }

    withEngine('a comparison says how many, in which columns, and gives examples', async ({ engine }) => {
      await table(engine, 'one', values(`(1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z'), (5, 5, 'v')`));
      await table(engine, 'two', values(`(1, 1, 'x'), (2, 7, 'Y'), (3, 8, 'z'), (4, 4, 'w')`));
      expect(await engine.diffData('one', 'two', { keys: ['id'], examples: 1 })).toEqual({
        rows: { a: 4, b: 4 },
        compared: { a: 4, b: 4 },
        onlyA: 1,
        onlyB: 1,
        changed: 2,
        columns: [
          { name: 'id', a: 'INTEGER', b: 'INTEGER', differing: null },
          { name: 'v', a: 'INTEGER', b: 'INTEGER', differing: 2 },
          { name: 'w', a: 'VARCHAR', b: 'VARCHAR', differing: 1 },
        ],
        examples: {
          columns: ['id', 'v', 'w'],
          onlyA: [[5, 5, 'v']],
          onlyB: [[4, 4, 'w']],
          changed: [{ a: [2, 2, 'y'], b: [2, 7, 'Y'] }],
        },
      });
      const { columns, examples } = await engine.diffData('one', 'two');
      expect(columns.map(({ differing }) => differing)).toEqual([1, 3, 2]);
      expect(examples).toEqual({
        columns: ['id', 'v', 'w'],
        onlyA: [
          [2, 2, 'y'],
          [3, 3, 'z'],
          [5, 5, 'v'],
        ],
        onlyB: [
          [2, 7, 'Y'],
          [3, 8, 'z'],
          [4, 4, 'w'],
        ],
        changed: [],
      });
    });

    withEngine(
      'columns of one side, of other types, in another order and another case',
      async ({ engine }) => {
        await table(engine, 'one', `SELECT 1 AS id, 5 AS v, 'gone' AS "old"`);
        await table(engine, 'two', `SELECT 'new' AS "a new one", 5::BIGINT AS "V", 1 AS "ID"`);
        const { onlyA, onlyB, columns } = await engine.diffData('one', 'two');
        expect([onlyA, onlyB]).toEqual([0, 0]);
        expect(columns).toEqual([
          { name: 'id', a: 'INTEGER', b: 'INTEGER', differing: 0 },
          { name: 'v', a: 'INTEGER', b: 'BIGINT', differing: 0 },
          { name: 'old', a: 'VARCHAR', b: null, differing: null },
          { name: 'a new one', a: null, b: 'VARCHAR', differing: null },
        ]);
        expect(await engine.diffData('one', 'two', { keys: ['id'] })).toMatchObject({ changed: 0 });
        await table(engine, 'three', 'SELECT 1 AS other');
        expect(await engine.diffData('one', 'three')).toMatchObject({
          onlyA: 0,
          onlyB: 0,
          rows: { a: 1, b: 1 },
        });
      },
    );

    withEngine('what environments show is compared, be it a table or a view', async ({ engine }) => {
      await table(engine, 'one', values(`(1, 1, 'x'), (2, 2, 'y')`));
      await table(engine, 'two', values(`(1, 1, 'x'), (2, 7, 'y')`));
      const node = 'transform.whole';
      const twice = { node: 'transform.twice', snapshot: 'v', places: { input_0: node } };
      for (const [environment, snapshot] of [
        ['prod', 'one'],
        ['dev', 'two'],
      ] as const) {
        await engine.switchViews({
          environment,
          epoch: 1,
          views: [
            { node, snapshot, from: 'table' },
            { ...twice, from: 'view', sql: 'SELECT id, 2 * v AS v FROM input_0' },
          ],
        });
      }
      for (const shown of [node, 'transform.twice']) {
        expect(
          await engine.diffData(
            { environment: 'dev', node: shown },
            { environment: 'prod', node: shown },
            { keys: ['id'] },
          ),
        ).toMatchObject({ rows: { a: 2, b: 2 }, onlyA: 0, onlyB: 0, changed: 1 });
      }
      expect(await engine.diffData({ environment: 'dev', node }, 'two')).toMatchObject({
        onlyA: 0,
        onlyB: 0,
      });
      await expect(
        engine.diffData({ environment: 'dev', node: 'transform.nope' }, 'two'),
      ).rejects.toMatchObject({ code: 'ENGINE_INPUT_MISSING' });
    });

    withEngine('a sample takes the same rows of both', async ({ engine }) => {
      await table(engine, 'one', 'SELECT range AS id, range % 7 AS v FROM range(20000)');
      await table(
        engine,
        'two',
        'SELECT range AS id, range % 7 + (range = 3)::INT AS v FROM range(20000) ORDER BY id DESC',
      );
      for (const keys of [['id'], []]) {
        const { rows, compared, onlyA } = await engine.diffData('one', 'two', { keys, sample: 0.1 });
        expect(rows).toEqual({ a: 20_000, b: 20_000 });
        expect(compared.a).toBeGreaterThan(1000);
        expect(compared.a).toBeLessThan(4000);
        expect(onlyA).toBeLessThanOrEqual(1);
      }
    });

    withEngine('what cannot be compared is refused', async ({ engine }) => {
      await table(engine, 'one', values(`(1, 1, 'x'), (1, 2, 'y')`));
      await table(engine, 'two', values(`(1, 1, 'x')`));
      await expect(engine.diffData('one', 'nope')).rejects.toMatchObject({ code: 'ENGINE_INPUT_MISSING' });
      await expect(engine.diffData('one', 'two', { keys: ['vv'] })).rejects.toMatchObject({
        code: 'ENGINE_SQL',
        hint: expect.stringContaining('v'),
      });
      await expect(engine.diffData('one', 'two', { keys: ['id'] })).rejects.toMatchObject({
        code: 'ENGINE_DUPLICATE_KEYS',
      });
      await expect(engine.digestColumns('nope', ['v'], [ALL_TIME])).rejects.toMatchObject({
        code: 'ENGINE_INPUT_MISSING',
      });
      await expect(engine.digestColumns('one', ['nope'], [])).rejects.toMatchObject({ code: 'ENGINE_SQL' });
    });

    withEngine('digests tell rows of a range apart, by the columns named', async ({ engine }) => {
      const write = (snapshot: string, rows: Parameters<typeof valuesText>[0]) =>
        engine.run(build({ snapshot, range: days(1, 4), sql: valuesText(rows) }));
      await write('a', [
        [1, 1, 1],
        [2, 2, 2],
        [2, 3, 3],
      ]);
      await write('b', [
        [2, 3, 3],
        [2, 2, 9],
        [1, 1, 1],
      ]);
      const ranges = [days(1), days(2), days(3), days(1, 2), ALL_TIME, { start: day(1), end: day(1) + 1 }];
      const [ofA, ofB] = [
        await engine.digestColumns('a', ['id', 'v'], ranges),
        await engine.digestColumns('b', ['v', 'ID'], ranges),
      ];
      expect(ofA.map(({ range, rows }) => [range, rows])).toEqual(
        ranges.map((range, at) => [range, [1, 2, 0, 3, 3, 1][at]]),
      );
      expect(ofA.map(({ digest }, at) => digest === ofB[at]?.digest)).toEqual([
        true,
        false,
        true,
        false,
        false,
        true,
      ]);
      const ids = async (of: string) =>
        (await engine.digestColumns(of, ['id'], ranges)).map(({ digest }) => digest);
      expect(await ids('a')).toEqual(await ids('b'));
      expect(await engine.digestColumns('a', ['id'], [])).toEqual([]);
    });

    withEngine('of an upsert what readers see counts, in a range what they see of it', async ({ engine }) => {
      const upsert = { keys: ['id'], orderBy: [], version: null };
      for (const n of [1, 2]) {
        await engine.run(
          build({
            timeColumn: null,
            materialization: 'upsert_by_key',
            upsert,
            range: days(n),
            fence: n,
            sql: `SELECT unnest([1, ${n + 1}]) AS id, ${n} AS v`,
          }),
        );
      }
      const of = 'daily0123456789';
      await engine.fork([{ from: of, to: 'copy' }]);
      await table(engine, 'seen', values('(1, 2), (2, 1), (3, 2)', 'id, v'));
      for (const snapshot of [of, 'copy']) {
        expect(await engine.diffData(snapshot, 'seen', { keys: ['id'] })).toMatchObject({
          rows: { a: 3, b: 3 },
          onlyA: 0,
          onlyB: 0,
          changed: 0,
        });
        const digests = await engine.digestColumns(snapshot, ['id', 'v'], [days(1), days(2), days(1, 2)]);
        expect(digests.map(({ rows }) => rows)).toEqual([2, 2, 3]);
        const [whole] = await engine.digestColumns('seen', ['id', 'v'], [ALL_TIME]);
        expect(digests[2]?.digest).toBe(whole?.digest);
      }
    });

    withEngine(
      'the digest of work is that of the table it would write, and nothing is written',
      async ({ engine }) => {
        const input = build({
          range: days(1, 3),
          sql: valuesText([
            [1, 1, 1],
            [2, 2, 2],
            [2, 3, 3],
          ]),
        });
        await engine.run(input);
        const over = { catalog: [snapshotEntry(input)], places: { input_0: input.node } };
        const upsert = { keys: ['id'], orderBy: ['v'], version: null };
        const upserted = { materialization: 'upsert_by_key', timeColumn: null, upsert } as const;
        const keyed = { materialization: 'append', timeColumn: null } as const;
        const works = [
          build({ ...over, snapshot: 'by-time', range: days(2), sql: 'SELECT * FROM input_0 WHERE id > 1' }),
          build({
            ...over,
            snapshot: 'cut',
            range: days(2),
            outOfRange: 'drop',
            sql: 'SELECT * FROM input_0',
          }),
          build({ ...over, ...keyed, snapshot: 'by-key', range: days(2), sql: 'SELECT id FROM input_0' }),
          build({
            ...over,
            ...upserted,
            snapshot: 'ups',
            range: days(2),
            sql: 'SELECT 1 AS id, v FROM input_0',
          }),
          buildFull({
            ...over,
            snapshot: 'full',
            sql: 'CREATE TEMP TABLE x AS SELECT 7 AS w; SELECT * FROM input_0, x',
          }),
        ];
        for (const work of works) {
          // A check that fails stops a run, and says nothing about the rows.
          const strict = { ...work, checks: [check({ type: 'row_count', min: 99, max: null })] };
          const before = await engine.commits();
          const found = await engine.digestWork(strict);
          expect(await engine.commits()).toEqual(before);
          const { rows, columns } = await engine.run(work);
          expect(found).toMatchObject({ range: work.range, rows, columns });
          const names = columns.map(({ name }) => name).toReversed();
          const [table] = await engine.digestColumns(work.snapshot, names, [work.range]);
          expect(found.digest).toBe(table?.digest);
          // Over a table that is there it tells of the new rows, and leaves the old ones.
          expect(await engine.digestWork(work)).toEqual(found);
          const [first = ''] = names;
          const [some] = await engine.digestColumns(work.snapshot, [first], [work.range]);
          expect((await engine.digestWork(work, { columns: [first] })).digest).toBe(some?.digest);
        }
        const other = buildFull({ ...over, snapshot: 'full', sql: 'SELECT *, 8 AS w FROM input_0' });
        const [table] = await engine.digestColumns('full', ['t', 'id', 'v', 'w'], [ALL_TIME]);
        expect((await engine.digestWork(other)).digest).not.toBe(table?.digest);
      },
    );

    withEngine('one row in many is the same of a table and of work', async ({ engine }) => {
      const work = buildFull({
        snapshot: 'many',
        sql: 'SELECT range AS id, range % 7 AS v FROM range(20000)',
      });
      await engine.run(work);
      const [table] = await engine.digestColumns('many', ['v', 'id'], [ALL_TIME], { oneIn: 10 });
      const found = await engine.digestWork(
        { ...work, sql: 'SELECT range AS id, range % 7 AS v FROM range(20000) ORDER BY id DESC' },
        { oneIn: 10 },
      );
      expect(found.digest).toBe(table?.digest);
      expect(found.rows).toBeGreaterThan(1000);
      expect(found.rows).toBeLessThan(4000);
    });

    withEngine('work that cannot be digested is refused as a run of it', async ({ engine }) => {
      const refused = async (work: Parameters<typeof build>[0], code: string) => {
        await expect(engine.digestWork(build(work))).rejects.toMatchObject({ code });
        await expect(engine.run(build(work))).rejects.toMatchObject({ code });
      };
      await refused({ sql: 'SELECT nope' }, 'ENGINE_SQL');
      await refused({ sql: valuesText([[2, 1, 1]]) }, 'ENGINE_OUT_OF_RANGE');
      await refused({ sql: 'SELECT 1', catalog: [snapshotEntry(build({}))] }, 'ENGINE_INPUT_MISSING');
      await expect(
        engine.digestWork(build({ sql: valuesText([]) }), { columns: ['nope'] }),
      ).rejects.toMatchObject({ code: 'ENGINE_SQL' });
    });

    withEngine(
      'without a time column rows are found by their interval, or all of them',
      async ({ engine }) => {
        for (const n of [1, 2]) {
          await engine.run(
            build({ timeColumn: null, range: days(n), fence: n, sql: `SELECT ${n} AS id FROM range(${n})` }),
          );
        }
        const ranges = [days(1), days(2), days(3), days(1, 3)];
        const rows = async (of: string) =>
          (await engine.digestColumns(of, ['id'], ranges)).map((found) => found.rows);
        expect(await rows('daily0123456789')).toEqual([1, 2, 0, 3]);
        await table(engine, 'whole', 'SELECT 1 AS id FROM range(5)');
        expect(await rows('whole')).toEqual([5, 5, 5, 5]);
      },
    );
  });
}

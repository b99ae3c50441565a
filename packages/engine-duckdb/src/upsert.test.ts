import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Engine, Work } from '@seeknal/engine';
import { build, days } from '@seeknal/engine/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ALL_TIME } from '@seeknal/plan';
import fc from 'fast-check';

import { openDuckDb } from './index.ts';

let folder = '';
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seeknal-upsert-'));
  engine = await openDuckDb({ path: join(folder, 'shop.duckdb') });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** A key, which may be absent, a version and a value. */
type Row = readonly [key: number | null, version: number, value: number];
type Upsert = NonNullable<Work['upsert']>;

let epoch = 0;
let made = 0;
const fresh = (): Pick<Work, 'node' | 'snapshot'> => {
  made += 1;
  return { node: `transform.u${made}`, snapshot: `u${made}` };
};

const PLAIN: Upsert = { keys: ['key'], orderBy: [], version: null };

function upsert(
  of: Pick<Work, 'node' | 'snapshot'>,
  day: number,
  rows: readonly Row[],
  how: Partial<Upsert> = {},
): Work {
  const values = rows.map(([key, version, value]) => `(${key ?? 'NULL'}, ${version}, ${value})`);
  const all = values.length === 0 ? '(0, 0, 0)' : values.join(', ');
  const none = values.length === 0 ? ' WHERE false' : '';
  return build({
    ...of,
    materialization: 'upsert_by_key',
    upsert: { ...PLAIN, ...how },
    range: days(day),
    timeColumn: null,
    sql: `SELECT key::INTEGER AS key, version, value FROM (VALUES ${all}) AS given(key, version, value)${none}`,
  });
}

async function shown({ node, snapshot }: Pick<Work, 'node' | 'snapshot'>): Promise<readonly unknown[]> {
  epoch += 1;
  await engine.switchViews({
    environment: 'prod',
    epoch,
    views: [{ node, snapshot, from: 'table' }],
  });
  return (await engine.query(`SELECT key, version, value FROM ${node} ORDER BY ALL NULLS FIRST`)).rows;
}

test.each<[string, Partial<Upsert>, readonly (readonly Row[])[], readonly Row[]]>([
  [
    'the later interval replaces',
    {},
    [
      [
        [1, 0, 10],
        [2, 0, 20],
      ],
      [[1, 0, 11]],
    ],
    [
      [1, 0, 11],
      [2, 0, 20],
    ],
  ],
  ['keys that are NULL are one key', {}, [[[null, 0, 10]], [[null, 0, 11]]], [[null, 0, 11]]],
  ['an empty interval changes nothing', {}, [[[1, 0, 10]], []], [[1, 0, 10]]],
  [
    'the greatest of an interval stays',
    { orderBy: ['version'] },
    [
      [
        [1, 1, 10],
        [1, 2, 11],
      ],
    ],
    [[1, 2, 11]],
  ],
  [
    'equal rows count as one',
    { orderBy: ['version'] },
    [
      [
        [1, 1, 10],
        [1, 1, 10],
      ],
    ],
    [[1, 1, 10]],
  ],
  ['an older version replaces nothing', { version: 'version' }, [[[1, 5, 10]], [[1, 4, 11]]], [[1, 5, 10]]],
  ['of one version the later stays', { version: 'version' }, [[[1, 5, 10]], [[1, 5, 11]]], [[1, 5, 11]]],
  [
    'names go without case',
    { keys: ['KEY'], orderBy: ['Version'] },
    [
      [
        [1, 1, 1],
        [1, 2, 2],
      ],
    ],
    [[1, 2, 2]],
  ],
])('%s', async (_, how, intervals, expected) => {
  const of = fresh();
  for (const [i, rows] of intervals.entries()) await engine.run(upsert(of, i + 1, rows, how));
  expect(await shown(of)).toEqual(expected);
});

test('several rows of a key in one interval fail the task, and leave what was there', async () => {
  const of = fresh();
  await engine.run(upsert(of, 1, [[1, 0, 10]]));
  await expect(
    engine.run(
      upsert(of, 2, [
        [1, 0, 11],
        [1, 0, 12],
        [null, 0, 1],
        [null, 0, 2],
      ]),
    ),
  ).rejects.toMatchObject({
    code: 'ENGINE_DUPLICATE_KEYS',
    message: expect.stringContaining('2 keys have several rows in one interval by key'),
    hint: expect.stringContaining('order_by'),
  });
  const tied = upsert(
    of,
    2,
    [
      [1, 7, 11],
      [1, 7, 12],
    ],
    { orderBy: ['version'] },
  );
  await expect(engine.run(tied)).rejects.toMatchObject({
    code: 'ENGINE_DUPLICATE_KEYS',
    hint: expect.stringContaining('equal in order_by too'),
  });
  expect(await shown(of)).toEqual([[1, 0, 10]]);
});

test('a column that is not there is named with those that are', async () => {
  const wrong = upsert(fresh(), 1, [[1, 0, 10]], { keys: ['kye'] });
  await expect(engine.run(wrong)).rejects.toMatchObject({
    code: 'ENGINE_SQL',
    message: expect.stringContaining('gives no column kye, which its unique_keys names'),
    hint: expect.stringContaining('Did you mean key?'),
  });
});

test('a reader sees the state of the world at the end of what it may see, and of a stretch what it brought', async () => {
  const of = fresh();
  await engine.run(
    upsert(of, 1, [
      [1, 0, 10],
      [2, 0, 20],
    ]),
  );
  await engine.run(upsert(of, 2, [[1, 0, 11]]));
  await engine.run(upsert(of, 3, [[2, 0, 22]]));
  const read = async (within: Partial<{ start: number; end: number }> | null): Promise<unknown> => {
    const reader = build({
      ...fresh(),
      materialization: 'full',
      range: ALL_TIME,
      timeColumn: null,
      sql: 'SELECT list(value ORDER BY key)::VARCHAR AS key FROM input_0',
      catalog: [{ from: 'snapshot', ...of, within }],
      places: { input_0: of.node },
    });
    const { snapshot } = await engine.run(reader);
    const table = `_data.${reader.node.replace('.', '__')}__${snapshot}`;
    return (await engine.query(`FROM ${table}`)).rows[0]?.[0];
  };
  expect(await read(null)).toBe('[11, 22]');
  expect(await read({ end: days(1).end })).toBe('[10, 20]');
  expect(await read({ end: days(2).end })).toBe('[11, 20]');
  expect(await read(days(2))).toBe('[11]');
  expect(await read(days(2, 3))).toBe('[11, 22]');
});

const history = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 5 }),
    rows: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(null, 1, 2, 3),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 9 }),
      ),
      { selector: ([key]) => key, maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

test('intervals in any order, any of them again: the rows of one history told in order', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.boolean(), async (steps, isVersioned) => {
      const of = fresh();
      const how = { version: isVersioned ? 'version' : null };
      const latest = new Map<number, readonly Row[]>();
      for (const [i, { day, rows }] of steps.entries()) {
        await engine.run({ ...upsert(of, day, rows, how), fence: i + 1 });
        latest.set(day, rows);
      }
      const world = new Map<number | null, Row>();
      for (const [, rows] of [...latest].toSorted(([a], [b]) => a - b)) {
        for (const row of rows) {
          const before = world.get(row[0]);
          if (!isVersioned || before === undefined || row[1] >= before[1]) world.set(row[0], row);
        }
      }
      const expected = [...world.values()].toSorted((a, b) => (a[0] ?? -1) - (b[0] ?? -1));
      expect(await shown(of)).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

test('appended rows belong to the interval that gave them, and are replaced with it', async () => {
  const of = fresh();
  const append = (day: number, value: number, fence: number): Work =>
    build({
      ...of,
      materialization: 'append',
      range: days(day),
      timeColumn: null,
      fence,
      sql: `SELECT ${day} AS key, 0 AS version, ${value} AS value`,
    });
  await engine.run(append(2, 20, 1));
  await engine.run(append(1, 10, 2));
  expect((await engine.run(append(2, 20, 3))).changed).toEqual([]);
  expect((await engine.run(append(2, 21, 4))).changed).toEqual([days(2)]);
  expect(await shown(of)).toEqual([
    [1, 0, 10],
    [2, 0, 21],
  ]);
});

test('a column more in a range that covers all of the table is shown, in views too', async () => {
  const of = fresh();
  await engine.run(upsert(of, 1, [[1, 0, 10]]));
  await shown(of);
  const wider = upsert(of, 1, [[1, 0, 10]]);
  await engine.run({ ...wider, fence: 2, sql: `SELECT *, 'x' AS more FROM (${wider.sql})` });
  expect((await engine.query(`SELECT * FROM ${of.node}`)).rows).toEqual([[1, 0, 10, 'x']]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Engine, Work } from '@seeknal/engine';
import { build, day, shown, valuesText } from '@seeknal/engine/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { openDuckDb } from './index.ts';

let folder = '';
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seeknal-duckdb-'));
  engine = await openDuckDb({ path: join(folder, 'shop.duckdb'), maxConcurrent: 4 });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
/** A snapshot nobody used yet. */
const fresh = (): Pick<Work, 'node' | 'snapshot'> => {
  made += 1;
  return { node: `transform.t${made}`, snapshot: `s${made}` };
};

const sorted = (values: readonly number[]): string => values.toSorted((a, b) => a - b).join();

/** A publish of days `[first, last]` with some rows, by a claim. */
const publishes = fc.array(
  fc.record({
    first: fc.integer({ min: 1, max: 8 }),
    length: fc.integer({ min: 0, max: 3 }),
    fence: fc.integer({ min: 1, max: 4 }),
    values: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test('any sequence of publishes leaves, for each day, the rows of the last one that was not fenced off', async () => {
  await fc.assert(
    fc.asyncProperty(publishes, fc.boolean(), async (sequence, hasTime) => {
      const of = fresh();
      const rows = new Map<number, readonly number[]>();
      const done: { first: number; last: number; fence: number }[] = [];
      for (const { first, length, fence, values } of sequence) {
        // Without a time column a task is one interval: always the same ones, of a day.
        const last = hasTime ? first + length : first;
        const given = values.map(
          (v, index) => [hasTime ? first + (index % (length + 1)) : first, v] as const,
        );
        const select = valuesText(given.map(([at, v]) => [at, at, v]));
        const before = [...rows];
        const running = engine.run(
          build({
            ...of,
            fence,
            range: { start: day(first), end: day(last + 1) },
            timeColumn: hasTime ? 't' : null,
            sql: hasTime ? select : `SELECT id, v FROM (${select})`,
          }),
        );
        if (done.some((other) => other.first <= last && other.last >= first && other.fence > fence)) {
          await expect(running).rejects.toMatchObject({ code: 'ENGINE_FENCED' });
          continue;
        }
        for (let at = first; at <= last; at += 1) {
          rows.set(
            at,
            given.filter(([on]) => on === at).map(([, v]) => v),
          );
        }
        const commit = await running;
        const isRepeated = done.some((other) => other.first <= last && other.last >= first);
        done.push({ first, last, fence });
        if (!isRepeated) {
          expect(commit.changed.length).toBe(given.length === 0 ? 0 : 1);
          continue;
        }
        for (let at = first; at <= last; at += 1) {
          const old = new Map(before).get(at) ?? [];
          const isChanged = commit.changed.some(({ start, end }) => start <= day(at) && day(at) < end);
          expect([at, isChanged]).toEqual([at, sorted(old) !== sorted(rows.get(at) ?? [])]);
        }
      }
      const expected = [...rows].flatMap(([at, values]) => values.map((v) => [at, v]));
      expect(await shown(engine, of)).toEqual(
        expected.toSorted(
          (a, b) => (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number),
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test('what a task reads is of one moment, and `seen` says which', async () => {
  const input = { ...fresh(), materialization: 'full', timeColumn: null } as const;
  const range = { start: -8_640_000_000_000_000, end: 8_640_000_000_000_000 };
  const write = (version: number) =>
    engine.run(
      build({
        ...input,
        range,
        fence: version,
        sql: `SELECT ${version} AS version, ${version} AS v FROM range(1000)`,
      }),
    );
  await write(1);
  const reading = Array.from({ length: 3 }, async () => {
    const of = fresh();
    for (let round = 0; round < 8; round += 1) {
      const commit = await engine.run(
        build({
          ...of,
          materialization: 'full',
          timeColumn: null,
          range,
          sql: `SELECT min(version) AS id, max(v) AS v, count(*) AS n FROM input_0`,
          catalog: [{ from: 'snapshot', ...input, within: null }],
          places: { input_0: input.node },
        }),
      );
      const { rows } = await engine.query(
        `SELECT id, v, n FROM _data.transform__${of.node.split('.')[1] ?? ''}__${of.snapshot}`,
      );
      const seen = commit.seen[input.snapshot];
      expect(rows).toEqual([[seen, seen, 1000]]);
    }
  });
  for (let version = 2; version < 30; version += 1) expect((await write(version)).seq).toBe(version);
  await Promise.all(reading);
});

test('an input whose columns change meanwhile is no mistake of the reader, and views over it hold', async () => {
  const range = { start: -8_640_000_000_000_000, end: 8_640_000_000_000_000 };
  const whole = { materialization: 'full', timeColumn: null, range } as const;
  const input = fresh();
  const write = (version: number) =>
    engine.run(
      build({
        ...whole,
        ...input,
        fence: version,
        sql: `SELECT ${version} AS v, 1 AS c${version % 2} FROM range(20000)`,
      }),
    );
  await write(0);
  const stop = new AbortController();
  const readers = Array.from({ length: 2 }, async () => {
    const reader = build({
      ...whole,
      ...fresh(),
      sql: 'SELECT * FROM input_0',
      catalog: [{ from: 'snapshot', ...input, within: null }],
      places: { input_0: input.node },
    });
    while (!stop.signal.aborted) expect((await engine.run(reader)).rows).toBe(20_000);
  });
  const switching = (async () => {
    for (let epoch = 1; !stop.signal.aborted; epoch += 1) {
      const views = epoch % 2 === 0 ? [] : [{ ...input, from: 'table' } as const];
      await engine.switchViews({ environment: 'moving', epoch, views });
      if (views.length > 0)
        await engine.query(`SELECT * FROM transform__moving.${input.node.split('.')[1] ?? ''}`);
    }
  })();
  for (let version = 1; version < 40; version += 1) await write(version);
  stop.abort();
  await Promise.all([...readers, switching]);
});

test('columns may be named anything', async () => {
  const of = fresh();
  const names = ['a b', 'qu"ote', `apo'strophe`, 'ünï€😀', 'select', '1st', 'semi;colon', '--'];
  const list = names.map((name, index) => `${index} AS "${name.replaceAll('"', '""')}"`).join(', ');
  const work = build({ ...of, timeColumn: null, sql: `SELECT ${list}` });
  await engine.run(work);
  expect((await engine.run(work)).changed).toEqual([]);
  await engine.switchViews({ environment: 'named', epoch: 1, views: [{ ...of, from: 'table' }] });
  const { columns } = await engine.query(`SELECT * FROM transform__named.${of.node.split('.')[1] ?? ''}`);
  expect(columns.map(({ name }) => name)).toEqual(names);
  const timed = build({ ...fresh(), timeColumn: 'qu"ote', sql: `SELECT DATE '2024-01-01' AS "qu""ote"` });
  expect((await engine.run(timed)).rows).toBe(1);
});

test('nested, missing and odd values have digests too', async () => {
  const of = fresh();
  const sql = (last: string) =>
    `SELECT {'a': [1, NULL]} AS s, MAP {'k': 1.5} AS m, NULL AS n, 'NaN'::DOUBLE AS f, INTERVAL 1 DAY AS i, '\\xAA'::BLOB AS b, ${last} AS last`;
  const changed = async (last: string) =>
    (await engine.run(build({ ...of, timeColumn: null, sql: sql(last) }))).changed.length;
  expect([await changed('[1]'), await changed('[1]'), await changed('[2]')]).toEqual([1, 0, 1]);
});

test('PIVOT runs, in a task and in a query', async () => {
  const of = fresh();
  const source = `(SELECT 1 AS k, 'a' AS c, 5 AS x UNION ALL SELECT 1, 'b', 6)`;
  expect(
    (await engine.run(build({ ...of, timeColumn: null, sql: `PIVOT ${source} ON c USING sum(x)` }))).columns,
  ).toHaveLength(3);
  expect((await engine.query(`PIVOT ${source} ON c USING sum(x)`)).rows).toHaveLength(1);
});

test('a hidden name cannot be taken', async () => {
  await expect(
    engine.run(build({ ...fresh(), timeColumn: null, sql: 'SELECT 1 AS _seeknal_start' })),
  ).rejects.toMatchObject({
    code: 'ENGINE_SQL',
    message: expect.stringContaining('_seeknal_start'),
  });
});

test('messages do not show the names a task is given for its time', async () => {
  const failing = [
    'SELECT nope FROM input_0',
    'SELECT * FROM transform.nope',
    'SELECT * FROM input_0 JOIN transform.t1 USING (nope)',
    `SELECT * FROM ref('transform.nope')`,
    'SELECT error(v::VARCHAR) FROM input_0',
    'DROP TABLE transform.t1',
  ];
  const input = fresh();
  await engine.run(build({ ...input, sql: valuesText([[1, 1, 1]]) }));
  for (const sql of failing) {
    const work = build({
      ...fresh(),
      timeColumn: null,
      sql,
      catalog: [{ from: 'snapshot', ...input, within: null }],
      places: { input_0: input.node },
    });
    const error = await engine.run(work).then(
      () => ({ message: 'ran', hint: '' }),
      (thrown: Error & { readonly hint?: string }) => thrown,
    );
    expect(`${error.message} ${error.hint ?? ''}`).not.toMatch(/task_|_seeknal_rows|ran/);
  }
});

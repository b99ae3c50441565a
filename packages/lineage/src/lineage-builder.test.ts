import { beforeAll, expect, test } from '@jest/globals';
import { lightParser, type LightParser } from '@seeknal/sql-ast';

import { LineageBuilder, type LineageBuilderOptions } from './lineage-builder.ts';
import type { NodeLineage } from './node-lineage.ts';
import { exampleManifest, inputs, transform, type ExampleNode } from './testing/example-manifest.ts';

let parse: LightParser;
beforeAll(async () => {
  parse = await lightParser('duckdb');
});

/** Each node as `column: node.column …; … | what decides the rows # notes`. */
async function built(
  nodes: { readonly [id: string]: ExampleNode },
  options: Partial<LineageBuilderOptions> = {},
): Promise<{ readonly [id: string]: string }> {
  const { nodes: found } = await new LineageBuilder({ parse, ...options }).build(exampleManifest(nodes));
  return Object.fromEntries([...found].map(([id, node]) => [id, said(node)]));
}

function said({ columns, rowSources, notes }: NodeLineage): string {
  const names = (list: NodeLineage['rowSources']): string =>
    list.map(({ node, column }) => `${node}.${column}`).join(' ');
  const each = columns
    .map(({ name, sources }) => (sources.length === 0 ? name : `${name}: ${names(sources)}`))
    .join('; ');
  return [
    each,
    ...(rowSources.length > 0 ? ['|', names(rowSources)] : []),
    ...(notes.length > 0 ? ['#', notes.join(', ')] : []),
  ]
    .join(' ')
    .trim();
}

test('a column is followed one step up, a star to the columns of the node above', async () => {
  expect(
    await built({
      'source.orders': 'day amount',
      'transform.paid': 'SELECT *, amount * 2 AS twice FROM source.orders WHERE day > 5',
      'transform.daily': 'SELECT day, sum(twice) AS total FROM transform.paid GROUP BY day',
      'exposure.board': 'transform.daily',
    }),
  ).toEqual({
    'source.orders': 'day; amount; *',
    'transform.paid':
      'day: source.orders.day; amount: source.orders.amount; twice: source.orders.amount; *: source.orders.* | source.orders.day',
    'transform.daily': 'day: transform.paid.day; total: transform.paid.twice | transform.paid.day',
    'exposure.board': 'day: transform.daily.day; total: transform.daily.total',
  });
});

test('a node may read several, in SQL that names some of them only in a function', async () => {
  const found = await built({
    'source.a': 'k x',
    'source.b': 'k y',
    'transform.joined': 'SELECT a.x, b.y FROM source.a AS a JOIN source.b AS b ON a.k = b.k',
    'transform.any': {
      spec: transform(inputs('source.a', 'source.b')),
      definition: { sql: "SELECT n FROM query('select 1')" },
    },
  });
  expect(found['transform.joined']).toBe('x: source.a.x; y: source.b.y | source.a.k source.b.k');
  expect(found['transform.any']).toBe(
    'n: source.a.* source.b.* | source.a.* source.b.* # the function query may read any table',
  );
});

test('a node whose columns nobody lists has those that are mentioned below it', async () => {
  expect(
    await built({
      'source.raw': '',
      'transform.whole': 'SELECT * FROM source.raw',
      'transform.two': 'SELECT k, v FROM transform.whole WHERE k > 1',
      'exposure.out': 'transform.whole',
    }),
  ).toEqual({
    'source.raw': 'k; v; *',
    'transform.whole': 'k: source.raw.k; v: source.raw.v; *: source.raw.*',
    'transform.two': 'k: transform.whole.k; v: transform.whole.v | transform.whole.k',
    'exposure.out': '*: transform.whole.*',
  });
});

test('columns that a table is known to have are the columns', async () => {
  const recorded: { readonly [id: string]: readonly string[] } = {
    'source.raw': ['k', 'v'],
    'transform.whole': ['k', 'v'],
    'transform.named': ['K', 'other'],
    'rule.checked': ['k'],
  };
  expect(
    await built(
      {
        'source.raw': 'k',
        'transform.whole': 'SELECT * FROM source.raw',
        'transform.named': 'SELECT k, v + 1 FROM transform.whole',
        'rule.checked': { kind: 'rule', inputs: inputs('transform.whole'), checks: [] },
      },
      { columns: (node) => recorded[node] ?? null },
    ),
  ).toEqual({
    'source.raw': 'k; v',
    'transform.whole': 'k: source.raw.k; v: source.raw.v',
    // How the engine calls `v + 1` was not foreseen: it could be anything.
    'transform.named': 'K: transform.whole.k; other: transform.whole.*',
    'rule.checked': '',
  });
});

test('an input is known by its place, its name in any case, ref, and __THIS__ where it is the only one', async () => {
  const sql = (from: string): ExampleNode => ({
    spec: transform([{ ref: 'source.a', place: 'main', reads: { kind: 'all' } }]),
    definition: { sql: `SELECT x FROM ${from}` },
  });
  const found = await built({
    'source.a': 'x',
    'transform.place': sql('main'),
    'transform.name': sql('Source.A'),
    'transform.ref': sql("ref('source.a')"),
    'transform.this': sql('__THIS__'),
    'transform.elsewhere': sql('information_schema.tables'),
  });
  expect(found).toMatchObject({
    'transform.place': 'x: source.a.x',
    'transform.name': 'x: source.a.x',
    'transform.ref': 'x: source.a.x',
    'transform.this': 'x: source.a.x',
    'transform.elsewhere': 'x: information_schema.tables.x',
  });
});

test('what decides where a row belongs decides the rows', async () => {
  const found = await built({
    'source.a': 'k day v',
    'transform.incremental': {
      spec: transform(inputs('source.a'), { mode: 'incremental_by_time', timeColumn: 'day' }),
      definition: { sql: 'SELECT day, v FROM source.a' },
    },
    'transform.upsert': {
      spec: transform(inputs('source.a'), {
        mode: 'upsert_by_key',
        timeColumn: 'gone',
        upsert: { keys: ['k'], orderBy: ['day'], version: null },
      }),
      definition: { sql: 'SELECT k, day, v FROM source.a' },
    },
    'transform.open': {
      spec: transform(inputs('source.b'), { timeColumn: 'day' }),
      definition: { sql: 'SELECT * FROM source.b' },
    },
    'source.b': '',
  });
  expect(found).toMatchObject({
    'transform.incremental': 'day: source.a.day; v: source.a.v | source.a.day',
    'transform.upsert': 'k: source.a.k; day: source.a.day; v: source.a.v | source.a.day source.a.k',
    'transform.open': 'day: source.b.day; *: source.b.* | source.b.day',
  });
});

test('a rule reads the columns that it checks', async () => {
  const check = { severity: 'error', message: null, place: { file: '', line: 1, column: 1 } } as const;
  const rule = (checks: readonly object[]): ExampleNode => ({
    kind: 'rule',
    inputs: inputs('source.a'),
    checks: checks as never,
  });
  const found = await built({
    'source.a': 'k v',
    'rule.named': rule([
      { ...check, type: 'not_null', columns: ['k'] },
      { ...check, type: 'range', column: 'v', min: 0, max: 1 },
    ]),
    'rule.sql': rule([{ ...check, type: 'sql', sql: {} }]),
    'rule.count': rule([{ ...check, type: 'row_count', min: 1, max: null }]),
  });
  expect(found).toMatchObject({
    'rule.named': '| source.a.k source.a.v',
    'rule.sql': '| source.a.*',
    'rule.count': '',
  });
});

test('what cannot be read reads everything, and says so', async () => {
  const found = await built({
    'source.a': 'k',
    'source.b': 'l',
    'transform.broken': {
      spec: transform(inputs('source.a', 'source.b')),
      definition: { sql: "SELECT 'open" },
      columns: { n: 'INTEGER' },
    },
    'transform.branches': {
      spec: transform(inputs('source.a')),
      definition: { sql: 'SELECT 1', template: '{% if x %}' },
    },
    'transform.none': { spec: transform(inputs('source.a')), definition: {} },
    'transform.unknown': {
      spec: transform(inputs('source.a')),
      definition: { sql: 'PIVOT source.a ON k USING sum(k)' },
    },
    'metric.later': { kind: 'unsupported', reason: 'A metric does not run yet.', inputs: inputs('source.a') },
  });
  expect(found['transform.broken']).toMatch(
    /^n: source\.a\.\* source\.b\.\*; \*: source\.a\.\* source\.b\.\* \| source\.a\.\* source\.b\.\* # its SQL cannot be read: The string /u,
  );
  const everything = '*: source.a.* | source.a.* #';
  expect(found['transform.branches']).toBe(`${everything} its SQL is not known before it runs`);
  expect(found['transform.none']).toBe(`${everything} its SQL is not known before it runs`);
  expect(found['transform.unknown']).toContain(everything);
  expect(found['metric.later']).toBe(`${everything} A metric does not run yet.`);
});

test('an exposure of a node that is not there has any column of it', async () => {
  expect(await built({ 'exposure.lost': 'source.gone' })).toEqual({ 'exposure.lost': '*: source.gone.*' });
});

test('each text is read once, by a reader that may be asynchronous', async () => {
  const texts: string[] = [];
  const found = await built(
    { 'source.a': 'x', 'transform.p': 'SELECT x FROM source.a', 'transform.q': 'SELECT x FROM source.a' },
    {
      parse: (sql) => {
        texts.push(sql);
        return Promise.resolve(parse(sql));
      },
    },
  );
  expect(texts).toEqual(['SELECT x FROM source.a']);
  expect(found['transform.q']).toBe('x: source.a.x');
});

test('extract gives the columns of one query and what each depends on', async () => {
  const builder = new LineageBuilder({ parse });
  expect(
    await builder.extract('SELECT a + b AS s, c FROM t', { t: { a: 'INTEGER', b: 'INTEGER', c: 'DATE' } }),
  ).toEqual({
    outputColumns: ['s', 'c'],
    inputDependencies: { s: ['t.a', 't.b'], c: ['t.c'] },
  });
  expect(await builder.extract('SELECT * FROM t')).toEqual({
    outputColumns: ['*'],
    inputDependencies: { '*': ['t.*'] },
  });
});

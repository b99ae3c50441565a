import { beforeAll, expect, test } from '@jest/globals';
import { lightParser, type LightParser } from '@seeknal/sql-ast';

import { columnLineage } from './column-lineage.ts';
import type { QueryLineage } from './query-lineage.ts';

const SCHEMA = {
  orders: {
    id: 'INTEGER',
    cust: 'INTEGER',
    amount: 'DOUBLE',
    day: 'DATE',
    items: 'INTEGER[]',
    s: 'STRUCT(x INTEGER)',
  },
  customers: { id: 'INTEGER', name: 'VARCHAR', email: 'VARCHAR' },
  t: { a: 'INTEGER', b: 'INTEGER' },
  u: { b: 'INTEGER', c: 'INTEGER' },
};

let parse: LightParser;
beforeAll(async () => {
  parse = await lightParser('duckdb');
});

/** `revenue: o.price o.qty; n: | o.paid`: columns with their sources, then what decides the rows. */
function said({ columns, rowDependencies }: QueryLineage): string {
  const each = columns.map(({ name, sources }) => [`${name}:`, ...sources].join(' ')).join('; ');
  return rowDependencies.length === 0 ? each : `${each} | ${rowDependencies.join(' ')}`;
}

test.each([
  ['SELECT a, a + b AS s, 1 AS one FROM t', 'a: t.a; s: t.a t.b; one:'],
  ['SELECT a FROM t WHERE b > 1', 'a: t.a | t.b'],
  ['SELECT a AS x, x * 2 AS y FROM t', 'x: t.a; y: t.a'],
  ['SELECT sum(a) AS s, count(*) AS n FROM t GROUP BY b', 's: t.a; n: | t.b'],
  ['SELECT b, sum(a) AS s FROM t GROUP BY 1 HAVING min(a) > 0', 'b: t.b; s: t.a | t.a t.b'],
  ['SELECT DISTINCT a FROM t', 'a: t.a | t.a'],
  [
    'SELECT DISTINCT ON (cust) amount FROM orders ORDER BY cust, day',
    'amount: orders.amount | orders.cust orders.day',
  ],
  ['SELECT a FROM t ORDER BY b', 'a: t.a'],
  ['SELECT a FROM t ORDER BY b LIMIT 1', 'a: t.a | t.b'],
  [
    'SELECT rank() OVER (PARTITION BY cust ORDER BY day) AS r, amount FROM orders',
    'r: orders.cust orders.day; amount: orders.amount',
  ],
  ['SELECT s.x FROM orders', 'x: orders.s'],
  ['SELECT o.s.x AS x FROM orders o', 'x: orders.s'],
])('%s', (sql, lineage) => {
  expect(said(columnLineage(parse(sql), { schema: SCHEMA }))).toBe(lineage);
});

test.each([
  ['WITH v AS (SELECT a AS x FROM t) SELECT x FROM v', 'x: t.a'],
  ['WITH v(p, q) AS (SELECT * FROM t) SELECT q FROM v', 'q: t.b'],
  ['WITH t AS (SELECT c AS a FROM u) SELECT a FROM t', 'a: u.c'],
  ['WITH v AS (SELECT * FROM v) SELECT * FROM v', '*: v.*'],
  ['SELECT d.z FROM (SELECT a, b FROM t) AS d(y, z)', 'z: t.b'],
  ['SELECT * FROM (VALUES (1, 2)) AS v(p, q)', 'p:; q:'],
  ['SELECT a FROM t UNION ALL SELECT c FROM u', 'a: t.a u.c'],
  ['SELECT a FROM t EXCEPT SELECT c FROM u', 'a: t.a u.c | t.a u.c'],
  ['SELECT * FROM t JOIN u USING (b)', 'a: t.a; b: t.b u.b; c: u.c | t.b u.b'],
  ['SELECT * FROM t NATURAL JOIN u', 'a: t.a; b: t.b u.b; c: u.c | t.b u.b'],
  ['SELECT * FROM t SEMI JOIN u USING (b)', 'a: t.a; b: t.b | t.b u.b'],
  ['SELECT l.d FROM t, LATERAL (SELECT t.a + c AS d FROM u WHERE u.b = t.b) AS l', 'd: t.a u.c | t.b u.b'],
  ['SELECT x FROM orders, unnest(items) AS i(x)', 'x: orders.items | orders.items'],
  [
    'SELECT name, (SELECT max(amount) FROM orders o WHERE o.cust = c.id) AS m FROM customers c',
    'name: customers.name; m: customers.id orders.amount orders.cust',
  ],
  ['SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.a)', 'a: t.a | t.a u.b'],
  ['SELECT a IN (SELECT c FROM u) AS i FROM t', 'i: t.a u.c'],
  ['SELECT "Größe", 价格 FROM (SELECT a AS "Größe", b AS 价格 FROM t)', 'Größe: t.a; 价格: t.b'],
])('through what stands between: %s', (sql, lineage) => {
  expect(said(columnLineage(parse(sql), { schema: SCHEMA }))).toBe(lineage);
});

test.each([
  ['SELECT * FROM x', '*: x.*'],
  ['SELECT x.*, y.* FROM x JOIN y ON x.i = y.i', '*: x.* y.* | x.i y.i'],
  ['SELECT z.k FROM (SELECT x.*, y.* FROM x JOIN y ON x.i = y.i) z', 'k: x.k y.k | x.i y.i'],
  ['SELECT k FROM x JOIN y USING (i)', 'k: x.k y.k | x.i y.i'],
  ['SELECT * FROM x UNION ALL SELECT * FROM y', '*: x.* y.* | x.* y.*'],
  ["SELECT n FROM read_csv('f.csv')", 'n: ?.n'],
  ['SELECT twice(a) AS d FROM x', 'd: x.a | x.* x.a'],
])('without a schema, any column may be there: %s', (sql, lineage) => {
  expect(said(columnLineage(parse(sql)))).toBe(lineage);
});

test('every column has what decides the rows beside it', () => {
  expect(columnLineage(parse('SELECT sum(a) AS s FROM t WHERE b > 1'), { schema: SCHEMA })).toEqual({
    tables: ['t'],
    columns: [{ name: 's', sources: ['t.a'], rowSources: ['t.b'] }],
    rowDependencies: ['t.b'],
    notes: [],
    problems: [],
  });
});

test('a table is called by its last name, in full where two share it; one that gives no column is listed too', () => {
  const both = 'SELECT p.a AS x, q.b AS y FROM raw.t AS p JOIN clean.t AS q ON p.b = q.b CROSS JOIN main.u';
  expect(columnLineage(parse(both), { schema: { 'raw.t': SCHEMA.t, 'clean.t': SCHEMA.t } })).toMatchObject({
    tables: ['clean.t', 'raw.t', 'u'],
    columns: [
      { name: 'x', sources: ['raw.t.a'] },
      { name: 'y', sources: ['clean.t.b'] },
    ],
  });
});

test('names are equal in any case in DuckDB, and only in small letters in PostgreSQL', async () => {
  const schema = { Orders: { Id: 'INTEGER' } };
  expect(said(columnLineage(parse('SELECT ID FROM ORDERS'), { schema }))).toBe('Id: orders.id');
  const query = (await lightParser('postgres'))('SELECT "Id" FROM "Orders"');
  expect(said(columnLineage(query, { schema, dialect: 'postgres' }))).toBe('Id: Orders.Id');
});

test.each([
  [
    'SELECT nope FROM t',
    { code: 'COLUMN_UNKNOWN', message: 'There is no column nope in reach.', candidates: ['a', 'b'], at: 7 },
    'nope: t.a t.b',
  ],
  [
    'SELECT b FROM t, u',
    {
      code: 'COLUMN_AMBIGUOUS',
      message: 'The column b could be t.b or u.b.',
      candidates: ['t.b', 'u.b'],
      at: 7,
    },
    'b: t.b u.b',
  ],
])('%s is a problem with candidates, and reads too much rather than too little', (sql, problem, lineage) => {
  const found = columnLineage(parse(sql), { schema: SCHEMA });
  expect(found.problems).toEqual([problem]);
  expect(said(found)).toBe(lineage);
});

test('a problem is told once, however often its place is looked at', () => {
  const found = columnLineage(parse('SELECT nope, rank() OVER (ORDER BY sum(a)) AS r FROM t GROUP BY nope'), {
    schema: SCHEMA,
  });
  expect(found.problems.map(({ at }) => at)).toEqual([...new Set(found.problems.map(({ at }) => at))]);
});

test('a query that cannot be read may read anything, and says why', () => {
  const found = columnLineage(parse('PIVOT t ON b USING sum(a)'), { schema: SCHEMA });
  expect(found.columns).toEqual([{ name: '*', sources: ['?.*'], rowSources: ['?.*'] }]);
  expect(found.notes).toHaveLength(1);
});

test('a table of thousands of columns is followed in a moment', () => {
  const names = Array.from({ length: 4000 }, (_, at) => `c${at}`);
  const wide = Object.fromEntries(names.map((name) => [name, 'INTEGER']));
  const query = parse('WITH v AS (SELECT * FROM w WHERE c1 > 0) SELECT *, c7 + c8 AS s FROM v');
  const started = performance.now();
  const { columns, rowDependencies } = columnLineage(query, { schema: { w: wide } });
  expect(performance.now() - started).toBeLessThan(2000);
  expect(columns).toHaveLength(4001);
  expect(columns.at(-1)).toEqual({ name: 's', sources: ['w.c7', 'w.c8'], rowSources: ['w.c1'] });
  expect(rowDependencies).toEqual(['w.c1']);
});

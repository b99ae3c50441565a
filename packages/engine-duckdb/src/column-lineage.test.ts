import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { columnLineage, type QueryLineage } from '@seeknal/lineage';
import { lowerDuckDb, type Schema } from '@seeknal/sql-ast';

import { openSqlParser, type SqlParser } from './index.ts';

const SCHEMA = {
  orders: {
    id: 'INTEGER',
    cust: 'INTEGER',
    amount: 'DOUBLE',
    day: 'DATE',
    items: 'INTEGER[]',
    s: 'STRUCT(x INTEGER, y VARCHAR)',
  },
  customers: { id: 'INTEGER', name: 'VARCHAR', email: 'VARCHAR' },
  t: { a: 'INTEGER', b: 'INTEGER' },
  u: { b: 'INTEGER', c: 'INTEGER' },
} satisfies Schema;

let parser: SqlParser;
let connection: DuckDBConnection;
beforeAll(async () => {
  parser = await openSqlParser();
  connection = await (
    await DuckDBInstance.create(':memory:', { memory_limit: '500MB', threads: '1' })
  ).connect();
});
afterAll(() => {
  parser.close();
  connection.closeSync();
});

async function lineageOf(sql: string, schema: Schema = SCHEMA): Promise<QueryLineage> {
  const [tree] = await parser.parse([sql]);
  return columnLineage(lowerDuckDb(sql, tree as string), { schema });
}

/** `revenue: o.price o.qty; n: | o.paid # note`: columns with their sources, what decides the rows, notes. */
function said({ columns, rowDependencies, notes }: QueryLineage): string {
  const each = columns.map(({ name, sources }) => [`${name}:`, ...sources].join(' ')).join('; ');
  return [
    each,
    ...(rowDependencies.length > 0 ? ['|', ...rowDependencies] : []),
    ...(notes.length > 0 ? ['#', notes.join(', ')] : []),
  ].join(' ');
}

/** Queries whose rows follow from their tables alone, with the lineage that they have. */
const CONSTRUCTS: readonly (readonly [string, string])[] = [
  // Names
  ['FROM t', 'a: t.a; b: t.b'],
  ['FROM t SELECT a WHERE b > 2', 'a: t.a | t.b'],
  ['SELECT T.A AS x, "b" FROM T', 'x: t.a; b: t.b'],
  ['SELECT twice: a * 2 FROM t', 'twice: t.a'],
  ['SELECT a AS x, x * 2 AS y FROM t WHERE y > 2', 'x: t.a; y: t.a | t.a'],
  ['SELECT a AS b, b AS c FROM t', 'b: t.a; c: t.b'],
  ['SELECT "Größe", 价格 FROM (SELECT a AS "Größe", b AS 价格 FROM t)', 'Größe: t.a; 价格: t.b'],
  ['SELECT t FROM t', 't: t.a t.b'],
  ['SELECT x.a FROM t AS x JOIN t AS y ON x.a = y.b', 'a: t.a | t.a t.b'],
  // Stars
  [
    'SELECT * EXCLUDE (items, s) REPLACE (amount * id AS amount) FROM orders',
    'id: orders.id; cust: orders.cust; amount: orders.amount orders.id; day: orders.day',
  ],
  ['SELECT * RENAME (a AS z) FROM t', 'z: t.a; b: t.b'],
  ["SELECT COLUMNS('a.*|id') FROM orders", 'id: orders.id; amount: orders.amount; day: orders.day'],
  ["SELECT COLUMNS(['a', 'b']) + 1 FROM t", 'a: t.a; b: t.b'],
  ['SELECT max(COLUMNS(*)) FROM t', 'a: t.a; b: t.b'],
  ['SELECT count(*) AS n FROM t', 'n:'],
  // Joins
  ['SELECT * FROM t JOIN u USING (b)', 'a: t.a; b: t.b u.b; c: u.c | t.b u.b'],
  ['SELECT u.b, t.b AS tb FROM t LEFT JOIN u USING (b)', 'b: u.b; tb: t.b | t.b u.b'],
  ['SELECT b FROM t FULL JOIN u USING (b)', 'b: t.b u.b | t.b u.b'],
  [
    'SELECT * FROM orders NATURAL JOIN customers',
    'id: customers.id orders.id; cust: orders.cust; amount: orders.amount; day: orders.day; items: orders.items; s: orders.s; name: customers.name; email: customers.email | customers.id orders.id',
  ],
  ['SELECT * FROM t SEMI JOIN u USING (b)', 'a: t.a; b: t.b | t.b u.b'],
  ['SELECT * FROM t ANTI JOIN u ON t.b = u.c', 'a: t.a; b: t.b | t.b u.c'],
  ['SELECT c FROM t ASOF JOIN u ON t.b >= u.b', 'c: u.c | t.b u.b'],
  [
    'SELECT * FROM t, LATERAL (SELECT t.a + c AS d FROM u WHERE u.b = t.b) AS l',
    'a: t.a; b: t.b; d: t.a u.c | t.b u.b',
  ],
  // Groups and windows
  ['SELECT b, sum(a) AS s FROM t GROUP BY ALL HAVING count(a) > 0', 'b: t.b; s: t.a | t.a t.b'],
  ['SELECT a, count(*) AS n FROM t GROUP BY ROLLUP (a, b)', 'a: t.a; n: | t.a t.b'],
  ['SELECT sum(amount) FILTER (id > 3) AS s FROM orders', 's: orders.amount orders.id'],
  ["SELECT string_agg(name, ',' ORDER BY id, name) AS l FROM customers", 'l: customers.id customers.name'],
  [
    'SELECT rank() OVER w AS r, sum(amount) OVER (w ROWS 1 PRECEDING) AS s FROM orders WINDOW w AS (PARTITION BY cust ORDER BY day)',
    'r: orders.cust orders.day; s: orders.amount orders.cust orders.day',
  ],
  ['SELECT a FROM t QUALIFY rank() OVER (ORDER BY b) < 3', 'a: t.a | t.b'],
  ['SELECT DISTINCT a FROM t', 'a: t.a | t.a'],
  ['SELECT DISTINCT ON (cust) cust FROM orders', 'cust: orders.cust | orders.cust'],
  ['SELECT a FROM t ORDER BY a, b LIMIT 2', 'a: t.a | t.a t.b'],
  ['SELECT a FROM t ORDER BY a, b LIMIT (SELECT count(c) FROM u)', 'a: t.a | t.a t.b u.c'],
  // Queries in queries
  [
    'SELECT name, (SELECT max(amount) FROM orders o WHERE o.cust = c.id) AS m FROM customers c',
    'name: customers.name; m: customers.id orders.amount orders.cust',
  ],
  ['SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.a)', 'a: t.a | t.a u.b'],
  ['SELECT a IN (SELECT c FROM u) AS i FROM t', 'i: t.a u.c'],
  ['SELECT a > ALL (SELECT c FROM u WHERE u.b = t.b) AS i FROM t', 'i: t.a t.b u.b u.c'],
  ['SELECT ARRAY(SELECT c FROM u ORDER BY b, c) AS l FROM t', 'l: u.b u.c'],
  [
    'WITH v AS (SELECT a AS x FROM t WHERE b > 1), w AS (SELECT x + 1 AS y FROM v) SELECT y FROM w',
    'y: t.a | t.b',
  ],
  ['WITH v(p, q) AS (FROM t) SELECT q FROM v', 'q: t.b'],
  ['WITH t AS (SELECT c AS a FROM u) SELECT a FROM t', 'a: u.c'],
  ['SELECT d.z FROM (SELECT a, b FROM t) AS d(y, z)', 'z: t.b'],
  ['SELECT q FROM (VALUES (1, 2), (3, 4)) AS v(p, q)', 'q:'],
  [
    'WITH RECURSIVE r AS (SELECT a, b FROM t UNION SELECT r.a + u.c, r.b FROM r JOIN u ON r.b = u.b WHERE r.a < 20) SELECT a FROM r',
    'a: t.a u.c | t.a t.b u.b u.c # a recursive query',
  ],
  // Set operations
  ['SELECT a FROM t UNION ALL SELECT c FROM u', 'a: t.a u.c'],
  ['SELECT a FROM t UNION SELECT c FROM u', 'a: t.a u.c | t.a u.c'],
  ['SELECT a, b FROM t UNION ALL BY NAME SELECT b, c FROM u', 'a: t.a; b: t.b u.b; c: u.c'],
  ['SELECT a, b FROM t EXCEPT SELECT b, c FROM u', 'a: t.a u.b; b: t.b u.c | t.a t.b u.b u.c'],
  // Lists, structs, functions that give rows
  ['SELECT x FROM orders, unnest(items) AS i(x)', 'x: orders.items | orders.items'],
  ['SELECT unnest(items) AS x, id FROM orders', 'x: orders.items; id: orders.id | orders.id orders.items'],
  ['SELECT list_transform(items, lambda x: x + id) AS l FROM orders', 'l: orders.id orders.items'],
  ['SELECT [x * cust FOR x IN items IF x > 1] AS l FROM orders', 'l: orders.cust orders.items'],
  ['SELECT s.x, orders.s.y AS y FROM orders', 'x: orders.s; y: orders.s'],
  ["SELECT p.k FROM (SELECT {'k': a, 'v': b} AS p FROM t)", 'k: t.a t.b'],
  ['SELECT i FROM t, range(a) AS r(i)', 'i: t.a | t.a'],
  ["SELECT a, b FROM query_table('t')", 'a: t.a; b: t.b'],
  // PIVOT and UNPIVOT
  ['PIVOT t ON b IN (1, 2) USING sum(a)', '1: t.a; 2: t.a | t.b'],
  [
    "SELECT * FROM (SELECT cust, amount, email FROM orders JOIN customers ON cust = customers.id) PIVOT (sum(amount) FOR email IN ('p' AS one, 'q'))",
    'cust: orders.cust; one: orders.amount; q: orders.amount | customers.email customers.id orders.cust',
  ],
  ['UNPIVOT u ON b, c INTO NAME n VALUE v', 'n:; v: u.b u.c | u.b u.c'],
  [
    'SELECT a, v FROM (SELECT a, b, a + 1 AS d FROM t) UNPIVOT (v FOR n IN (b, d))',
    'a: t.a; v: t.a t.b | t.a t.b',
  ],
];

test.each(CONSTRUCTS)('%s', async (sql, lineage) => {
  const found = await lineageOf(sql);
  expect(said(found)).toBe(lineage);
  expect(found.problems).toEqual([]);
  const described = await parser.describe(SCHEMA, sql);
  expect(found.columns.map(({ name }) => name)).toEqual(described.map(({ name }) => name));
});

test.each([
  ['SELECT * FROM x', '*: x.*'],
  ['SELECT * EXCLUDE (a) REPLACE (b + 1 AS c) FROM x', '*: x.* x.b'],
  ['SELECT k FROM (SELECT * RENAME (j AS k) FROM x)', 'k: x.j x.k | x.*'],
  ['SELECT x.*, y.* FROM x JOIN y USING (i)', '*: x.* y.* | x.i y.i'],
  ["SELECT n FROM 'sales.parquet'", 'n: sales.parquet.n'],
  ["SELECT n FROM read_parquet('sales.parquet')", 'n: ?.n'],
  ["SELECT n FROM read_csv('f.csv') AS f(m, n)", 'n: ?.* ?.n'],
  ['PIVOT x ON k USING sum(v)', '*: ?.* | ?.* # Only SELECT statements can be serialized to json!'],
  ['SELECT mine(a) AS m FROM x', 'm: x.a | x.* x.a # the function mine is not known'],
  ["FROM query('SELECT 1')", '*: ?.* | ?.* # the function query may read any table'],
])('never too little where columns are not known: %s', async (sql, lineage) => {
  expect(said(await lineageOf(sql, {}))).toBe(lineage);
});

const TABLES = Object.entries(SCHEMA as Schema);

/** Some value of a type, from whole numbers; small domains, so that rows meet. */
const VALUES: { readonly [type: string]: (n: number) => string } = {
  INTEGER: (n) => (n % 11 === 0 ? 'NULL' : String(n % 5)),
  DOUBLE: (n) => `${(n % 7) / 2}::DOUBLE`,
  DATE: (n) => `DATE '2024-01-0${(n % 6) + 1}'`,
  VARCHAR: (n) => `'${'pqrs'.charAt(n % 4)}'`,
  'INTEGER[]': (n) => `[${n % 3}, ${n % 4}]`,
  'STRUCT(x INTEGER, y VARCHAR)': (n) => `{'x': ${n % 4}, 'y': '${'pq'.charAt(n % 2)}'}`,
};

/** Fills the tables; one column may have other values than usual. */
async function fill(
  changed: { readonly table: string; readonly column: string; readonly by: number } | null,
): Promise<void> {
  for (const [table, columns] of TABLES) {
    const rows = Array.from({ length: 12 }, (_, row) => {
      const values = Object.entries(columns).map(([column, type], at) => {
        const by = changed?.table === table && changed.column === column ? changed.by : 0;
        return (VALUES[type] as (n: number) => string)((row + 1) * (at * 2 + 3) + by * (row + 2) + by);
      });
      return `(${values.join(', ')})`;
    });
    const list = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
    await connection.run(`CREATE OR REPLACE TABLE "${table}" (${list.join(', ')})`);
    await connection.run(`INSERT INTO "${table}" VALUES ${rows.join(', ')}`);
  }
}

/** The rows in one order, with the columns asked for only. */
async function rowsOf(sql: string, columns: readonly number[]): Promise<readonly string[]> {
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  return rows.map((row) => JSON.stringify(columns.map((at) => row[at]))).toSorted();
}

test('a column that is no source may hold anything: the values that do not read it stay the same', async () => {
  const every = TABLES.flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => ({ table, column })),
  );
  const queries = await Promise.all(
    CONSTRUCTS.map(async ([sql]) => ({
      sql,
      found: await lineageOf(sql),
      before: new Map<string, readonly string[]>(),
    })),
  );
  const free = ({ columns, rowDependencies }: QueryLineage, of: string): readonly number[] =>
    rowDependencies.includes(of)
      ? []
      : columns.flatMap(({ sources }, at) => (sources.includes(of) ? [] : [at]));
  let compared = 0;
  await fill(null);
  for (const { sql, found, before } of queries)
    for (const { table, column } of every)
      before.set(`${table}.${column}`, await rowsOf(sql, free(found, `${table}.${column}`)));
  for (const { table, column } of every) {
    for (const by of [1, 2]) {
      await fill({ table, column, by });
      for (const { sql, found, before } of queries) {
        const columns = free(found, `${table}.${column}`);
        if (columns.length === 0) continue;
        const now = await rowsOf(sql, columns);
        expect([`${table}.${column} in ${sql}`, ...now]).toEqual([
          `${table}.${column} in ${sql}`,
          ...(before.get(`${table}.${column}`) as readonly string[]),
        ]);
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(1000);
}, 120_000);

const cases = join(process.cwd(), '..', 'shared', 'cases');

function casesOf<T>(name: string): readonly T[] {
  try {
    return JSON.parse(readFileSync(join(cases, `${name}.json`), 'utf8')) as readonly T[];
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
}

interface LineageCase {
  readonly id: string;
  readonly col: string;
  readonly sql: string;
  readonly expect: readonly string[];
  readonly schema: Schema;
}
const lineageCases = casesOf<LineageCase>('lineage-cases');
const ifCases = lineageCases.length > 0 ? test : test.skip;

ifCases('every case of ../shared/cases/lineage-cases.json agrees (skipped without ../shared)', async () => {
  const wrong: string[] = [];
  for (const { id, col, sql, expect: expected, schema } of lineageCases) {
    const { columns } = await lineageOf(sql, schema);
    const found =
      columns.find(({ name }) => name.toLowerCase() === col.toLowerCase()) ??
      columns.find(({ name }) => name === '*');
    const sources = found?.sources.join(' ');
    if (sources !== expected.toSorted().join(' ')) wrong.push(`${id}: ${sources}, not ${expected.join(' ')}`);
  }
  expect(wrong).toEqual([]);
});

interface Oracle {
  readonly id: string;
  readonly sql: string;
  readonly cols: { readonly [column: string]: readonly string[] };
}
const oracle = casesOf<Oracle>('tpch-oracle');

/** The query, read through three views, each of which gives its columns another way. */
function throughViews(sql: string, columns: readonly string[]): string {
  const list = columns.map((name) => `"${name}"`).join(', ');
  return `WITH one AS (${sql.trim().replace(/;$/u, '')}),
    two(${list}) AS (SELECT ${list} FROM one),
    three AS (SELECT * FROM two WHERE true)
  SELECT ${columns.map((name) => `three."${name}"`).join(', ')} FROM three`;
}

ifCases(
  'every column of TPC-H agrees, also through views three deep (skipped without ../shared)',
  async () => {
    const schema = casesOf<never>('tpch-schema') as unknown as Schema;
    const counts: number[] = [];
    for (const depth of [0, 3]) {
      let good = 0;
      for (const { id, sql, cols } of oracle) {
        const { columns, notes, problems } = await lineageOf(
          depth === 0 ? sql : throughViews(sql, Object.keys(cols)),
          schema,
        );
        expect([id, ...notes, ...problems]).toEqual([id]);
        for (const [name, expected] of Object.entries(cols)) {
          const sources = columns.find((column) => column.name === name)?.sources;
          expect([id, name, sources]).toEqual([id, name, expected.toSorted()]);
          good += 1;
        }
      }
      counts.push(good);
    }
    expect(counts).toEqual([76, 76]);
  },
);

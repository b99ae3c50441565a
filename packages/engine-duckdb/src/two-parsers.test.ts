import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lightParser, lowerDuckDb, sameTree, type LightParser } from '@seeknal/sql-ast';

import { openSqlParser, type SqlParser } from './index.ts';

const cases = join(process.cwd(), '..', 'shared', 'cases');
const isHere = existsSync(join(cases, 'duckdb-selects.json'));

let duckdb: SqlParser;
let light: LightParser;
beforeAll(async () => {
  duckdb = await openSqlParser();
  light = await lightParser('duckdb');
});
afterAll(() => duckdb.close());

/** How many the light parser reads, and those of which its tree is not DuckDB's. */
async function compared(
  sqls: readonly string[],
): Promise<{ readonly read: number; readonly wrong: readonly string[] }> {
  const answers = await duckdb.parse(sqls);
  const read = sqls
    .map((sql, at) => ({ sql, tree: light(sql), json: answers[at]! }))
    .filter(({ tree }) => tree.kind !== 'opaque-query');
  const wrong = read.filter(({ sql, tree, json }) => !sameTree(tree, lowerDuckDb(sql, json)));
  return { read: read.length, wrong: wrong.map(({ sql }) => sql) };
}

/** What both read. */
const common = [
  "SELECT 1, -2, 1.50, .5, 2147483648, -(-5), 'it''s', true, NULL, DATE '2000-01-01', TIMESTAMP '2000-01-01 10:00'",
  'SELECT a, t.a, s.t.a, "Odd name", a AS "x y", *, t.*, a z FROM t',
  'SELECT a AND b OR NOT c AND (d OR e) OR (f OR g), NOT a = b, NOT (a) AND b, NOT a IN (1), NOT NOT a',
  'SELECT - a * (b - c) / d % e || f, -a::int, a - -1, (a + b)::decimal, ((a))::decimal(5, 2), a <> b, a != b',
  "SELECT a LIKE 'x', a NOT LIKE 'x', a ILIKE 'x', a NOT ILIKE b || c, a BETWEEN 1 AND 2 AND b, a NOT BETWEEN b + 1 AND c",
  'SELECT a IN (1, (2)), a NOT IN (b), a IN (SELECT 1), a NOT IN (SELECT 1), a IS NULL, a IS TRUE, a IS NOT FALSE',
  'SELECT CASE a WHEN 1 THEN 2 END, CASE WHEN a THEN b ELSE c END, (SELECT 3) + 1, (a, b), coalesce(a, b)',
  'SELECT if(a, b, c), ifnull(a, b), nullif(a, b), date(a), trim(a), substring(a, 1, 2), s.f(a), F(), left(a, 1)',
  'SELECT cast(a AS int4), a::text, a::float8, a::character varying(3), a::timestamp with time zone, a::int[], a::bool',
  "SELECT INTERVAL '1 day', INTERVAL '1' YEAR, INTERVAL 2 hour, INTERVAL (a) day, INTERVAL '3' SECOND, INTERVAL 1 month, INTERVAL 1 minute",
  'SELECT EXTRACT(YEAR FROM a), EXTRACT(dow FROM a), EXTRACT(milliseconds FROM a)',
  "SELECT count(*), count(DISTINCT a), SUM(a), string_agg(a, ',' ORDER BY b DESC NULLS LAST), sum(a) FILTER (WHERE b)",
  'SELECT row_number() OVER (), lag(a, 1) OVER (PARTITION BY b ORDER BY c), count(*) OVER (ORDER BY a)',
  'SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING)',
  'SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)',
  `SELECT 1 FROM "T", "s"."t b" AS q, c.d.e, 'a.parquet' p JOIN b USING (x, y), (SELECT 1) AS d(x)`,
  'SELECT 1 FROM a CROSS JOIN b NATURAL JOIN c, d x CROSS JOIN e, (f JOIN g ON h)',
  'SELECT 1 FROM c ANTI JOIN d USING (x), e POSITIONAL JOIN f ASOF JOIN g ON x >= y',
  'SELECT 1 FROM a SEMI JOIN b ON a.x = b.x',
  'SELECT 1 FROM a NATURAL LEFT JOIN b RIGHT JOIN c ON true FULL OUTER JOIN d ON false',
  "SELECT 1 FROM range(3) r, unnest(a) AS u(x), read_csv('f', sep = ',') f, (VALUES (1, 2), (3, 4)) v(a, b), LATERAL f(r.x) g",
  'SELECT DISTINCT a FROM t GROUP BY a, (b, 1), a HAVING a > 1 ORDER BY a ASC, b DESC NULLS FIRST LIMIT 3 OFFSET 2',
  'SELECT DISTINCT ON (a, b) c FROM t WHERE EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2) OFFSET 1',
  'SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY 1 LIMIT 2',
  '(SELECT 1 ORDER BY 1) UNION ((SELECT 2 LIMIT 1)) EXCEPT SELECT 3',
  'SELECT a[1], t.b[2][3], a[1]::int, -a[1]',
  'SELECT 1 INTERSECT SELECT 2',
  'WITH a AS (SELECT 1), b(x, y) AS (SELECT 1, 2) SELECT * FROM a UNION ALL SELECT * FROM b',
  '(WITH a AS (SELECT 1) SELECT * FROM a) UNION ALL SELECT * FROM a',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r), s AS (SELECT 1) SELECT * FROM r',
];

test('what both read, both read alike', async () => {
  expect(await compared(common)).toEqual({ read: common.length, wrong: [] });
});

(isHere ? test.each : test.skip.each)([
  ['duckdb-selects.json', 0.55],
  ['tpch.json', 0.9],
])('of %s the light parser reads a share of %d, and nothing wrongly', async (file, share) => {
  const texts = JSON.parse(readFileSync(join(cases, file), 'utf8')) as readonly { readonly sql: string }[];
  const { read, wrong } = await compared(texts.map(({ sql }) => sql));
  expect(wrong).toEqual([]);
  expect(read / texts.length).toBeGreaterThanOrEqual(share);
});

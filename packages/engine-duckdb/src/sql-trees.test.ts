import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  checkTables,
  lowerDuckDb,
  nodesOf,
  tableReferences,
  type Literal,
  type Query,
} from '@seeknal/sql-ast';

import { openSqlParser, type SqlParser } from './index.ts';

const cases = join(process.cwd(), '..', 'shared', 'cases');
const isHere = existsSync(join(cases, 'duckdb-selects.json'));

interface Case {
  readonly id: string;
  readonly sql: string;
}

const casesOf = (file: string): readonly Case[] =>
  JSON.parse(readFileSync(join(cases, file), 'utf8')) as readonly Case[];

let parser: SqlParser;
beforeAll(async () => {
  parser = await openSqlParser();
});
afterAll(() => parser.close());

async function lowered(
  sqls: readonly string[],
): Promise<readonly { readonly json: string; readonly query: Query }[]> {
  const answers = await parser.parse(sqls);
  return answers.map((json, at) => ({ json, query: lowerDuckDb(sqls[at]!, json) }));
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The tables that DuckDB's own tree reads from outside, found without any of the code under test. */
function walkTables(json: Json, known: readonly string[], found: string[]): void {
  if (json === null || typeof json !== 'object') return;
  if (Array.isArray(json)) {
    for (const item of json as readonly Json[]) walkTables(item, known, found);
    return;
  }
  const node = json as { readonly [key: string]: Json };
  if (node['type'] === 'BASE_TABLE') {
    const name = [node['catalog_name'], node['schema_name'], node['table_name']].filter(
      (part) => part !== '',
    );
    // What a recursion has gathered so far is called recurring.name.
    const own = name[0] === 'recurring' && name.length === 2 ? name[1] : name[0];
    const isCte = name.length === 1 || own !== name[0];
    if (!isCte || !known.includes(String(own).toLowerCase())) found.push(name.join('.'));
  }
  let visible = known;
  if (typeof node['cte_name'] === 'string') visible = [...visible, node['cte_name'].toLowerCase()];
  const ctes = (
    node['cte_map'] as { readonly map: readonly { readonly key: string; readonly value: Json }[] } | undefined
  )?.map;
  for (const { key, value } of ctes ?? []) {
    walkTables(value, visible, found);
    visible = [...visible, key.toLowerCase()];
  }
  for (const [key, value] of Object.entries(node)) if (key !== 'cte_map') walkTables(value, visible, found);
}

const tablesOfJson = (json: string): readonly string[] => {
  const found: string[] = [];
  const answer = JSON.parse(json.replaceAll(/:(?:-?Infinity|NaN)/g, ':0')) as { readonly statements: Json };
  walkTables(answer.statements, [], found);
  return found.toSorted();
};

const tablesOfTree = (query: Query): readonly string[] =>
  tableReferences(query)
    .tables.map(({ name }) => name.join('.'))
    .toSorted();

(isHere ? test : test.skip)('DuckDB’s own test queries become trees, and none loses a table', async () => {
  const all = [...casesOf('duckdb-selects.json'), ...casesOf('tpch.json')];
  const queries = await lowered(all.map(({ sql }) => sql));
  const opaque = new Map<string, number>();
  const wrong: string[] = [];
  const refused: string[] = [];
  let trees = 0;
  for (const [at, { json, query }] of queries.entries()) {
    const { id, sql } = all[at]!;
    const reasons = nodesOf(query).flatMap((node) =>
      'reason' in node ? [`${node.kind}: ${node.reason}`] : [],
    );
    if (reasons.length === 0) trees += 1;
    for (const reason of new Set(reasons)) opaque.set(reason, (opaque.get(reason) ?? 0) + 1);
    if (tablesOfTree(query).join() !== tablesOfJson(json).join()) wrong.push(id);
    if (checkTables(sql, query) !== query) refused.push(id);
  }
  process.stdout.write(
    `${trees} of ${all.length} are trees; opaque in part: ${JSON.stringify([...opaque])}\n`,
  );
  expect(trees / all.length).toBeGreaterThan(0.97);
  expect({ wrong, refused }).toEqual({ wrong: [], refused: [] });
});

(isHere ? test : test.skip)('TPC-H reads the tables it says', async () => {
  const oracle = casesOf('tpch-oracle.json') as readonly (Case & { readonly tables: readonly string[] })[];
  const queries = await lowered(oracle.map(({ sql }) => sql));
  const found = queries.map(({ query }) => [...new Set(tablesOfTree(query))]);
  expect(found).toEqual(oracle.map(({ tables }) => tables.toSorted()));
});

test('a table that the tree lost or made up is found out', async () => {
  const [{ query } = { query: undefined }] = await lowered(['SELECT * FROM a, b JOIN c USING (x)']);
  expect(checkTables('SELECT * FROM a, b JOIN c USING (x)', query!)).toBe(query);
  expect(checkTables('SELECT * FROM a, b JOIN d USING (x)', query!)).toMatchObject({
    kind: 'opaque-query',
    reason: 'the parser lost the table d',
  });
});

/** Ways to write a constant, all of them different. */
const literals = `
1 10 100 -1 0 2147483647 2147483648 9007199254740992 9007199254740993 9223372036854775807 9223372036854775808
-9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616
170141183460469231731687303715884105727 -170141183460469231731687303715884105728
340282366920938463463374607431768211455 1e0 1e1 1e-1 1e300 1e-300 1e-301 -1e-300 1e400 -1e400
123456789012345678901234567890e0 0.1 0.10 0.01 -0.1 1.0 10.0 1.00 12345678901234567.89 12345678901234567.88
99999999999999999999999999999999999.999 99999999999999999999999999999999999.998 0.000000000000000000000000001
'a' 'A' 'a ' '' 'NULL' '1' '0.1' 'true' 'ä' 'a''b' 'a"b' '{"children":[]}' 'a\\b' '\\x00'
NULL TRUE FALSE DATE'2020-01-01' DATE'2020-01-02' TIMESTAMP'2020-01-01' INTERVAL'1day' INTERVAL'1month'
'\\x00'::BLOB '\\x01'::BLOB '101'::BIT '011'::BIT '1'::BIT 1::TINYINT 1::SMALLINT 1::BIGINT 1::DECIMAL(5,1) 1::DECIMAL(5,2)
`
  .trim()
  .split(/\s+(?=(?:[^']*'[^']*')*[^']*$)/);

test('two different constants are never the same', async () => {
  const queries = await lowered(literals.map((literal) => `SELECT ${literal}`));
  const texts = queries.map(({ query }) =>
    JSON.stringify(query, (key, value: unknown) => (key === 'span' ? undefined : value)),
  );
  const firsts = new Map<string, string>();
  const same = texts.flatMap((text, at) => {
    const first = firsts.get(text);
    if (first === undefined) firsts.set(text, literals[at]!);
    return first === undefined ? [] : [`${first} and ${literals[at]!}`];
  });
  expect(literals.length).toBeGreaterThan(70);
  expect(same).toEqual([]);
});

test('whole numbers and decimals keep every digit', async () => {
  const plain = literals.filter((literal) => /^-?\d+(?:\.\d+)?$/.test(literal) && literal.length < 39);
  const queries = await lowered(plain.map((literal) => `SELECT ${literal}`));
  const values = queries.map(({ query }) =>
    nodesOf(query).find((node): node is Literal => node.kind === 'literal')!,
  );
  const kept = values.map(({ type, value }, at) => (type === 'DOUBLE' ? plain[at] : value));
  expect(kept).toEqual(plain);
});

test.each([
  ['SELECT \'ä€😀\' AS "ö", b -- ü\n  , (c) d FROM "ß" x', ['\'ä€😀\' AS "ö"', 'b', '(c) d', '"ß" x']],
  // A lone surrogate reaches DuckDB as U+FFFD.
  ["SELECT '\ud83d' AS a, b FROM t", ["'\ud83d' AS a", 'b', 't']],
  ["SELECT '\udc00😀\ud83d', b FROM t", ["'\udc00😀\ud83d'", 'b', 't']],
  ['SELECT /* 😀 */ a.b c FROM s.t AS u(x), v', ['a.b c', 's.t AS u(x), v', 's.t AS u(x)', 'v']],
])('spans are those of the text: %j', async (sql, texts) => {
  const [{ query } = { query: undefined }] = await lowered([sql]);
  const found: string[] = [];
  JSON.stringify(query, (_key, part: unknown) => {
    const { span, alias } = (part ?? {}) as {
      readonly span?: { readonly start: number; readonly end: number } | null;
      readonly alias?: string | null;
    };
    if (span != null && alias !== undefined) found.push(sql.slice(span.start, span.end));
    return part;
  });
  expect(found).toEqual(texts);
});

test('the second argument of every function that takes a lambda is one', async () => {
  const functions = `SELECT DISTINCT function_name FROM duckdb_functions() WHERE list_position(parameter_types, 'LAMBDA') = 2`;
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const names = (await connection.runAndReadAll(functions)).getRowsJson().map(([name]) => String(name));
  expect(names.length).toBeGreaterThan(5);
  const queries = await lowered(names.map((name) => `SELECT ${name}(l, x -> x)`));
  const without = names.filter((_, at) => !nodesOf(queries[at]!.query).some(({ kind }) => kind === 'lambda'));
  expect(without).toEqual([]);
});

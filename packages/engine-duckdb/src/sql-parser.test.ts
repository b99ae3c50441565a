import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { openDuckDb, openSqlParser } from './index.ts';

test('gives DuckDB’s own trees in the order asked, nothing skipped', async () => {
  const parser = await openSqlParser();
  const answers = await parser.parse(["SELECT 'it''s' AS a", 'selec 1', 'CREATE TABLE t (a INT)']);
  const [query, broken, statement] = answers.map((answer) => JSON.parse(answer) as Record<string, unknown>);
  expect(query).toMatchObject({
    error: false,
    statements: [{ node: { type: 'SELECT_NODE', modifiers: [] } }],
  });
  expect(broken).toMatchObject({ error: true, position: '0' });
  expect(statement).toMatchObject({ error: true, error_message: expect.stringContaining('Only SELECT') });
  expect(await parser.parse([])).toEqual([]);
  parser.close();
});

test('reads queries at once, and tells of each that it cannot read when that one is asked for', async () => {
  const parser = await openSqlParser();
  const treeOf = await parser.read(['SELECT a FROM t', 'SELEC 1', 'SELECT a FROM t']);
  parser.close();
  expect(treeOf('SELECT a FROM t')).toMatchObject({ kind: 'select' });
  expect(() => treeOf('SELEC 1')).toThrow(expect.objectContaining({ code: 'SQL_SYNTAX' }));
});

test('describes queries over tables that are not there', async () => {
  const parser = await openSqlParser();
  const schemas = {
    orders: { id: 'INTEGER', total: 'DECIMAL(9,2)' },
    'transform.daily': { day: 'DATE', '"odd': 'VARCHAR' },
    'shop.raw."big table"': { x: 'STRUCT(a INTEGER)' },
  };
  const names = async (sql: string): Promise<readonly string[]> =>
    (await parser.describe(schemas, sql)).map(({ name, type }) => `${name} ${type}`);
  const answers = await Promise.all([
    names('SELECT *, total * 2 AS twice FROM orders;'),
    names('FROM transform.daily SELECT day, * EXCLUDE (day)'),
    names('-- all\nSELECT x.a, count(*) FROM shop.raw."big table" GROUP BY ALL'),
  ]);
  expect(answers).toEqual([
    ['id INTEGER', 'total DECIMAL(9,2)', 'twice DECIMAL(18,2)'],
    ['day DATE', '"odd VARCHAR'],
    ['a INTEGER', 'count_star() BIGINT'],
  ]);
  parser.close();
});

test.each([
  ['SELECT a, mistake FROM t', { code: 'ENGINE_SQL', offset: 10 }],
  ['  SELECT a FROM nowhere', { code: 'ENGINE_INPUT_MISSING', offset: 16 }],
  ["FROM 'x.csv'", { message: expect.stringMatching(/x\.csv/) }],
  ["FROM read_csv('/etc/hosts')", { message: expect.stringMatching(/disabled/) }],
  ['SELECT 1; SELECT 2', { code: 'ENGINE_SQL', offset: 9 }],
  ['', { code: 'ENGINE_SQL', offset: 0 }],
  ['CREATE TABLE u (a INT)', { code: 'ENGINE_SQL' }],
])('refuses %s', async (sql, failure) => {
  const parser = await openSqlParser();
  await expect(parser.describe({ t: { a: 'INTEGER' } }, sql)).rejects.toMatchObject(failure);
  // And leaves nothing behind.
  expect(await parser.describe({ t: { b: 'INTEGER' } }, 'FROM t')).toEqual([{ name: 'b', type: 'INTEGER' }]);
  parser.close();
});

test.each(['', 'a.b.c.d'])('refuses the table name %j', async (name) => {
  const parser = await openSqlParser();
  await expect(parser.describe({ [name]: { a: 'INTEGER' } }, 'SELECT 1')).rejects.toMatchObject({
    code: 'ENGINE_SQL',
  });
  await expect(parser.describe({ t: { a: 'NO_TYPE' } }, 'SELECT 1')).rejects.toMatchObject({
    code: expect.any(String),
  });
  parser.close();
});

test('an open warehouse parses as the parser without one does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-parse-'));
  const engine = await openDuckDb({ path: join(folder, 'shop.duckdb') });
  const parser = await openSqlParser();
  const sqls = ['SELECT 1', "FROM 'a.csv' WHERE x = 'it''s'", 'selec'];
  expect(await engine.parse(sqls)).toEqual(await parser.parse(sqls));
  parser.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

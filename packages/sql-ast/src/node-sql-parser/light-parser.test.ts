import { expect, test } from '@jest/globals';

import { show } from '../duckdb/testing/show-tree.ts';
import { lightParser, lightParserLimits } from './light-parser.ts';

const parse = await lightParser('duckdb');

test('a query is read, comments or not, and its spans lie in the text it was given', () => {
  const sql = 'SELECT ä.b /* a /* b */ c */ AS "x" -- end\nFROM ä;';
  const tree = parse(sql);
  expect(show(tree)).toBe('select ä.b as x from ä');
  expect(tree.kind === 'select' && tree.items.map(({ span }) => sql.slice(span!.start, span!.end))).toEqual([
    'ä.b /* a /* b */ c */ AS "x"',
  ]);
});

test('a comma after a SELECT list is no more than DuckDB makes of it', () => {
  expect(show(parse('SELECT a, (SELECT b, FROM u), FROM t'))).toBe(
    'select a, scalar{select b from u} from t',
  );
});

test.each([
  ['', 'SQL_NOT_ONE_STATEMENT', 0],
  [' -- nothing', 'SQL_NOT_ONE_STATEMENT', 0],
  ['SELECT 1; SELECT 2', 'SQL_NOT_ONE_STATEMENT', 0],
  ["SELECT 'a", 'SQL_UNTERMINATED_STRING', 7],
  ['SELECT "a', 'SQL_UNTERMINATED_IDENTIFIER', 7],
  ['SELECT 1 /* a', 'SQL_UNTERMINATED_COMMENT', 9],
  ['SELECT 1\0', 'SQL_NUL_CHARACTER', 8],
])('%j is an error with its place', (sql, code, offset) => {
  expect(() => parse(sql)).toThrow(expect.objectContaining({ code, offset }));
});

test.each([
  ['DROP TABLE t', 'a DROP statement is no query'],
  ['SELECT 1 -- one\nFROM t QUALIFY a', 'node-sql-parser stops at line 2, column 16'],
  ['SELEC 1', 'node-sql-parser stops at line 1, column 7'],
  ['SELECT [[1]] FROM t QUALIFY a', 'node-sql-parser stops at line 1, column 8'],
  ['SELECT\u00a01', 'a blank outside ASCII is not understood'],
  ['SELECT \ud800', 'node-sql-parser stops at line 1, column 8'],
  [`SELECT ${'('.repeat(301)}1${')'.repeat(301)}`, 'brackets nested deeper than 300'],
  ['('.repeat(1_000_000), 'longer than 500000 characters'],
  [`SELECT ${'not '.repeat(20_000)} a`, 'node-sql-parser does not come to an end'],
  ['SELECT 1)', 'node-sql-parser stops at line 1, column 9'],
])('%.30j is opaque', (sql, reason) => {
  expect(show(parse(sql))).toBe(`OPAQUE ${reason} tables unknown`);
});

test('an unknown dialect is an error', async () => {
  await expect(lightParser('oracle' as 'duckdb')).rejects.toMatchObject({
    code: 'SQL_UNKNOWN_DIALECT',
    offset: 0,
  });
});

test('what is within the limits is read', () => {
  const { depth } = lightParserLimits;
  expect(parse(`SELECT ${'('.repeat(depth)}1${')'.repeat(depth)}`).kind).toBe('select');
  expect(
    parse(`SELECT 1 FROM t WHERE ${Array.from({ length: 2000 }, (_, at) => `a = ${at}`).join(' AND ')}`).kind,
  ).toBe('select');
});

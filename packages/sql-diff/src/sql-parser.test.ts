import { expect, test } from '@jest/globals';
import type { Query } from '@seeknal/sql-ast';

import { SQLParser } from './sql-parser.ts';

const parser = new SQLParser();

test('the normal text is without layout and comments', () => {
  expect(parser.normalize('SELECT  a, -- the a\n  "b"\nFROM t;')).toBe(parser.normalize('select a,b from t'));
  expect(new SQLParser({ dialect: 'postgres' }).normalize('SELECT "b"')).not.toBe(
    parser.normalize('SELECT b'),
  );
});

test.each([
  ['select a, t.b, c as d, a + 1, count(*) from t', ['a', 'b', 'd', 'a + 1', 'count(*)']],
  ['select *, t.* from t', ['*', 't.*']],
  ['select a as x from t union all select b from u', ['x']],
  ['with recursive r as (select 1 as n union all select n + 1 from r) select n from r', ['n']],
  ['create table x (a int)', []],
])('the columns of %s', async (sql, columns) => {
  expect(await parser.extractColumns(sql)).toEqual(columns);
});

test.each([
  ['select a from t join s.u on t.i = u.i', ['t', 's.u']],
  ['with x as (select a from t) select a from x join t on x.a = t.a', ['t']],
  ['select (select max(a) from u) as m', ['u']],
  ['select 1', []],
])('the tables of %s', async (sql, tables) => {
  expect(await parser.extractDependencies(sql)).toEqual(tables);
});

const ending = { span: null, ctes: [], orderBy: [], limit: null, offset: null } as const;
const select = (name: string): Query => ({
  kind: 'select',
  ...ending,
  items: [{ span: null, alias: null, expression: { kind: 'call', span: null, name } as never }],
  distinct: null,
  from: null,
  where: null,
  groupBy: null,
  having: null,
  qualify: null,
  sample: null,
});

test.each<[string, Query, readonly string[]]>([
  ['without places', select('f'), ['call']],
  [
    'of a query over itself',
    {
      kind: 'recursive-union',
      ...ending,
      name: 'r',
      all: true,
      key: [],
      start: select('f'),
      step: select('g'),
    },
    ['call'],
  ],
  [
    'of no branch',
    {
      kind: 'set-operation',
      ...ending,
      operator: 'union',
      all: true,
      byName: false,
      distinct: null,
      branches: [],
    },
    [],
  ],
])('columns %s', async (_, query, columns) => {
  expect(await new SQLParser({ parser: () => query }).extractColumns('select 1')).toEqual(columns);
});

test('what is not one statement is refused', async () => {
  await expect(parser.extractColumns('')).rejects.toMatchObject({ code: 'SQL_NOT_ONE_STATEMENT' });
  await expect(parser.extractDependencies('select 1; select 2')).rejects.toMatchObject({
    code: 'SQL_NOT_ONE_STATEMENT',
  });
});

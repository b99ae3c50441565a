import { expect, test } from '@jest/globals';

import { meaningIn } from '../testing/meaning-of.ts';

test.each([
  ['SELECT A, t.b, u.ID FROM t, u', 'a b id'],
  ['SELECT missing FROM nowhere', 'missing'],
  ["SELECT 'x', 1, NULL", "'x' 1 NULL"],
  [
    'SELECT sum(a), count(*), count(DISTINCT a), sum(a) FILTER (b > 1) FROM t',
    'sum(a) count_star() count(DISTINCT a) sum(a) FILTER (WHERE (b > 1))',
  ],
  [
    'SELECT CAST(a AS VARCHAR), t.a + 1, coalesce(a, b) FROM t',
    'CAST(a AS VARCHAR) (t.a + 1) coalesce(a, b)',
  ],
])('%s gives columns with the names of the engine: %s', (sql, names) => {
  expect(
    meaningIn(sql)
      .columns.map(({ name }) => name)
      .join(' '),
  ).toBe(names);
});

test('a name that cannot be told is never that of something else', () => {
  const sql =
    'SELECT list(a ORDER BY b), rank() OVER (ORDER BY a), struct_pack(p := a), NOT a, CASE WHEN a THEN b END FROM t';
  const names = meaningIn(sql).columns.map(({ name }) => name);
  expect(names).toEqual(['list(a) …', 'rank() …', 'struct_pack(a) …', 'NOT(a)', 'case 81']);
});

test.each([
  ['SELECT a, a AS b, b, c AS a FROM t', 'a b b_1 a_1'],
  ['SELECT a, b AS a, c AS a_1 FROM t', 'a a_1 a_1_1'],
])('a name that was taken gets a number: %s', (sql, names) => {
  expect(
    meaningIn(sql)
      .columns.map(({ name }) => name)
      .join(' '),
  ).toBe(names);
});

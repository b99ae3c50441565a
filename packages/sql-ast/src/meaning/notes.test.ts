import { expect, test } from '@jest/globals';

import { meaningIn } from '../testing/meaning-of.ts';

test.each([
  ['SELECT nope FROM t', 'COLUMN_UNKNOWN There is no column nope in reach. (id a b c) at 7'],
  ['SELECT t.nope FROM t', 'COLUMN_UNKNOWN There is no column t.nope in reach. (id a b c) at 7'],
  ['SELECT a FROM t, u', 'COLUMN_AMBIGUOUS The column a could be t.a or u.a. (t.a u.a) at 7'],
  [
    'SELECT a FROM (SELECT a, d AS x FROM u), t',
    'COLUMN_AMBIGUOUS The column a could be a or t.a. (a t.a) at 7',
  ],
  ['SELECT nope.* FROM t', 'RELATION_UNKNOWN There is nothing called nope in FROM. (t) at null'],
  [
    'SELECT t.a FROM t JOIN u USING (b)',
    'COLUMN_UNKNOWN There is no column b on both sides of USING. (id a d) at null',
  ],
  ['SELECT nope.* FROM (SELECT 1 AS x)', 'RELATION_UNKNOWN There is nothing called nope in FROM. () at null'],
  [
    'SELECT a, b FROM t UNION SELECT a FROM u',
    'COLUMNS_MISMATCH The parts of a UNION have 2 and 1 columns. () at 0',
  ],
  [
    'SELECT x FROM (SELECT a FROM t) AS q(x, y)',
    'COLUMNS_MISMATCH There are 2 names for 1 columns. () at null',
  ],
])('%s: %s', (sql, said) => {
  const { problems } = meaningIn(sql);
  expect(
    problems.map(
      ({ code, message, candidates, at }) => `${code} ${message} (${candidates.join(' ')}) at ${at}`,
    ),
  ).toEqual([said]);
});

test.each([
  ['SELECT a FROM t', [], [], []],
  ['SELECT a FROM t LIMIT 1', [], ['LIMIT without ORDER BY'], []],
  [
    'SELECT a FROM t ORDER BY a LIMIT 1',
    [],
    ['which of the rows with equal keys a LIMIT keeps is left to the engine'],
    [],
  ],
  ['SELECT DISTINCT ON (a) b FROM t', [], ['DISTINCT ON takes any of the rows with equal keys'], []],
  ['SELECT first(a) AS f FROM t', [], ['first depends on the order of its rows'], []],
  ['SELECT t.a FROM t ASOF JOIN u ON t.id >= u.id', [], ['an ASOF join takes any of several equal rows'], []],
  ['SELECT a FROM t TABLESAMPLE 50%', [], ['SAMPLE takes other rows each time'], []],
  ['SELECT random() AS r, current_date AS d FROM t', [], [], ['random', 'current_date']],
  ['SELECT mine(a) AS m FROM t', ['the function mine is not known'], [], []],
  ['SELECT n FROM macro_of_mine(1), t', ['the function macro_of_mine is not known'], [], []],
  ["SELECT n FROM query('SELECT 1 AS n')", ['the function query may read any table'], [], []],
  ['SELECT other FROM t PIVOT (sum(a) FOR b IN my_enum)', ['a PIVOT whose columns the data decides'], [], []],
  ["SELECT * LIKE 'a%' FROM t", ['a star that is not a plain item of a SELECT list'], [], []],
  ['SELECT * FROM now()', [], [], ['now']],
  ['DESCRIBE t', ['DESCRIBE, SUMMARIZE or SHOW'], [], []],
])('%s is noted as opaque for %j, unstable for %j, volatile for %j', (sql, opaque, unstable, volatile) => {
  expect(meaningIn(sql)).toMatchObject({ opaque, unstable, volatile, problems: [] });
});

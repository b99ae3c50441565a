import { expect, test } from '@jest/globals';

import { withTableNames } from './renamed-tables.ts';

const NAMES = new Map([
  ['transform.daily', 'transform.sums'],
  ['source.raw', 'source.own-name'],
]);

test.each<[string, string | null]>([
  // former names, then the names of now
  ['from transform . daily', 'from transform . sums'],
  ['from Transform . DAILY as d', 'from Transform . sums as d'],
  ['from "transform"."daily", source . raw', 'from "transform" . sums , source . "own-name"'],
  [
    'select transform . daily . day from transform . daily',
    'select transform . sums . day from transform . sums',
  ],
  ['select d.daily from transform . daily d', 'select d . daily from transform . sums d'],
  ["select 'transform.daily' from x", "select 'transform.daily' from x"],
  ["from query_table ( 'transform.daily' )", "from query_table ( 'transform.daily' )"],
  // `transform` may be something that has a column `daily`
  ['select transform . daily from x as transform', null],
  ['with transform as ( select 1 ) from transform . daily', null],
  ['select unnest ( s ) , transform . daily from x', null],
  ["select 'no end", null],
])('%s', (sql, expected) => {
  expect(withTableNames(sql, NAMES, ['day', 'amount'])).toBe(expected);
});

test('a column that is called like a kind may hold fields of any name', () => {
  expect(withTableNames('from transform . daily', NAMES, ['day', 'Transform'])).toBeNull();
});

import { expect, test } from '@jest/globals';
import { volatileCalls } from './volatile-calls.ts';

test.each([
  ['select now(), random(), NOW ()', ['now', 'random']],
  ['select uuid() from t where d < today()', ['uuid', 'today']],
  ['select current_date, "current_timestamp", x', ['current_date', 'current_timestamp']],
  [
    "select getvariable('a'), main.random(), nextval('s'), age(ts)",
    ['getvariable', 'random', 'nextval', 'age'],
  ],
  ['select t.current_date, 1 as current_time, random, now, date_trunc(x)', []],
  ["select 'now()' -- now()", []],
])('%s', (sql, names) => expect(volatileCalls(sql)).toEqual(names));

import { expect, test } from '@jest/globals';
import { splitBySchedule, schedule, type Interval } from '@seeknal/intervals';
import type { Reads } from '@seeknal/manifest';
import fc from 'fast-check';

import { affected, needed, type Related } from './dependency.ts';
import { days, jan, said } from './testing/example-project.ts';
import { ALL_TIME, type SnapshotRead } from './snapshot.ts';

const every = (expression: string): Related => ({
  materialization: 'incremental_by_time',
  schedule: { expression, timeZone: 'UTC' },
  timeColumn: 'day',
});
const DAILY = every('0 0 * * *');
const HOURLY = every('0 * * * *');
const WEEKLY = every('0 0 * * 1');
const FULL: Related = { materialization: 'full', schedule: null, timeColumn: null };
const UPSERT: Related = { ...DAILY, materialization: 'upsert_by_key', timeColumn: null };
const APPEND: Related = { ...UPSERT, materialization: 'append' };
const MONTHLY_FULL: Related = { ...FULL, schedule: { expression: '0 0 1 * *', timeZone: 'UTC' } };
const FILE: Related = { materialization: 'source', schedule: null, timeColumn: null };
const TIMED_FILE: Related = { ...FILE, timeColumn: 'day' };

const INTERVAL: Reads = { kind: 'interval' };
const ALL: Reads = { kind: 'all' };
const back = (count: number): Reads => ({ kind: 'back', count });
const read = (reads: Reads, onChange: 'keep' | 'rebuild' = 'keep'): SnapshotRead => ({
  node: 'transform.a',
  snapshot: 'a',
  reads,
  onChange,
});

// 2024-01-01 is a Monday.
test.each<[string, Reads, Related, Related, Interval, Interval]>([
  ['the matching interval', INTERVAL, DAILY, DAILY, days(5, 6), days(5, 6)],
  ['the day around an hour', INTERVAL, DAILY, HOURLY, { start: jan(5, 3), end: jan(5, 4) }, days(5, 6)],
  ['the hours of a day', INTERVAL, HOURLY, DAILY, days(5, 6), days(5, 6)],
  ['the week around a day', INTERVAL, WEEKLY, DAILY, days(10, 11), days(8, 15)],
  ['six days before', back(6), DAILY, DAILY, days(10, 11), days(4, 11)],
  ['all up to the end', ALL, DAILY, DAILY, days(5, 6), { start: ALL_TIME.start, end: jan(6) }],
  ['all of a week that has begun', ALL, WEEKLY, DAILY, days(10, 11), { start: ALL_TIME.start, end: jan(15) }],
  ['what an interval brought to an upsert', INTERVAL, UPSERT, DAILY, days(5, 6), days(5, 6)],
  [
    'the world at the end, for an append',
    ALL,
    UPSERT,
    APPEND,
    days(5, 6),
    { start: ALL_TIME.start, end: jan(6) },
  ],
  ['a file by its time column', INTERVAL, TIMED_FILE, DAILY, days(5, 6), days(5, 6)],
  ['a file without one', INTERVAL, FILE, DAILY, days(5, 6), ALL_TIME],
  ['a table built whole', INTERVAL, FULL, DAILY, days(5, 6), ALL_TIME],
  ['everything, when built whole', INTERVAL, DAILY, FULL, ALL_TIME, ALL_TIME],
  ['everything, when built whole by schedule', INTERVAL, DAILY, MONTHLY_FULL, days(1, 32), ALL_TIME],
])('needs %s', (_, reads, input, reader, range, expected) => {
  expect(needed(read(reads), input, reader, range)).toEqual(expected);
});

test.each<[string, SnapshotRead, Related, Related, Interval, string | null]>([
  ['the matching interval', read(INTERVAL), DAILY, DAILY, days(5, 6), '5'],
  ['the day of a changed hour', read(INTERVAL), HOURLY, DAILY, { start: jan(5, 3), end: jan(5, 4) }, '5'],
  ['the days of a week in which one changed', read(INTERVAL), WEEKLY, DAILY, days(10, 11), '8-14'],
  ['the six days after', read(back(6)), DAILY, DAILY, days(5, 6), '5-11'],
  ['the changed day of a file', read(INTERVAL), TIMED_FILE, DAILY, days(5, 6), '5'],
  ['nothing, for a file without days', read(INTERVAL), FILE, DAILY, ALL_TIME, null],
  ['everything, where the author asks for it', read(INTERVAL, 'rebuild'), FILE, DAILY, ALL_TIME, 'all'],
  ['everything, for a change without bounds', read(INTERVAL), TIMED_FILE, DAILY, ALL_TIME, 'all'],
  ['everything, when built whole', read(INTERVAL), DAILY, FULL, days(5, 6), 'all'],
])('a change reaches %s', (_, of, input, reader, changed, expected) => {
  const reached = affected(of, input, reader, changed);
  expect(reached === null ? null : said([reached])).toBe(expected);
});

test('a change reaches everything after it, where all is read', () => {
  expect(affected(read(ALL), DAILY, DAILY, days(5, 6))).toEqual({ start: jan(5), end: ALL_TIME.end });
});

test('affected is needed run backwards, interval by interval', () => {
  const related = fc.constantFrom(DAILY, HOURLY, WEEKLY, every('0 */6 * * *'), every('30 9 2,15 * *'));
  const reads = fc.oneof(fc.constant(INTERVAL), fc.constant(ALL), fc.integer({ min: 1, max: 9 }).map(back));
  fc.assert(
    fc.property(
      related,
      related,
      reads,
      fc.nat({ max: 24 * 40 }),
      fc.integer({ min: 1, max: 60 }),
      (input, reader, how, at, hours) => {
        const changed = { start: jan(15, at), end: jan(15, at + hours) };
        const reached = affected(read(how), input, reader, changed) as Interval;
        const own = reader.schedule as { expression: string };
        for (const interval of splitBySchedule([days(1, 75)], schedule(own.expression))) {
          const need = needed(read(how), input, reader, interval);
          const isStale = need.start < changed.end && need.end > changed.start;
          // Sound: whatever needs the change is reached. It may be reached a little further.
          if (isStale && !(interval.start < reached.end && interval.end > reached.start)) return false;
        }
        return true;
      },
    ),
    { numRuns: 100 },
  );
});

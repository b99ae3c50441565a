import { expect, test } from '@jest/globals';

import { batches } from './batches.ts';
import { createIntervalCalculator, IntervalCalculator } from './calculator.ts';
import { intervalSet, union } from './interval-set.ts';
import { formatInterval, stringToInterval } from './interval-text.ts';
import { missing } from './missing.ts';
import { partitionKey, partitionKeys } from './partition.ts';
import { resolveRange } from './range.ts';
import { ahead, back } from './reach.ts';
import { schedule } from './schedule.ts';
import { countIntervals, listIntervals, splitBySchedule } from './split.ts';
import { interval } from './stored-interval.ts';
import { readTime } from './time-text.ts';
import { instantAt, wallClock } from './wall-clock.ts';

const calculator = new IntervalCalculator();
const daily = schedule('@daily');
const now = Date.UTC(2024, 0, 1);
/** What plain JavaScript, YAML or JSON may hand over in spite of the types. */
const wrong = (value: unknown): never => value as never;
const millennium = { start: Date.UTC(1024, 0, 1), end: Date.UTC(2024, 0, 1) };

const FIELDS = /^Write five fields/;
const TIMES = /^Write 2024-01-31/;
const SWAP = 'Swap the start and the end.';
const YEARS = 'Give times in the years 1000 to 9998.';
const ZONES = /^Write an IANA name/;
const SHORTER = /^Name a shorter range, or work on ranges/;

test.each<[string, () => unknown, code: string, hint: string | RegExp]>([
  [
    'a reversed range',
    () => calculator.calculateIntervals('2024-01-02', '2024-01-01', '@daily'),
    'RANGE_REVERSED',
    SWAP,
  ],
  [
    'a reversed range, resolved',
    () => resolveRange({ start: '2024-01-02', end: '2024-01-01', now }),
    'RANGE_REVERSED',
    SWAP,
  ],
  ['a reversed interval', () => interval('2024-01-02', '2024-01-01'), 'INTERVAL_REVERSED', SWAP],
  [
    'a reversed interval in a text',
    () => stringToInterval('2024-01-02 to 2024-01-01'),
    'INTERVAL_REVERSED',
    SWAP,
  ],
  ['a reversed interval in a set', () => intervalSet([{ start: 1, end: 0 }]), 'INTERVAL_REVERSED', SWAP],
  [
    'no end',
    () => calculator.calculateIntervals({ start: '2024-01-01', schedule: '@daily' }),
    'RANGE_INCOMPLETE',
    /^Give an end/,
  ],
  [
    'no schedule',
    () => calculator.calculateIntervals('2024-01-01', '2024-01-02'),
    'SCHEDULE_MISSING',
    FIELDS,
  ],
  ['30 February', () => readTime('2024-02-30'), 'TIME_INVALID', TIMES],
  ['29 February of a common year', () => readTime('2023-02-29'), 'TIME_INVALID', TIMES],
  ['half past 24', () => readTime('2024-01-01T24:30'), 'TIME_INVALID', TIMES],
  ['NaN', () => readTime(NaN), 'TIME_INVALID', TIMES],
  ['an Invalid Date', () => readTime(new Date('?')), 'TIME_INVALID', TIMES],
  ['an Infinity', () => readTime(Infinity), 'TIME_INVALID', TIMES],
  ['null as a time', () => readTime(wrong(null)), 'TIME_INVALID', TIMES],
  ['nothing as a time', () => readTime(wrong(undefined)), 'TIME_INVALID', TIMES],
  ['an object as a time', () => readTime(wrong({})), 'TIME_INVALID', TIMES],
  [
    'null as a range',
    () => calculator.calculateIntervals(wrong(null), '2024-01-01', '@daily'),
    'TIME_INVALID',
    TIMES,
  ],
  ['NaN in a set', () => intervalSet([{ start: NaN, end: 1 }]), 'INTERVAL_REVERSED', SWAP],
  ['NaN in what is no set', () => union([{ start: NaN, end: NaN }], []), 'TIME_INVALID', TIMES],
  [
    'NaN in what is done',
    () => missing({ wanted: [millennium], done: [{ start: 0, end: NaN }] }),
    'TIME_INVALID',
    TIMES,
  ],
  ['NaN to be printed', () => formatInterval({ start: NaN, end: 0 }), 'TIME_INVALID', TIMES],
  ['NaN on the wall', () => wallClock(NaN, 'Europe/Berlin'), 'TIME_INVALID', TIMES],
  ['the end of all dates on the wall', () => instantAt(8.64e15, 'Europe/Berlin'), 'TIME_INVALID', TIMES],
  ['the partition of NaN', () => partitionKey(NaN, '%Y'), 'TIME_INVALID', TIMES],
  ['a now that is NaN', () => readTime('yesterday', { now: NaN }), 'TIME_INVALID', TIMES],
  [
    'the end now, which is NaN',
    () => calculator.getPendingIntervals({ start: '2024-01-01', now: NaN, schedule: '@daily' }),
    'TIME_INVALID',
    TIMES,
  ],
  ['no now', () => readTime('yesterday'), 'TIME_RELATIVE', /^Write a date, or give the current instant/],
  ['the year 10000', () => readTime('10000-01-01'), 'TIME_INVALID', TIMES],
  [
    'the year 10000 as a Date',
    () => calculator.calculateIntervals(now, new Date(Date.UTC(10_000, 0, 1)), '@yearly'),
    'TIME_OUT_OF_RANGE',
    YEARS,
  ],
  [
    'the last date of the year 9999',
    () => calculator.calculateIntervals(now, '9999-12-31', '@yearly'),
    'TIME_OUT_OF_RANGE',
    YEARS,
  ],
  [
    'the year 999',
    () => calculator.calculateIntervals(Date.UTC(999, 0, 1), '2024-01-01', '@yearly'),
    'TIME_OUT_OF_RANGE',
    YEARS,
  ],
  [
    'what follows the last interval',
    () => calculator.getNextInterval([now, Date.UTC(9999, 0, 1)], '@daily'),
    'TIME_OUT_OF_RANGE',
    YEARS,
  ],
  ['half an interval', () => calculator.mergeIntervals([wrong(['2024-01-01'])]), 'TIME_INVALID', TIMES],
  [
    'no interval',
    () => calculator.mergeIntervals([wrong(null)]),
    'INTERVAL_TEXT_INVALID',
    /^Write a start and an end/,
  ],
  ['a text as an interval', () => interval(wrong('2024'), wrong({})), 'TIME_INVALID', TIMES],
  ['a zone on Mars', () => schedule('@daily', { timeZone: 'Mars/Olympus' }), 'TIME_ZONE_UNKNOWN', ZONES],
  ['an empty zone', () => schedule('@daily', { timeZone: '' }), 'TIME_ZONE_UNKNOWN', ZONES],
  [
    'a zone on Mars, for a text',
    () => readTime('2024-01-01', { timeZone: 'Mars/Olympus' }),
    'TIME_ZONE_UNKNOWN',
    ZONES,
  ],
  [
    'a zone on Mars, for a calculator',
    () => createIntervalCalculator('@daily', { timeZone: 'Mars/Olympus' }),
    'TIME_ZONE_UNKNOWN',
    ZONES,
  ],
  [
    'a cron that never fires',
    () => schedule('0 0 30 2 *'),
    'SCHEDULE_NEVER_FIRES',
    'Name a day that the month has.',
  ],
  [
    'a cron that never fires in Berlin',
    () => schedule('0 0 31 4,6 *', { timeZone: 'Europe/Berlin' }),
    'SCHEDULE_NEVER_FIRES',
    'Name a day that the month has.',
  ],
  [
    'a cron of the last weekday W that no month has',
    () => schedule('0 0 31W 2 *'),
    'SCHEDULE_NEVER_FIRES',
    'Name a day that the month has.',
  ],
  ['@reboot', () => schedule('@reboot'), 'SCHEDULE_INVALID', FIELDS],
  ['six fields', () => schedule('0 0 0 * * *'), 'SCHEDULE_INVALID', FIELDS],
  ['seven fields', () => schedule('0 0 0 * * * 2024'), 'SCHEDULE_INVALID', FIELDS],
  ['four fields', () => schedule('0 0 * *'), 'SCHEDULE_INVALID', FIELDS],
  ['5/15', () => schedule('5/15 * * * *'), 'SCHEDULE_INVALID', FIELDS],
  ['a step of 0', () => schedule('*/0 * * * *'), 'SCHEDULE_INVALID', FIELDS],
  ['a range that goes down', () => schedule('5-1 * * * *'), 'SCHEDULE_INVALID', FIELDS],
  ['NaN as a field', () => schedule('NaN * * * *'), 'SCHEDULE_INVALID', FIELDS],
  ['a number as a schedule', () => schedule(wrong(5)), 'SCHEDULE_INVALID', FIELDS],
  ['null as a schedule', () => schedule(wrong(null)), 'SCHEDULE_INVALID', FIELDS],
  ['a batch of none', () => batches([], daily, 0), 'BATCH_SIZE_INVALID', /1 or more/],
  ['a batch of NaN', () => batches([], daily, NaN), 'BATCH_SIZE_INVALID', /1 or more/],
  [
    'a thousand years of minutes',
    () => calculator.calculateIntervals(millennium.start, millennium.end, '* * * * *'),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a thousand pending years of minutes',
    () => calculator.getPendingIntervals([], millennium.start, millennium.end, '* * * * *'),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a thousand missing years of minutes',
    () => calculator.getMissingIntervals([], millennium.start, millennium.end, '*/7 * * * *'),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a thousand years of minutes as batches',
    () => batches([millennium], schedule('* * * * *'), 1),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a thousand years of partitions',
    () => partitionKeys([millennium], schedule('* * * * *'), '%Y'),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a look back over a thousand years of minutes',
    () => back(millennium, schedule('*/7 * * * *'), 1e9),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
  [
    'a look ahead over a thousand years of minutes',
    () => ahead(millennium, schedule('*/7 * * * *'), 1e9),
    'TOO_MANY_INTERVALS',
    SHORTER,
  ],
])('%s is refused with a code and a hint', (_, call, code, hint) => {
  expect(call).toThrow(
    expect.objectContaining({ name: 'IntervalError', code, hint: expect.stringMatching(hint) }),
  );
});

test('an empty range has no intervals, and an empty interval is in no set', () => {
  expect(calculator.calculateIntervals('2024-01-01', '2024-01-01', '@hourly')).toEqual([]);
  expect(intervalSet([interval('2024-01-01', '2024-01-01')])).toEqual([]);
  expect([...splitBySchedule([{ start: now, end: now }], daily)]).toEqual([]);
});

test('a thousand years of minutes are worked on as ranges, counted, and walked one at a time', () => {
  const minutely = schedule('* * * * *');
  const done = intervalSet([{ start: Date.UTC(1500, 0, 1), end: Date.UTC(1500, 0, 2) }]);
  expect(missing({ wanted: [millennium], done, schedule: minutely })).toHaveLength(2);
  expect(countIntervals([millennium], minutely)).toBe((millennium.end - millennium.start) / 60_000);
  expect(countIntervals([millennium], schedule('*/7 * * * *'))).toBe(
    ((millennium.end - millennium.start) / 3_600_000) * 9,
  );
  const [first] = splitBySchedule([millennium], minutely);
  expect(first).toEqual({ start: millennium.start, end: millennium.start + 60_000 });
});

test('a million intervals can be listed, one more cannot', () => {
  const million = { start: 0, end: 1e6 * 60_000 };
  expect(listIntervals([million], schedule('* * * * *'))).toHaveLength(1e6);
  const more = { ...million, end: million.end + 60_000 };
  expect(() => listIntervals([more], schedule('* * * * *'))).toThrow(
    expect.objectContaining({
      message: 'More than 1000000 intervals of the schedule "* * * * *"',
    }),
  );
});

test('a batch larger than the history is the history', () => {
  const year = { start: Date.UTC(2023, 0, 1), end: now };
  for (const expression of ['@daily', '0 9-17 * * 1-5']) {
    expect(batches([year], schedule(expression), 1e9)).toHaveLength(1);
  }
});

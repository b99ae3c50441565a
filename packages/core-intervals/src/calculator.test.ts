import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createIntervalCalculator, IntervalCalculator } from './calculator.ts';
import type { Interval } from './interval.ts';
import { covers, intervalSet } from './interval-set.ts';
import { intervalToString, stringToInterval } from './interval-text.ts';
import { schedule } from './schedule.ts';
import { splitBySchedule } from './split.ts';

const DAY = 86_400_000;

/** A day of January 2024, as a Date; and days as documented, `days([1, 2])` is (Jan 1, Jan 2). */
const jan = (day: number): Date => new Date(Date.UTC(2024, 0, day));
const days = (...pairs: [number, number][]): Interval[] =>
  pairs.map(([start, end]) => ({ start: jan(start).getTime(), end: jan(end).getTime() }));
const eachDay = (from: number, to: number): Interval[] =>
  days(...Array.from({ length: to - from }, (_, i): [number, number] => [from + i, from + i + 1]));

describe('every documented example', () => {
  const calculator = new IntervalCalculator();

  test('calculate_intervals: daily intervals for January 2024, 31 of them', () => {
    const found = calculator.calculateIntervals(jan(1), jan(31), '@daily');
    expect(found).toEqual(eachDay(1, 32));
    expect(found[0]).toEqual({ start: jan(1).getTime(), end: jan(2).getTime() });
  });

  test('calculate_intervals with ISO date strings, by keyword', () => {
    expect(
      calculator.calculateIntervals({
        startDate: '2024-01-01',
        endDate: '2024-01-31',
        schedule: '@daily',
      }),
    ).toEqual(eachDay(1, 32));
  });

  test('Example 4: a day has 24 hourly intervals', () => {
    const found = calculator.calculateIntervals({
      startDate: jan(1),
      endDate: jan(2),
      schedule: '@hourly',
    });
    expect(found).toHaveLength(24);
    expect(found[23]).toEqual({ start: jan(2).getTime() - DAY / 24, end: jan(2).getTime() });
  });

  test('get_next_interval', () => {
    expect(calculator.getNextInterval([jan(1), jan(2)], '@daily')).toEqual(days([2, 3])[0]);
  });

  test('get_completed_intervals', () => {
    const runState = {
      nodes: { source_node: { completed_intervals: [['2024-01-01', '2024-01-02']] as const } },
    };
    expect(calculator.getCompletedIntervals(runState)).toEqual({ source_node: days([1, 2]) });
  });

  test('get_completed_intervals of the guide, whose ends are 23:59:59', () => {
    const runState = {
      nodes: {
        my_node: {
          completed_intervals: [
            ['2024-01-01T00:00:00', '2024-01-01T23:59:59'],
            ['2024-01-02T00:00:00', '2024-01-02T23:59:59'],
          ] as const,
        },
      },
    };
    expect(calculator.getCompletedIntervals(runState)).toEqual({ my_node: eachDay(1, 3) });
  });

  test('get_pending_intervals: intervals for Jan 2, 3, 4, 5', () => {
    expect(calculator.getPendingIntervals([[jan(1), jan(2)]], jan(1), jan(5), '@daily')).toEqual(
      eachDay(2, 6),
    );
  });

  test('get_pending_intervals after the last completed one', () => {
    expect(
      calculator.getPendingIntervals({
        lastCompleted: '2024-01-01',
        schedule: '@daily',
        endDate: '2024-01-31',
      }),
    ).toEqual(eachDay(2, 32));
  });

  test('get_pending_intervals of a calculator with a schedule', () => {
    const calc = createIntervalCalculator('@daily');
    expect(calc.getPendingIntervals({ completedIntervals: [], start: jan(1), end: jan(31) })).toEqual(
      eachDay(1, 32),
    );
  });

  test('Example 2: missing 2 intervals', () => {
    const completed = [
      [jan(1), jan(3)],
      [jan(5), jan(7)],
    ] as const;
    const missing = calculator.getMissingIntervals(completed, jan(1), jan(7), '@daily');
    expect(missing).toEqual(days([3, 4], [4, 5]));
    expect(
      calculator.getMissingIntervals({
        completedIntervals: completed,
        startDate: jan(1),
        endDate: jan(7),
        schedule: '@daily',
      }),
    ).toEqual(missing);
  });

  test('Example 3: process pending intervals', () => {
    const pending = calculator.getPendingIntervals({
      completedIntervals: [[jan(1), jan(3)]],
      startDate: jan(1),
      endDate: jan(7),
      schedule: '@daily',
    });
    expect(pending.map(intervalToString)).toEqual([
      '2024-01-03 to 2024-01-04',
      '2024-01-04 to 2024-01-05',
      '2024-01-05 to 2024-01-06',
      '2024-01-06 to 2024-01-07',
      '2024-01-07 to 2024-01-08',
    ]);
  });

  test('merge_intervals', () => {
    expect(
      calculator.mergeIntervals([
        [jan(1), jan(2)],
        [jan(2), jan(3)],
        [jan(5), jan(6)],
      ]),
    ).toEqual(days([1, 3], [5, 6]));
  });

  test('interval_to_string and string_to_interval', () => {
    expect(intervalToString([jan(1), jan(2)])).toBe('2024-01-01 to 2024-01-02');
    expect(stringToInterval('2024-01-01 to 2024-01-02')).toEqual(days([1, 2])[0]);
  });

  test('custom cron schedules: every 6 hours, and weekly on Sunday at 2am', () => {
    const sixHours = createIntervalCalculator('0 */6 * * *');
    expect(sixHours.calculateIntervals(jan(1), jan(2))).toHaveLength(4);
    const sundays = createIntervalCalculator('0 2 * * 0');
    expect(sundays.calculateIntervals(jan(1), jan(14)).map(intervalToString)).toEqual([
      '2024-01-07T02:00:00 to 2024-01-14T02:00:00',
      '2024-01-14T02:00:00 to 2024-01-21T02:00:00',
    ]);
  });
});

test.each([
  // schedule       start         end           rule              intervals
  ['0 2 * * *', '2024-01-01', '2024-01-31', 'auto', 31],
  ['@monthly', '2024-01-01', '2024-12-01', 'auto', 12],
  ['@daily', '2024-01-01', '2024-01', 'auto', 31],
  ['@daily', '2024-01-01', '2024-01-01', 'auto', 1],
  ['@daily', '2024-01-01', '2024-01-03T12:00', 'auto', 3],
  ['@daily', '2024-01-01', '2024-01-31', 'exclusive', 30],
  ['@hourly', '2024-01-01', '2024-01-01', 'auto', 0],
  ['@hourly', '2024-01-01', '2024-01-31', 'inclusive-date', 744],
  ['@hourly', '2024-01-01', '2024-01-01T06:30', 'inclusive-date', 7],
  ['@daily', '2024-01-01T12:00', '2024-01-01T13:00', 'auto', 0],
] as const)('%s from %s to %s, end %s: %i', (expression, start, end, endRule, count) => {
  const calculator = createIntervalCalculator(expression);
  expect(calculator.calculateIntervals({ start, end, endRule })).toHaveLength(count);
});

test('an interval sticks out at the end of the range rather than being cut off', () => {
  const found = new IntervalCalculator('@monthly').calculateIntervals(jan(1), jan(15));
  expect(found.map(intervalToString)).toEqual(['2024-01-01 to 2024-02-01']);
});

test('an interval completed in part is pending as a whole', () => {
  const pending = createIntervalCalculator('@daily').getPendingIntervals(
    [{ start: '2024-01-01', end: '2024-01-02T12:00' }],
    '2024-01-01',
    '2024-01-02',
  );
  expect(pending).toEqual(days([2, 3]));
});

test('dates are those of the calculator’s zone', () => {
  const berlin = createIntervalCalculator('@daily', { timeZone: 'Europe/Berlin' });
  const found = berlin.calculateIntervals('2024-03-30', '2024-04-01');
  expect(found.map(({ start, end }) => (end - start) / (DAY / 24))).toEqual([24, 23, 24]);
  expect(found[0]!.start).toBe(Date.UTC(2024, 2, 29, 23));
  const untilMidnight = new Date(Date.UTC(2024, 2, 31, 22)); // midnight, so April 1 is included
  expect(berlin.calculateIntervals('2024-03-30', untilMidnight)).toEqual(found);
});

describe('pending intervals with an end or a start left out', () => {
  const daily = createIntervalCalculator('@daily');
  const completedIntervals = [[jan(1), jan(3)]] as const;

  test('go on from the newest completed interval, up to now', () => {
    const now = jan(6).getTime() + 1;
    expect(daily.getPendingIntervals({ completedIntervals, now })).toEqual(eachDay(3, 6));
    expect(daily.getPendingIntervals({ startDate: jan(2), now })).toEqual(eachDay(2, 6));
    expect(daily.getPendingIntervals({ lastCompleted: jan(3), now })).toEqual(eachDay(4, 6));
  });

  test('hold nothing that has not ended', () => {
    const now = jan(4).getTime() - 1;
    expect(daily.getPendingIntervals({ completedIntervals, now })).toEqual([]);
    expect(daily.getPendingIntervals({ startDate: jan(9), now })).toEqual([]);
    expect(daily.getPendingIntervals({ completedIntervals, now: Date.UTC(900, 0, 1) })).toEqual([]);
  });

  test('are none where the end lies before what is completed', () => {
    expect(daily.getPendingIntervals({ completedIntervals, end: jan(1) })).toEqual([]);
    expect(daily.getPendingIntervals({ lastCompleted: '9998-12-31', end: jan(1) })).toEqual([]);
  });

  test('cannot be told without any start, or without any end', () => {
    const incomplete = (message: string) => expect.objectContaining({ code: 'RANGE_INCOMPLETE', message });
    expect(() => daily.getPendingIntervals({ end: jan(1) })).toThrow(incomplete('The range has no start'));
    expect(() => daily.getPendingIntervals({ completedIntervals })).toThrow(
      incomplete('The range has no end'),
    );
    expect(() => daily.calculateIntervals({ end: jan(1) })).toThrow(incomplete('The range has no start'));
    expect(() => daily.calculateIntervals({ start: jan(1) })).toThrow(incomplete('The range has no end'));
  });
});

test('a run state may be in either spelling, and a node may have no intervals', () => {
  expect(
    new IntervalCalculator().getCompletedIntervals({
      nodes: { a: { completedIntervals: days([2, 3], [1, 2]) }, b: {} },
    }),
  ).toEqual({ a: days([1, 2], [2, 3]), b: [] });
});

test('the next interval starts at the first tick after a misaligned one', () => {
  const daily = createIntervalCalculator('@daily');
  expect(daily.getNextInterval(['2024-01-01', '2024-01-02T05:00'])).toEqual(days([3, 4])[0]);
});

test.each([
  ['2024-01-01', '9998-12-31'],
  ['2024-01-01', '9999-12-31'],
])('there is no interval after %s to %s', (start, end) => {
  expect(() => createIntervalCalculator('@daily').getNextInterval([start, end])).toThrow(
    expect.objectContaining({ code: 'TIME_OUT_OF_RANGE' }),
  );
});

test('a range that ends before it starts is refused', () => {
  expect(() => new IntervalCalculator('@daily').calculateIntervals(jan(2), jan(1))).toThrow(
    expect.objectContaining({
      code: 'RANGE_REVERSED',
      message: 'The range ends before it starts: 2024-01-02T00:00:00Z to 2024-01-01T00:00:00Z',
    }),
  );
});

test('a bad expression is refused, at once where the calculator has it', () => {
  const bad = expect.objectContaining({ code: 'SCHEDULE_INVALID' });
  expect(() => new IntervalCalculator().calculateIntervals(jan(1), jan(2), 'often')).toThrow(bad);
  expect(() => new IntervalCalculator('often')).toThrow(bad);
});

test('a schedule is needed from somewhere', () => {
  expect(() => new IntervalCalculator().calculateIntervals(jan(1), jan(2))).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_MISSING' }),
  );
});

test('pending is, interval by interval, what the completed ones do not cover', () => {
  const start = Date.UTC(2024, 0, 1);
  const hour = fc.integer({ min: 0, max: 24 * 12 });
  const intervals = fc.array(
    fc.tuple(hour, hour).map(([a, b]) => ({
      start: start + (Math.min(a, b) * DAY) / 24,
      end: start + (Math.max(a, b) * DAY) / 24,
    })),
  );
  const expressions = fc.constantFrom('@hourly', '@daily', '0 2 * * *', '0 9-17 * * 1-5');
  fc.assert(
    fc.property(expressions, intervals, (expression, done) => {
      const end = start + 10 * DAY;
      const calculator = createIntervalCalculator(expression);
      const by = schedule(expression);
      const range = { start, end: by.ceil(end)! };
      const expected = [...splitBySchedule([range], by)].filter((each) => !covers(intervalSet(done), each));
      expect(calculator.getMissingIntervals(done, start, end)).toEqual(expected);
      expect(
        calculator.getPendingIntervals({
          completedIntervals: done,
          start,
          end,
          endRule: 'exclusive',
        }),
      ).toEqual(expected);
    }),
  );
});

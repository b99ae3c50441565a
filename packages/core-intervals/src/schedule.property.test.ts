import { expect, test } from '@jest/globals';
import { Cron } from 'croner';
import * as fc from 'fast-check';

import { schedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { at, show } from './testing/utc.ts';
import { instantAt } from './wall-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const field = (low: number, high: number): fc.Arbitrary<string> => {
  const value = fc.integer({ min: low, max: high });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const stepped = fc.integer({ min: 1, max: high - low }).map((by) => `*/${by}`);
  const list = fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((all) => all.join(','));
  return fc.oneof(fc.constant('*'), value.map(String), range, stepped, list);
};
const cronText = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
  .map((fields) => fields.join(' '));
const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2060, 0, 1) });

/** The schedule, or undefined where the expression never fires. */
function fires(expression: string, timeZone = 'UTC'): Schedule | undefined {
  try {
    return schedule(expression, { timeZone });
  } catch {
    return undefined;
  }
}

test('the walk in UTC agrees with croner', () => {
  fc.assert(
    fc.property(cronText, instant, (expression, from) => {
      const of = fires(expression);
      const oracle = new Cron(expression, { mode: '5-part', utcOffset: 0 });
      if (of === undefined) {
        expect(oracle.nextRun(new Date(from))).toBeNull();
        return;
      }
      let tick = from;
      for (const expected of oracle.nextRuns(4, new Date(from))) {
        tick = of.next(tick)!;
        expect(tick).toBe(expected.getTime());
      }
      tick = from;
      const whole = new Date(Math.ceil(from / 1000) * 1000);
      for (const expected of oracle.previousRuns(4, whole)) {
        tick = of.prev(tick)!;
        expect(tick).toBe(expected.getTime());
      }
    }),
    { numRuns: 400 },
  );
});

/** What crontab(5) says, read minute by minute; steps and lists of numbers only. */
function matches(expression: string, minute: number): boolean {
  const date = new Date(minute * MINUTE);
  const has = (text: string, value: number, low: number): boolean =>
    text.split(',').some((part) => {
      if (part === '*') return true;
      if (part.startsWith('*/')) return (value - low) % Number(part.slice(2)) === 0;
      const [from, to = from] = part.split('-').map(Number);
      return from! <= value && value <= to!;
    });
  const [minutes, hours, days, months, weekdays] = expression.split(' ') as [
    string,
    string,
    string,
    string,
    string,
  ];
  const byDate = has(days, date.getUTCDate(), 1);
  const weekday = date.getUTCDay();
  const byWeekday = has(weekdays, weekday, 0) || (weekday === 0 && has(weekdays, 7, 0));
  return (
    has(minutes, date.getUTCMinutes(), 0) &&
    has(hours, date.getUTCHours(), 0) &&
    has(months, date.getUTCMonth() + 1, 1) &&
    (days === '*' || weekdays === '*' ? byDate && byWeekday : byDate || byWeekday)
  );
}

test('the walk in UTC agrees with a reading of every minute of three days', () => {
  fc.assert(
    fc.property(cronText, instant, (expression, from) => {
      const of = fires(expression);
      const first = Math.ceil(from / MINUTE);
      const expected: number[] = [];
      for (let minute = first; minute < first + 3 * 1440; minute += 1) {
        if (matches(expression, minute)) expected.push(minute * MINUTE);
      }
      const end = (first + 3 * 1440) * MINUTE;
      const found: number[] = [];
      for (let tick = of?.ceil(from) ?? end; tick < end; tick = of!.next(tick)!) {
        found.push(tick);
      }
      expect(found).toEqual(expected);
    }),
    { numRuns: 80 },
  );
});

test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'Pacific/Apia'])(
  'in %s ticks go forward, and back the same way, from anywhere',
  (timeZone) => {
    const patterns = ['@daily', '@hourly', '30 2 * * *', '0 0,2,3 * * *', '*/20 1-3 * * *', '0 0 1 * 1'];
    const within = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2026, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...patterns), within, (expression, from) => {
        const of = schedule(expression, { timeZone });
        const floor = of.floor(from)!;
        const next = of.next(from)!;
        expect(floor).toBeLessThanOrEqual(from);
        expect(next).toBeGreaterThan(from);
        expect(of.next(floor)).toBe(next);
        expect(of.prev(next)).toBe(floor);
        expect(of.ceil(next)).toBe(next);
      }),
      { numRuns: 60 },
    );
  },
);

test.each([
  ['Europe/Berlin', '2024-03-31T01:00', '2024-10-27T01:00'],
  ['America/New_York', '2024-03-10T07:00', '2024-11-03T06:00'],
  ['Australia/Lord_Howe', '2024-10-05T15:30', '2024-04-06T15:00'],
  ['Africa/Cairo', '2024-04-25T22:00', '2024-10-31T21:00'],
  ['Pacific/Apia', '2011-12-30T10:00', '2012-03-31T14:00'],
])('in %s a day around each change of the clocks is tiled', (timeZone, ...changes) => {
  for (const change of changes) {
    for (const expression of ['@hourly', '@daily', '30 2 * * *', '0,30 2-3 * * *', '*/15 * * * *']) {
      const of = schedule(expression, { timeZone });
      const end = at(change) + 2 * DAY;
      const forward: number[] = [];
      for (let tick = of.next(at(change) - 2 * DAY)!; tick < end; tick = of.next(tick)!) {
        forward.push(tick);
      }
      const backward: number[] = [];
      for (let tick = of.prev(end)!; tick > at(change) - 2 * DAY; tick = of.prev(tick)!) {
        backward.unshift(tick);
      }
      expect(backward).toEqual(forward);
    }
  }
});

test('in a zone, near a change of the clocks and far from one, ticks agree with croner', () => {
  const changes: [string, string][] = [
    ['Europe/Berlin', '2024-03-31T01:00'],
    ['Europe/Berlin', '2024-10-27T01:00'],
    ['Australia/Lord_Howe', '2024-04-06T15:00'],
    ['Australia/Lord_Howe', '2024-10-05T15:30'],
    ['Africa/Cairo', '2024-04-25T22:00'],
    ['Pacific/Apia', '2011-12-30T10:00'],
  ];
  const away = fc.oneof(
    fc.integer({ min: -4 * DAY, max: 4 * DAY }),
    fc.integer({ min: -400 * DAY, max: 400 * DAY }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...changes), away, cronText, ([timezone, change], ms, text) => {
      const of = fires(text, timezone);
      fc.pre(of !== undefined);
      const from = Math.floor((at(change) + ms) / 1000) * 1000;
      const oracle = new Cron(text, { mode: '5-part', timezone, fixedTimeRule: 'no-wildcard' });
      let tick = from;
      for (const expected of oracle.nextRuns(3, new Date(from))) {
        tick = of.next(tick)!;
        expect(show(tick)).toBe(show(expected.getTime()));
      }
      tick = from;
      for (const expected of oracle.previousRuns(3, new Date(from))) {
        tick = of.prev(tick)!;
        expect(show(tick)).toBe(show(expected.getTime()));
      }
    }),
    { numRuns: 250 },
  );
});

test('a fixed time fires once a day, when the clocks first show it or go past it', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo'];
  const minute = fc.integer({ min: 0, max: 1439 });
  const years = fc.constantFrom(2012, 2014, 2024);
  fc.assert(
    fc.property(fc.constantFrom(...zones), minute, years, (timeZone, time, year) => {
      const of = schedule(`${time % 60} ${Math.floor(time / 60)} * * *`, { timeZone });
      const first = Date.UTC(year, 0, 1) + time * MINUTE;
      let tick = of.prev(instantAt(first, timeZone))!;
      for (let day = 0; day < 366; day += 1) {
        tick = of.next(tick)!;
        expect(tick).toBe(instantAt(first + day * DAY, timeZone));
      }
    }),
    { numRuns: 12 },
  );
});

import { expect, test } from '@jest/globals';
import { Cron } from 'croner';
import * as fc from 'fast-check';

import { batches } from './batches.ts';
import { createIntervalCalculator } from './calculator.ts';
import { covers, difference, intersection, intervalSet, slice, union } from './interval-set.ts';
import type { Interval } from './interval.ts';
import { missing, withLookback } from './missing.ts';
import { schedule } from './schedule.ts';
import { countIntervals, splitBySchedule } from './split.ts';
import { instantAt } from './wall-clock.ts';

/** 1 is the whole suite, 10⁵ cases and more; CI runs a part of it. */
const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const runs = (whole: number): { numRuns: number } => ({ numRuns: Math.max(10, Math.round(whole * SCALE)) });

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Zones whose clocks do something unusual, and years in which they do. */
const AWKWARD: readonly (readonly [timeZone: string, from: number, to: number])[] = [
  ['Africa/Cairo', 2007, 2026], // skips midnight; gave DST up twice; two periods in 2010 and 2014
  ['Australia/Lord_Howe', 2005, 2026], // half an hour
  ['Pacific/Apia', 2009, 2022], // lost 30 December 2011
  ['America/Sao_Paulo', 2000, 2020], // skipped and repeated midnight
  ['Africa/Casablanca', 2010, 2030], // off during Ramadan
  ['Asia/Tehran', 2005, 2023], // +03:30, skipped midnight
  ['Asia/Kathmandu', 1985, 1987], // +05:30 to +05:45
  ['Antarctica/Troll', 2005, 2026], // two hours
  ['America/St_Johns', 1987, 2012], // a minute past midnight; double DST in 1988
  ['Asia/Gaza', 2008, 2026], // changes at odd times, Ramadan included
  ['America/Caracas', 2006, 2018], // half an hour to and fro
  ['Europe/Dublin', 1970, 1974], // standard time in summer
  ['Asia/Pyongyang', 2014, 2019], // half an hour to and fro
  ['Pacific/Kiritimati', 1993, 1996], // skipped a day at the end of 1994
  ['Europe/Istanbul', 2010, 2018], // put a change off, then stopped
];

const PATTERNS = [
  '@hourly',
  '@daily',
  '@weekly',
  '@monthly',
  '30 2 * * *',
  '0 0,1,2,3,23 * * *',
  '*/20 0-3 * * *',
  '*/7 * * * *',
  '15,45 */2 * * 1-5',
  '0 3 29 2 *',
  '0 0 L * *',
  '0 9-17 * * 1-5',
];

const inUtc = fc
  .constantFrom(...PATTERNS.filter((each) => !each.includes('L')))
  .map((each) => schedule(each));
const START = Date.UTC(2024, 0, 1);
/** Intervals within three weeks, cut at any minute. */
const intervals = fc.array(
  fc
    .tuple(fc.nat(21 * 1440), fc.oneof(fc.nat(300), fc.nat(10 * 1440)))
    .map(([at, length]) => ({ start: START + at * MINUTE, end: START + (at + length) * MINUTE })),
  { maxLength: 12 },
);
const total = (set: readonly Interval[]): number => set.reduce((sum, { start, end }) => sum + end - start, 0);

test('sets: order-free, idempotent, coalesced; pending ∪ done = wanted, and they are disjoint', () => {
  fc.assert(
    fc.property(intervals, intervals, fc.nat(), (first, second, turn) => {
      const wanted = intervalSet(first);
      const done = intervalSet(second);
      const turned = [
        ...first.slice(turn % (first.length + 1)),
        ...first.slice(0, turn % (first.length + 1)),
      ];
      expect(intervalSet(turned.toReversed())).toEqual(wanted);
      expect(intervalSet(wanted)).toEqual(wanted);
      expect(union(wanted, wanted)).toEqual(wanted);
      expect(union(wanted, done)).toEqual(union(done, wanted));
      for (const [i, { start, end }] of wanted.entries()) {
        expect(start).toBeLessThan(end);
        if (i > 0) expect(wanted[i - 1]!.end).toBeLessThan(start);
      }
      const pending = missing({ wanted, done });
      const had = intersection(wanted, done);
      expect(union(pending, had)).toEqual(wanted);
      expect(intersection(pending, done)).toEqual([]);
      expect(total(pending) + total(had)).toBe(total(wanted));
      expect(missing({ wanted, done: union(done, pending) })).toEqual([]);
      expect(difference(pending, done)).toEqual(pending);
    }),
    runs(60_000),
  );
});

test('schedules: what is cut tiles, is half-open, is counted, and pending ∪ done = wanted', () => {
  const range = fc.tuple(fc.nat(21 * 1440), fc.nat(10 * 1440));
  fc.assert(
    fc.property(inUtc, range, intervals, fc.integer({ min: 1, max: 9 }), (by, [at, length], done, size) => {
      const start = by.ceil(START + at * MINUTE)!;
      const end = by.ceil(start + length * MINUTE)!;
      const wanted = slice([{ start, end }], { start, end });
      const all = [...splitBySchedule(wanted, by)];
      expectTiles(all, start, end);
      expect(countIntervals(wanted, by)).toBe(all.length);

      const had = intervalSet(done);
      const holes = missing({ wanted, done: had, schedule: by });
      const pending = [...splitBySchedule(holes, by)];
      const isDone = all.filter((each) => covers(had, each));
      expect([...pending, ...isDone].toSorted((a, b) => a.start - b.start)).toEqual(all);
      expect(intervalSet(pending)).toEqual(holes);

      const cut = batches(holes, by, size);
      expect(intervalSet(cut)).toEqual(holes);
      expect(cut.every((batch) => countIntervals([batch], by) <= size)).toBe(true);
      const again = withLookback(holes, by, size, { start, end });
      expect(difference(holes, again)).toEqual([]);
      expect(difference(again, wanted)).toEqual([]);
    }),
    runs(20_000),
  );
});

test('the calculator: pending and missing are what the completed intervals do not cover', () => {
  fc.assert(
    fc.property(inUtc, fc.nat(14), intervals, ({ expression }, days, completed) => {
      const calculator = createIntervalCalculator(expression);
      const range = { start: START, end: START + days * DAY, endRule: 'exclusive' } as const;
      const all = calculator.calculateIntervals(range);
      const pending = calculator.getPendingIntervals({ ...range, completedIntervals: completed });
      const done = intervalSet(completed);
      expect(pending).toEqual(all.filter((each) => !covers(done, each)));
      expect(calculator.getMissingIntervals(completed, range.start, range.end)).toEqual(pending);
      expect(
        calculator.getPendingIntervals({ ...range, completedIntervals: [...completed, ...pending] }),
      ).toEqual([]);
    }),
    runs(10_000),
  );
});

test.each(AWKWARD)('in %s: floor(t) ≤ t < next(t), next and prev undo each other', (timeZone, from, to) => {
  const of = new Map(PATTERNS.map((each) => [each, schedule(each, { timeZone })]));
  const instant = fc.integer({ min: Date.UTC(from, 0, 1), max: Date.UTC(to, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...PATTERNS), instant, (pattern, t) => {
      const by = of.get(pattern)!;
      const [floor, next] = [by.floor(t)!, by.next(t)!];
      expect(floor <= t && t < next).toBe(true);
      expect([by.next(floor), by.prev(next), by.floor(floor), by.ceil(next)]).toEqual([
        next,
        floor,
        floor,
        next,
      ]);
      expect(by.floor(next - 1)).toBe(floor);
      expect(by.count(floor, next)).toBe(1);
    }),
    runs(1500),
  );
});

test.each(AWKWARD)(
  'in %s: the days around a change of the clocks are tiled, as croner has them, forward and backward',
  (timeZone, from, to) => {
    const changes = changesOf(timeZone, Date.UTC(from, 0, 1), Date.UTC(to, 0, 1));
    expect(changes.length).toBeGreaterThan(0);
    const plain = PATTERNS.filter((each) => !/^@(weekly|monthly)|L|29/.test(each));
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.constantFrom(...plain),
        fc.nat(2 * DAY),
        (change, pattern, early) => {
          const by = schedule(pattern, { timeZone });
          const start = by.ceil(change - early)!;
          const end = by.ceil(change + 2 * DAY)!;
          const all = [...splitBySchedule([{ start, end }], by)];
          expectTiles(all, start, end);
          expect(by.count(start, end)).toBe(all.length);
          const backward: number[] = [];
          for (let tick = by.prev(end)!; tick >= start; tick = by.prev(tick)!) backward.unshift(tick);
          expect(backward).toEqual(all.map((each) => each.start));
          const oracle = new Cron(pattern, {
            mode: '5-part',
            timezone: timeZone,
            fixedTimeRule: 'no-wildcard',
          });
          const expected = oracle.nextRuns(all.length, new Date(start - 1000)).map((each) => each.getTime());
          expect(backward).toEqual(expected);
        },
      ),
      runs(100),
    );
  },
);

test('a fixed time fires on each day once, when the clocks first show it or skip it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...AWKWARD), fc.nat(1439), fc.nat(), ([timeZone, from, to], time, day) => {
      const by = schedule(`${time % 60} ${Math.floor(time / 60)} * * *`, { timeZone });
      const first = Date.UTC(from, 0, 3) + (day % ((to - from) * 365)) * DAY;
      const days = Array.from({ length: 24 }, (_, i) => first + (i - 2) * DAY);
      // A day that a zone leaves out, to be on the other side of the date line, has no tick.
      const isThere = (day: number): boolean => instantAt(day, timeZone) < instantAt(day + DAY, timeZone);
      const shown = new Set(days.filter(isThere).map((day) => instantAt(day + time * MINUTE, timeZone)));
      const expected = [...shown].filter((at) => first <= at && at < first + 20 * DAY);
      const found: number[] = [];
      for (let tick = by.ceil(first)!; tick < first + 20 * DAY; tick = by.next(tick)!) found.push(tick);
      expect(found).toEqual(expected);
    }),
    runs(6000),
  );
});

function expectTiles(all: readonly Interval[], start: number, end: number): void {
  expect(all[0]?.start ?? start).toBe(start);
  expect(all.at(-1)?.end ?? start).toBe(end);
  for (const [i, each] of all.entries()) {
    // One end is the next start: an instant lies in one interval only, that of its start included.
    if (each.start >= each.end || (i > 0 && all[i - 1]!.end !== each.start)) expect(each).toBe('a tile');
  }
}

/** The instants between which a zone's clocks are moved, to the minute. */
function changesOf(timeZone: string, from: number, to: number): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = (at: number): string =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const found: number[] = [];
  for (let day = from; day < to; day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let [before, after] = [day, day + DAY];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { alignInward, alignOutward } from './align.ts';
import { batches } from './batches.ts';
import type { Interval } from './interval.ts';
import { covers, intervalSet } from './interval-set.ts';
import { missing, withLookback } from './missing.ts';
import { ahead, back } from './reach.ts';
import { schedule } from './schedule.ts';
import { countIntervals, splitBySchedule } from './split.ts';
import { at } from './testing/utc.ts';

const daily = schedule('@daily');
const monthly = schedule('@monthly');

const range = (start: string, end: string): Interval => ({ start: at(start), end: at(end) });
/** Shows an interval of whole days as `'01-01..01-02'`, others with their hour. */
const show = ({ start, end }: Interval): string =>
  [start, end].map((each) => new Date(each).toISOString().slice(5, 16).replace('T00:00', '')).join('..');

test.each([
  // schedule    from                to                  inward          outward
  ['@daily', '2024-01-01', '2024-01-03', '01-01..01-03', '01-01..01-03'],
  ['@daily', '2024-01-01 05:00', '2024-01-04 05:00', '01-02..01-04', '01-01..01-05'],
  ['@daily', '2024-01-01 05:00', '2024-01-02 05:00', null, '01-01..01-03'],
  ['@daily', '2024-01-01', '2024-01-01', null, '01-01..01-01'],
  ['@monthly', '2024-01-01', '2024-02-29', '01-01..02-01', '01-01..03-01'],
  ['0 */6 * * *', '2024-01-01 01:00', '2024-01-01 13:00', '01-01T06:00..01-01T12:00', '01-01..01-01T18:00'],
])('%s aligns %s to %s', (expression, start, end, inward, outward) => {
  const aligned = alignInward(range(start, end), schedule(expression));
  expect(aligned === null ? null : show(aligned)).toBe(inward);
  expect(show(alignOutward(range(start, end), schedule(expression)))).toBe(outward);
});

test('where the ticks end nothing is whole, and nothing moves outward', () => {
  const all = { start: -Infinity, end: Infinity };
  expect(alignOutward(all, daily)).toEqual(all);
  expect(alignInward({ start: at('9998-12-31'), end: Infinity }, daily)).toBeNull();
  expect(alignInward({ start: NaN, end: 0 }, daily)).toBeNull();
});

test('a set is cut at the ticks, what sticks out is left out', () => {
  const set = intervalSet([
    range('2024-01-01 12:00', '2024-01-04'),
    range('2024-01-05 01:00', '2024-01-05 02:00'),
    range('2024-01-06', '2024-01-07 23:00'),
  ]);
  expect([...splitBySchedule(set, daily)].map(show)).toEqual([
    '01-02..01-03',
    '01-03..01-04',
    '01-06..01-07',
  ]);
  expect(countIntervals(set, daily)).toBe(3);
});

test.each([
  ['@hourly', 24 * 366],
  ['@monthly', 12],
  ['0 9-17 * * 1-5', 262 * 9 - 1], // the last day's last hour ends next year
])('%s counts a year as %i', (expression, expected) => {
  expect(countIntervals([range('2024-01-01', '2025-01-01')], schedule(expression))).toBe(expected);
});

test('missing is wanted without done', () => {
  const wanted = [range('2024-01-01', '2024-02-01')];
  const done = [range('2024-01-01', '2024-01-10'), range('2024-01-12', '2024-01-31')];
  expect(missing({ wanted, done }).map(show)).toEqual(['01-10..01-12', '01-31..02-01']);
});

test('with a schedule an interval done in part is missing as a whole', () => {
  const wanted = [range('2024-01-01', '2024-03-01')];
  const done = [range('2024-01-01', '2024-01-31'), range('2024-02-01', '2024-03-01')];
  expect(missing({ wanted, done }).map(show)).toEqual(['01-31..02-01']);
  expect(missing({ wanted, done, schedule: monthly }).map(show)).toEqual(['01-01..02-01']);
});

test('looking back pulls in exactly the intervals before each missing stretch', () => {
  const within = range('2024-01-01', '2024-02-01');
  const holes = intervalSet([
    range('2024-01-02', '2024-01-03'),
    range('2024-01-10', '2024-01-11'),
    range('2024-01-12', '2024-01-13'),
  ]);
  expect(withLookback(holes, daily, 2, within).map(show)).toEqual(['01-01..01-03', '01-08..01-13']);
  expect(withLookback(holes, daily, 0, within)).toEqual(holes);
  expect(withLookback([], daily, 2, within)).toEqual([]);
});

const traps = new URL('../../../../shared/cases/stale-data-traps.json', import.meta.url);
const ifTraps = existsSync(traps) ? test : test.skip;

ifTraps('case I01: looking back on a hole (skipped without ../shared)', () => {
  const { non_sql_cases: cases } = JSON.parse(readFileSync(traps, 'utf8')) as {
    non_sql_cases: { id: string; inputs: never; correct: never }[];
  };
  const { inputs, correct } = cases.find(({ id }) => id === 'I01')! as unknown as {
    inputs: { lookback: number; have: [string, string][]; start: string; end: string };
    correct: string[];
  };
  const wanted = { start: at(inputs.start), end: at(inputs.end) + 86_400_000 };
  const done = intervalSet(inputs.have.map(([start, end]) => range(start, end)));
  const holes = missing({ wanted: [wanted], done });
  const found = [...splitBySchedule(withLookback(holes, daily, inputs.lookback, wanted), daily)];
  expect(found.map(({ start }) => new Date(start).toISOString().slice(0, 10))).toEqual(correct);
});

test.each([
  // size   batches of January 1 to 6 and January 10 to 12
  [null, ['01-01..01-06', '01-10..01-12']],
  [
    1,
    [
      '01-01..01-02',
      '01-02..01-03',
      '01-03..01-04',
      '01-04..01-05',
      '01-05..01-06',
      '01-10..01-11',
      '01-11..01-12',
    ],
  ],
  [2, ['01-01..01-03', '01-03..01-05', '01-05..01-06', '01-10..01-12']],
  [10, ['01-01..01-06', '01-10..01-12']],
])('batches of %p never cross a gap', (size, expected) => {
  const set = intervalSet([
    range('2024-01-01', '2024-01-06 12:00'),
    range('2024-01-07 01:00', '2024-01-07 02:00'),
    range('2024-01-10', '2024-01-12'),
  ]);
  expect(batches(set, daily, size).map(show)).toEqual(expected);
});

test('batches of months', () => {
  expect(batches([range('2024-01-01', '2024-06-01')], monthly, 2).map(show)).toEqual([
    '01-01..03-01',
    '03-01..05-01',
    '05-01..06-01',
  ]);
});

test.each([0, -1, 1.5, NaN])('a batch of %p intervals is refused', (size) => {
  expect(() => batches([], daily, size)).toThrow(expect.objectContaining({ code: 'BATCH_SIZE_INVALID' }));
});

test('back and ahead move one end by n ticks', () => {
  const march = range('2024-03-01', '2024-04-01');
  expect(show(back(march, monthly, 2))).toBe('01-01..04-01');
  expect(show(ahead(march, monthly, 2))).toBe('03-01..06-01');
  expect(show(back(march, daily, 2))).toBe('02-28..04-01');
  expect(show(ahead(march, daily, 2))).toBe('03-01..04-03');
  expect(back(march, daily, 0)).toEqual(march);
});

test('back and ahead stop where the ticks end', () => {
  expect(show(back(range('1000-02-01', '1000-03-01'), monthly, 5))).toBe('01-01..03-01');
  expect(show(ahead(range('9998-11-01', '9998-12-01'), monthly, 5))).toBe('11-01..12-01');
});

test('what is split tiles the aligned stretch, is counted right and batched without loss', () => {
  const expressions = ['@hourly', '@daily', '@monthly', '0 9-17 * * 1-5', '*/7 3 * * *', '0 0 * * 0'];
  const start = fc.integer({ min: at('2020-01-01'), max: at('2024-01-01') });
  const length = fc.integer({ min: 0, max: 40 * 86_400_000 });
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(fc.constantFrom(...expressions), start, length, size, (text, from, ms, n) => {
      const cron = schedule(text);
      const set = intervalSet([{ start: from, end: from + ms }]);
      const parts = [...splitBySchedule(set, cron)];
      const whole = set.map((each) => alignInward(each, cron)).filter((each) => each !== null);
      expect(intervalSet(parts)).toEqual(whole);
      expect(countIntervals(set, cron)).toBe(parts.length);
      const cut = batches(set, cron, n);
      expect(cut.flatMap((each) => [...splitBySchedule([each], cron)])).toEqual(parts);
      expect(cut).toHaveLength(Math.ceil(parts.length / n));
      for (const each of set) expect(covers([alignOutward(each, cron)], each)).toBe(true);
    }),
  );
});

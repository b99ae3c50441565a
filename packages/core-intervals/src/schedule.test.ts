import { expect, test } from '@jest/globals';

import { schedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { at, show } from './testing/utc.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The n ticks after an instant. */
function ticks(of: Schedule, after: string, n: number): (string | null)[] {
  const found: (string | null)[] = [];
  for (let tick: number | null = at(after); found.length < n && tick !== null;) {
    tick = of.next(tick);
    found.push(show(tick));
  }
  return found;
}

test.each([
  // expression      floor of Wed 2024-02-28T12:34  next                next but one
  ['@hourly', '2024-02-28T12:00', '2024-02-28T13:00', '2024-02-28T14:00'],
  ['@daily', '2024-02-28T00:00', '2024-02-29T00:00', '2024-03-01T00:00'],
  ['@midnight', '2024-02-28T00:00', '2024-02-29T00:00', '2024-03-01T00:00'],
  ['@weekly', '2024-02-25T00:00', '2024-03-03T00:00', '2024-03-10T00:00'],
  ['@monthly', '2024-02-01T00:00', '2024-03-01T00:00', '2024-04-01T00:00'],
  ['@yearly', '2024-01-01T00:00', '2025-01-01T00:00', '2026-01-01T00:00'],
  ['@annually', '2024-01-01T00:00', '2025-01-01T00:00', '2026-01-01T00:00'],
  ['daily', '2024-02-28T00:00', '2024-02-29T00:00', '2024-03-01T00:00'],
  [' Weekly ', '2024-02-25T00:00', '2024-03-03T00:00', '2024-03-10T00:00'],
  ['0 2 * * *', '2024-02-28T02:00', '2024-02-29T02:00', '2024-03-01T02:00'],
  ['0 */6 * * *', '2024-02-28T12:00', '2024-02-28T18:00', '2024-02-29T00:00'],
  ['*/7 * * * *', '2024-02-28T12:28', '2024-02-28T12:35', '2024-02-28T12:42'],
  ['0 2 * * 0', '2024-02-25T02:00', '2024-03-03T02:00', '2024-03-10T02:00'],
  ['0 2 * * SUN', '2024-02-25T02:00', '2024-03-03T02:00', '2024-03-10T02:00'],
  ['0 0 * * 1-5', '2024-02-28T00:00', '2024-02-29T00:00', '2024-03-01T00:00'],
  ['0 0 29 2 *', '2020-02-29T00:00', '2024-02-29T00:00', '2028-02-29T00:00'],
  ['0 0 29 2 +1', '2016-02-29T00:00', '2044-02-29T00:00', '2072-02-29T00:00'],
  ['0 9-17 * * *', '2024-02-28T12:00', '2024-02-28T13:00', '2024-02-28T14:00'],
  ['0 0 L * *', '2024-01-31T00:00', '2024-02-29T00:00', '2024-03-31T00:00'],
  ['0 0 * * 5#2', '2024-02-09T00:00', '2024-03-08T00:00', '2024-04-12T00:00'],
  ['0 0 1W * *', '2024-02-01T00:00', '2024-03-01T00:00', '2024-04-01T00:00'],
])('%s', (expression, floor, next, nextButOne) => {
  const of = schedule(expression);
  expect(show(of.floor(at('2024-02-28T12:34')))).toBe(floor);
  expect(ticks(of, '2024-02-28T12:34', 2)).toEqual([next, nextButOne]);
  expect(show(of.ceil(at('2024-02-28T12:34')))).toBe(next);
  expect(show(of.prev(at(next)))).toBe(floor);
});

test('a tick is its own floor and ceiling, and never its own neighbour', () => {
  const daily = schedule('@daily');
  const midnight = at('2024-01-02T00:00');
  expect([daily.floor(midnight), daily.ceil(midnight)]).toEqual([midnight, midnight]);
  expect([daily.prev(midnight), daily.next(midnight)]).toEqual([midnight - DAY, midnight + DAY]);
  expect([daily.floor(midnight - 1), daily.ceil(midnight + 1)]).toEqual([midnight - DAY, midnight + DAY]);
});

test('after work hours the last tick is that of today, whatever ran before', () => {
  const workHours = schedule('0 9-17 * * *');
  expect(show(workHours.floor(at('2024-01-01T20:00')))).toBe('2024-01-01T17:00');
});

test('a step in the day field counts as restricted, so either field will do', () => {
  expect(ticks(schedule('0 0 */2 * 1'), '2024-01-01T00:00', 4)).toEqual([
    '2024-01-03T00:00',
    '2024-01-05T00:00',
    '2024-01-07T00:00',
    '2024-01-08T00:00', // a Monday
  ]);
});

test.each([
  // expression     zone             period      daily or coarser  midnight UTC
  ['@daily', 'UTC', DAY, true, true],
  ['@daily', 'Europe/Berlin', null, true, false],
  ['@hourly', 'UTC', 60 * MINUTE, false, false],
  ['*/15 * * * *', 'UTC', 15 * MINUTE, false, false],
  ['*/7 * * * *', 'UTC', null, false, false],
  ['0 0,12 * * *', 'UTC', 12 * 60 * MINUTE, false, false],
  ['0 2 * * *', 'UTC', DAY, true, false],
  ['@weekly', 'UTC', 7 * DAY, true, true],
  ['0 0 * * 1,4', 'UTC', null, true, true],
  ['@monthly', 'UTC', null, true, true],
  ['0 0 * 1 *', 'UTC', null, true, true],
])('%s in %s', (expression, timeZone, periodMs, dailyOrCoarser, midnightUtc) => {
  expect(schedule(expression, { timeZone })).toMatchObject({
    expression,
    timeZone,
    periodMs,
    dailyOrCoarser,
    midnightUtc,
  });
});

test('an expression is parsed once for each zone, and forgotten when there are too many', () => {
  const first = schedule('1 2 3 4 *');
  expect(schedule('1 2 3 4 *')).toBe(first);
  expect(schedule('1 2 3 4 *', { timeZone: 'Asia/Tokyo' })).not.toBe(first);
  for (let minute = 0; minute < 1000; minute += 1) {
    schedule(`${minute % 60} ${Math.floor(minute / 60)} * * *`);
  }
  expect(schedule('1 2 3 4 *')).not.toBe(first);
});

test.each([
  ['61 * * * *', 'Not a schedule: "61 * * * *" (Invalid value for minute: 61)'],
  ['* * * * * *', `Not a schedule: "* * * * * *" (mode '5-part' requires exactly 5 parts`],
  ['@reboot', 'Not a schedule: "@reboot" ('],
  ['fortnightly', 'Not a schedule: "fortnightly" ('],
  ['', 'Not a schedule: "" ('],
])('%j is refused', (expression, message) => {
  expect(() => schedule(expression)).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_INVALID', message: expect.stringContaining(message) }),
  );
});

test.each([
  ['0 0 30 2 *', 'UTC'],
  ['0 0 31 4,6,9,11 *', 'Europe/Berlin'],
  ['0 0 31W 2 *', 'UTC'],
])('%s in %s never fires, and is refused', (expression, timeZone) => {
  expect(() => schedule(expression, { timeZone })).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_NEVER_FIRES' }),
  );
});

test('an unknown zone is refused', () => {
  expect(() => schedule('@daily', { timeZone: 'Europe/Atlantis' })).toThrow(
    expect.objectContaining({
      code: 'TIME_ZONE_UNKNOWN',
      message: 'Unknown time zone: "Europe/Atlantis"',
    }),
  );
});

test.each(['@daily', '@monthly', '0 0 L * *'])('%s has no ticks beyond its years', (expression) => {
  const of = schedule(expression);
  expect([of.next(NaN), of.prev(NaN), of.next(Infinity), of.prev(-Infinity)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(of.prev(Date.UTC(1000, 0, 1))).toBeNull();
  expect(of.next(Date.UTC(9998, 11, 31))).toBeNull();
  expect(show(of.prev(Date.UTC(1000, 2, 1)))).toMatch(/^1000-02-/);
  expect(show(of.next(-Infinity))).toMatch(/^1000-01-/);
  expect(show(of.prev(Infinity))).toMatch(/^9998-12-/);
});

// Daylight saving: what fires when the clocks change.
test.each([
  ['30 2 * * *', 'Europe/Berlin', '2024-03-30T12:00', ['2024-03-31T01:00', '2024-04-01T00:30']],
  ['30 2 * * *', 'Europe/Berlin', '2024-10-26T12:00', ['2024-10-27T00:30', '2024-10-28T01:30']],
  [
    '0,30 2 * * *',
    'Europe/Berlin',
    '2024-03-30T12:00',
    ['2024-03-31T01:00', '2024-04-01T00:00', '2024-04-01T00:30'],
  ],
  ['@daily', 'Africa/Cairo', '2024-04-25T12:00', ['2024-04-25T22:00', '2024-04-26T21:00']],
  ['@daily', 'Pacific/Apia', '2011-12-29T12:00', ['2011-12-30T10:00', '2011-12-31T10:00']],
  [
    '@hourly',
    'Europe/Berlin',
    '2024-03-30T23:00',
    ['2024-03-31T00:00', '2024-03-31T01:00', '2024-03-31T02:00'],
  ],
  [
    '@hourly',
    'Europe/Berlin',
    '2024-10-26T23:00',
    ['2024-10-27T00:00', '2024-10-27T01:00', '2024-10-27T02:00'],
  ],
])('%s in %s after %s', (expression, timeZone, after, expected) => {
  expect(ticks(schedule(expression, { timeZone }), after, expected.length)).toEqual(expected);
});

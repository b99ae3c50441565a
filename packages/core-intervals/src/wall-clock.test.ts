import { expect, test } from '@jest/globals';

import { instantAt, steadyOffset, wallClock } from './wall-clock.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const HOUR = 3_600_000;

test.each([
  ['2024-03-31T00:59', '2024-03-31T01:59'],
  ['2024-03-31T01:00', '2024-03-31T03:00'],
  ['2024-10-27T00:30', '2024-10-27T02:30'],
  ['2024-10-27T01:30', '2024-10-27T02:30'],
  ['1970-01-01T00:00:00.123', '1970-01-01T01:00:00.123'],
  ['1969-12-31T23:59:59.999', '1970-01-01T00:59:59.999'],
])('at %s the clocks of Berlin show %s', (instant, wall) => {
  expect(wallClock(at(instant), 'Europe/Berlin')).toBe(at(wall));
});

test.each([
  ['2024-03-31T01:59', '2024-03-31T00:59'],
  ['2024-03-31T02:00', '2024-03-31T01:00'], // skipped, as is all until 3 o'clock
  ['2024-03-31T02:59', '2024-03-31T01:00'],
  ['2024-03-31T03:00', '2024-03-31T01:00'],
  ['2024-10-27T02:30', '2024-10-27T00:30'], // shown twice
  ['2024-10-27T03:00', '2024-10-27T02:00'],
])('the clocks of Berlin show %s first at %s', (wall, instant) => {
  expect(instantAt(at(wall), 'Europe/Berlin')).toBe(at(instant));
});

test('an offset is steady from a day or two after a change to a day or two before the next', () => {
  const berlin = (text: string): number | null => steadyOffset(at(text), 'Europe/Berlin');
  expect(berlin('2024-03-28T12:00')).toBe(HOUR);
  expect(berlin('2024-03-30T12:00')).toBeNull();
  expect(berlin('2024-03-31T12:00')).toBeNull();
  expect(berlin('2024-04-03T12:00')).toBe(2 * HOUR);
});

test('offsets are forgotten when there are too many, and found again', () => {
  const seen = new Set<number | null>();
  for (let day = 0; day < 20_100; day += 1) seen.add(steadyOffset(day * 24 * HOUR, 'Asia/Tokyo'));
  seen.add(steadyOffset(0, 'Asia/Tokyo'));
  expect([...seen]).toEqual([9 * HOUR]);
});

import { expect, test } from '@jest/globals';

import { at } from './testing/utc.ts';
import { instantAt, steadyStretch, wallClock } from './wall-clock.ts';

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

test.each([
  ['Europe/Berlin', '2024-03-28T12:00', 1],
  ['Europe/Berlin', '2024-03-30T12:00', 1],
  ['Europe/Berlin', '2024-03-30T20:59', 1],
  ['Europe/Berlin', '2024-03-31T00:59', null],
  ['Europe/Berlin', '2024-03-31T01:59', null],
  ['Europe/Berlin', '2024-03-31T05:00', 2],
  ['Pacific/Apia', '2011-12-28T12:00', -10],
  ['Pacific/Apia', '2011-12-30T00:00', null],
  ['Pacific/Apia', '2011-12-31T08:00', null],
  ['Pacific/Apia', '2012-01-01T12:00', 14],
])('in %s at %s the offset is steady at %p hours', (timeZone, instant, hours) => {
  expect(steadyStretch(at(instant), timeZone).offset).toBe(hours === null ? null : hours * HOUR);
});

test('offsets are forgotten when there are too many, and found again', () => {
  const seen = new Set<number | null>();
  for (let day = 0; day < 20_100; day += 1) seen.add(steadyStretch(day * 24 * HOUR, 'Asia/Tokyo').offset);
  seen.add(steadyStretch(0, 'Asia/Tokyo').offset);
  expect([...seen]).toEqual([9 * HOUR]);
});

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { formatInstant } from './interval-text.ts';
import { parseInstant, readTime } from './time-text.ts';
import { wallClock } from './wall-clock.ts';

const now = Date.parse('2024-03-31T12:30:45.678Z');
const day = (text: string): string => text.replace('T00:00:00Z', '');

test.each([
  ['2024-01-31', '2024-01-31', '2024-02-01'],
  [' 2024-12-31 ', '2024-12-31', '2025-01-01'],
  ['20240229', '2024-02-29', '2024-03-01'],
  ['2024-01', '2024-01-01', '2024-02-01'],
  ['2024-12', '2024-12-01', '2025-01-01'],
  ['2024', '2024-01-01', '2025-01-01'],
  ['today', '2024-03-31', '2024-04-01'],
  ['Yesterday', '2024-03-30', '2024-03-31'],
  ['tomorrow', '2024-04-01', '2024-04-02'],
  ['1 week ago', '2024-03-24', '2024-03-25'],
  ['a day ago', '2024-03-30', '2024-03-31'],
  ['in 2 days', '2024-04-02', '2024-04-03'],
  ['1 month ago', '2024-02-29', '2024-03-01'],
  ['1 year, 5 days ago', '2023-03-26', '2023-03-27'],
  ['1 quarter ago', '2023-12-31', '2024-01-01'],
  ['1 decade ago', '2014-03-31', '2014-04-01'],
  ['0 days ago', '2024-03-31', '2024-04-01'],
])('%s is the date from %s to %s', (text, start, end) => {
  const moment = readTime(text, { now });
  expect(moment.kind).toBe('date');
  expect([day(formatInstant(moment.start)), day(formatInstant(moment.end))]).toEqual([start, end]);
});

test.each([
  ['2024-01-31T05:06', '2024-01-31T05:06:00Z'],
  ['2024-01-31 05:06:07', '2024-01-31T05:06:07Z'],
  ['2024-01-31T05:06:07.123456', '2024-01-31T05:06:07.123Z'],
  ['2024-01-31T05:06:07,5z', '2024-01-31T05:06:07.500Z'],
  ['2024-01-31T05:06:07+05:30', '2024-01-30T23:36:07Z'],
  ['2024-01-31T05:06:07 -0100', '2024-01-31T06:06:07Z'],
  ['1706677567000', '2024-01-31T05:06:07Z'],
  ['-1706677567000', '1915-12-02T18:53:53Z'],
  ['0', '1970-01-01T00:00:00Z'],
  [1706677567000, '2024-01-31T05:06:07Z'],
  [new Date('2024-01-31T05:06:07Z'), '2024-01-31T05:06:07Z'],
  ['now', '2024-03-31T12:30:45.678Z'],
  ['1 second ago', '2024-03-31T12:29:59Z'],
  ['an hour ago', '2024-03-31T11:30:00Z'],
  ['in 90 minutes', '2024-03-31T14:00:00Z'],
  ['0 hours ago', '2024-03-31T12:30:00Z'],
  ['2 years 5 seconds ago', '2022-03-31T12:29:55Z'],
])('%s is the instant %s', (input, expected) => {
  const moment = readTime(input, { now });
  expect(moment).toEqual({ kind: 'instant', start: moment.start, end: moment.start });
  expect(formatInstant(moment.start)).toBe(expected);
});

test.each([
  // text                     start in Berlin          end
  ['2024-03-31', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z'],
  ['today', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z'],
  ['2024-03', '2024-02-29T23:00:00Z', '2024-03-31T22:00:00Z'],
  ['2024-03-31T01:30', '2024-03-31T00:30:00Z', '2024-03-31T00:30:00Z'],
  ['2024-03-31T02:30', '2024-03-31T01:00:00Z', '2024-03-31T01:00:00Z'],
  ['2024-10-27T02:30', '2024-10-27T00:30:00Z', '2024-10-27T00:30:00Z'],
  ['2024-03-31T02:30Z', '2024-03-31T02:30:00Z', '2024-03-31T02:30:00Z'],
  ['12 hours ago', '2024-03-31T00:30:00Z', '2024-03-31T00:30:00Z'],
  ['1 day 1 hour ago', '2024-03-30T12:30:00Z', '2024-03-30T12:30:00Z'],
])('in Berlin %s is %s to %s', (text, start, end) => {
  const moment = readTime(text, { now, timeZone: 'Europe/Berlin' });
  expect([formatInstant(moment.start), formatInstant(moment.end)]).toEqual([start, end]);
});

test('a midnight that daylight saving skips is the first valid instant of the day', () => {
  const cairo = { timeZone: 'Africa/Cairo' };
  expect(formatInstant(parseInstant('2024-04-26', cairo))).toBe('2024-04-25T22:00:00Z');
  const apia = { timeZone: 'Pacific/Apia' }; // the clocks went from December 29 to 31
  expect(formatInstant(parseInstant('2011-12-30', apia))).toBe('2011-12-30T10:00:00Z');
  expect(formatInstant(parseInstant('2011-12-31', apia))).toBe('2011-12-30T10:00:00Z');
});

test.each([
  '',
  'soon',
  'constructor',
  '2024-02-30',
  '2023-02-29',
  '2024-13',
  '2024-00-01',
  '20241301',
  '0999-01-01',
  '2024-01-01T24:00',
  '2024-01-01T12:60',
  '2024-01-01T12:00:60',
  '1706677567',
  '202401',
  '999999999999999999',
  'ago',
  'in',
  '3 ago',
  'in 3 days ago',
  'three days ago',
  '3 fortnights ago',
  '3 days',
  '2000 years ago',
  '999999 decades ago',
  '1234567 days ago',
  NaN,
  1.5,
  9e15,
  new Date('?'),
])('%p is refused', (input) => {
  expect(() => readTime(input, { now })).toThrow(
    expect.objectContaining({
      code: 'TIME_INVALID',
      message: expect.stringContaining(String(input)),
    }),
  );
});

test.each(['now', 'yesterday', '1 hour ago'])('%s is refused where no now is given', (text) => {
  expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'TIME_RELATIVE' }));
});

test('a date is read in UTC where no zone is named', () => {
  expect(readTime('2024-01-01')).toEqual(readTime('2024-01-01', { timeZone: 'UTC' }));
});

test('an unknown zone is refused', () => {
  expect(() => parseInstant('2024-01-01', { timeZone: 'Mars' })).toThrow(
    expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
  );
});

test('what is printed is read back as the same instant', () => {
  const instants = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(instants, (instant) => {
      expect(parseInstant(formatInstant(instant))).toBe(instant);
    }),
  );
});

test('a timestamp in a zone is the first instant at which its clocks show that or more', () => {
  const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/St_Johns'];
  const minutes = fc.integer({ min: 0, max: (366 * 86_400) / 60 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), minutes, (timeZone, minute) => {
      const wall = Date.UTC(2024, 0, 1) + minute * 60_000;
      const text = formatInstant(wall).replace('Z', '');
      const instant = parseInstant(text, { timeZone });
      expect(wallClock(instant, timeZone)).toBeGreaterThanOrEqual(wall);
      for (let before = 1; before <= 180; before += 1) {
        expect(wallClock(instant - before * 60_000, timeZone)).toBeLessThan(wall);
      }
    }),
    { numRuns: 40 },
  );
});

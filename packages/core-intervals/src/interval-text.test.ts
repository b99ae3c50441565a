import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { Interval } from './interval.ts';
import { dateStarting, formatInterval, namedInterval, stringToInterval } from './interval-text.ts';
import { schedule } from './schedule.ts';

const range = (start: string, end: string): Interval => ({
  start: Date.parse(`${start}Z`),
  end: Date.parse(`${end}Z`),
});

test.each([
  ['2024-01-01 to 2024-01-02', range('2024-01-01', '2024-01-02')],
  ['2024-01-01T05:00:00 to 2024-01-01T06:00:00', range('2024-01-01T05:00', '2024-01-01T06:00')],
  ['2024-01-01T00:00:00 to 2024-01-01T06:00:00', range('2024-01-01T00:00', '2024-01-01T06:00')],
  ['2024-01-01T00:00:00 to 2024-01-01T00:00:00.250', range('2024-01-01', '2024-01-01T00:00:00.25')],
])('%s is written and read', (text, interval) => {
  expect(formatInterval(interval)).toBe(text);
  expect(stringToInterval(text)).toEqual(interval);
});

test('what is printed is read back', () => {
  const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const interval = { start: Math.min(a, b), end: Math.max(a, b) };
      expect(stringToInterval(formatInterval(interval))).toEqual(interval);
    }),
  );
});

test.each([
  ['2024-01-01', 'INTERVAL_TEXT_INVALID', 'Not an interval: "2024-01-01"'],
  ['2024-01-01 to 2024-01-02 to 2024-01-03', 'INTERVAL_TEXT_INVALID', 'Not an interval: "2024'],
  ['2024-01-02 to 2024-01-01', 'INTERVAL_REVERSED', 'Not an interval: [2024-01-02T00:00:00.000Z'],
  ['2024-01-02 to later', 'TIME_INVALID', 'Not a date or time: "later"'],
])('%s is refused', (text, code, message) => {
  expect(() => stringToInterval(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test.each([
  // text           schedule        meant
  ['2024-01-01', '@daily', '2024-01-01 to 2024-01-02'],
  ['2024-01-01', '@hourly', '2024-01-01 to 2024-01-02'],
  ['2024-01-01', '0 9-17 * * *', '2024-01-01T09:00:00 to 2024-01-01T17:00:00'],
  ['2024-01-01', '0 2 * * *', '2024-01-01T02:00:00 to 2024-01-02T02:00:00'],
  ['2024-01-01', '@monthly', '2024-01-01 to 2024-02-01'],
  ['2024-01', '@daily', '2024-01-01 to 2024-02-01'],
  ['2024-01-07', '@weekly', '2024-01-07 to 2024-01-14'],
  ['2024-01-01 to 2024-01-03', '@weekly', '2024-01-01 to 2024-01-03'],
])('--interval %s by %s is %s', (text, expression, meant) => {
  expect(formatInterval(namedInterval(text, schedule(expression)))).toBe(meant);
});

test('--interval with a date is a date of the schedule’s zone', () => {
  const berlin = schedule('@hourly', { timeZone: 'Europe/Berlin' });
  expect(namedInterval('2024-03-31', berlin)).toEqual(range('2024-03-30T23:00:00', '2024-03-31T22:00:00'));
});

test.each([
  ['2024-01-02', '@weekly', 'INTERVAL_NOT_SCHEDULED'],
  ['9998-12-31', '@daily', 'INTERVAL_NOT_SCHEDULED'],
  ['9999-12-31', '@daily', 'INTERVAL_NOT_SCHEDULED'],
  ['2024-01-02T05:00', '@hourly', 'INTERVAL_TEXT_INVALID'],
])('--interval %s by %s is refused', (text, expression, code) => {
  expect(() => namedInterval(text, schedule(expression))).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['2024-01-01T00:00:00', 'UTC', '2024-01-01'],
  ['2024-01-01T01:00:00', 'UTC', null],
  ['2023-12-31T23:00:00', 'Europe/Berlin', '2024-01-01'],
  ['2024-01-01T00:00:00', 'Europe/Berlin', null],
  ['2024-04-25T22:00:00', 'Africa/Cairo', '2024-04-26'], // clocks skip midnight, and show 01:00
])('%s in %s starts %p', (text, timeZone, date) => {
  expect(dateStarting(Date.parse(`${text}Z`), timeZone)).toBe(date);
});

test('a date starts in UTC where no zone is named', () => {
  expect(dateStarting(0)).toBe('1970-01-01');
});

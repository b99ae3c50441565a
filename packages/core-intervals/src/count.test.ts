import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { schedule } from './schedule.ts';

const DAY = 86_400_000;

test.each([
  // expression     from                to                  zone             ticks
  ['@hourly', '2024-01-01', '2024-01-02', 'UTC', 24],
  ['@hourly', '2024-03-31', '2024-04-01', 'Europe/Berlin', 24],
  ['@daily', '2024-01-01', '2025-01-01', 'UTC', 366],
  ['@daily', '2024-01-01', '2025-01-01', 'Europe/Berlin', 366],
  ['@monthly', '2024-01-01', '2025-01-01', 'UTC', 12],
  ['0 9-17 * * 1-5', '2024-01-01T10:00', '2024-01-02T10:00', 'UTC', 9],
  ['0 0 L * *', '2024-01-01', '2025-01-01', 'UTC', 12],
  ['@daily', '2024-01-02', '2024-01-01', 'UTC', 0],
])('%s ticks from %s to %s in %s: %#', (expression, from, to, timeZone, ticks) => {
  expect(schedule(expression, { timeZone }).count(Date.parse(`${from}Z`), Date.parse(`${to}Z`))).toBe(ticks);
});

test('ticks are counted within the years that have them', () => {
  expect(schedule('@yearly').count(-Infinity, Infinity)).toBe(9998 - 1000 + 1);
});

test('counting agrees with walking', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Cairo',
  );
  const patterns = fc.constantFrom(
    '@hourly',
    '@daily',
    '30 2 * * *',
    '*/7 1-3 * * 1',
    '0,30 0-4 * 3,4,10,12 *',
    '0 2 L * *',
  );
  const start = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2026, 0, 1) });
  const length = fc.integer({ min: 0, max: 40 * DAY });
  fc.assert(
    fc.property(patterns, zones, start, length, (expression, timeZone, from, ms) => {
      const of = schedule(expression, { timeZone });
      let walked = 0;
      for (let tick = of.ceil(from)!; tick < from + ms; tick = of.next(tick)!) walked += 1;
      expect(of.count(from, from + ms)).toBe(walked);
    }),
    { numRuns: 60 },
  );
});

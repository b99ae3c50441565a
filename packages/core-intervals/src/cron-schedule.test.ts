import { expect, test } from '@jest/globals';

import { parseCronSchedule } from './cron-schedule.ts';

test.each([
  // expression    minute  hour  day  month  weekday, Monday is 0
  ['@daily', 0, 0, 1, 1, 0],
  ['daily', 0, 0, 1, 1, 0],
  ['0 2 * * *', 0, 2, 1, 1, 0],
  ['0 2 * * 0', 0, 2, 1, 1, 6],
  ['0 2 * * 7', 0, 2, 1, 1, 6],
  ['0 0 * * 1', 0, 0, 1, 1, 0],
  ['30 6 15 7 FRI', 30, 6, 15, 7, 4],
  ['*/15 8-18 * * *', 0, 8, 1, 1, 0],
  ['0 0 L * *', 0, 0, 28, 1, 0],
  ['0 0 LW * *', 0, 0, 26, 1, 0],
  ['0 0 15W * *', 0, 0, 15, 1, 0],
  ['0 0 * * 5#2', 0, 0, 1, 1, 4],
])('%s has the smallest value of each field', (expression, minute, hour, day, month, dayOfWeek) => {
  const parsed = parseCronSchedule(expression);
  expect(parsed).toMatchObject({ expression, minute, hour, day, month, dayOfWeek });
});

test('the fields hold every value', () => {
  expect(parseCronSchedule('*/20 8,18 1-3 2 SAT-SUN').fields).toEqual({
    minute: [0, 20, 40],
    hour: [8, 18],
    day: [1, 2, 3],
    month: [2],
    dayOfWeek: [5, 6],
  });
  expect(parseCronSchedule('0 0 L * *').fields.day).toEqual([28, 29, 30, 31]);
});

test('next and prev are strictly after and before, and take a time in any form', () => {
  const { next, prev } = parseCronSchedule('0 2 * * *');
  const two = Date.UTC(2024, 0, 1, 2);
  const day = 86_400_000;
  expect([next('2024-01-01'), next(new Date(two)), next(two)]).toEqual([two, two + day, two + day]);
  expect([prev('2024-01-02'), prev(new Date(two)), prev(two)]).toEqual([two, two - day, two - day]);
});

test('texts are read in the zone', () => {
  const berlin = parseCronSchedule('@daily', { timeZone: 'Europe/Berlin' });
  expect(berlin.next('2024-01-01T12:00')).toBe(Date.UTC(2024, 0, 1, 23));
});

test('a bad expression is refused', () => {
  expect(() => parseCronSchedule('0 25 * * *')).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_INVALID' }),
  );
});

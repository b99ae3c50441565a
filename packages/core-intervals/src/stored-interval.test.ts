import { expect, test } from '@jest/globals';

import { formatInterval } from './interval-text.ts';
import { interval, readInterval, readIntervals } from './stored-interval.ts';

test.each([
  ['2024-01-01T00:00:00', '2024-01-01T23:59:59', '2024-01-01 to 2024-01-02'],
  ['2024-01-01T00:00:00', '2024-01-01T23:59:59.999999', '2024-01-01 to 2024-01-02'],
  ['2024-01-01T00:00:00', '2024-01-01T05:59:59', '2024-01-01T00:00:00 to 2024-01-01T06:00:00'],
  ['2024-01-01', '2024-01-02', '2024-01-01 to 2024-01-02'],
  ['2024-01-01', '2024-01-01T00:00:58', '2024-01-01T00:00:00 to 2024-01-01T00:00:58'],
  ['1969-12-31T00:00:00', '1969-12-31T23:59:59', '1969-12-31 to 1970-01-01'],
])('%s, %s is %s', (start, end, text) => {
  expect(formatInterval(readInterval([start, end]))).toBe(text);
  expect(formatInterval(readInterval({ start, end }))).toBe(text);
});

test('the interval of the guide is a whole day', () => {
  const start = new Date(Date.UTC(2024, 0, 1, 0, 0));
  const end = new Date(Date.UTC(2024, 0, 1, 23, 59, 59));
  expect(interval(start, end)).toEqual({ start: start.getTime(), end: Date.UTC(2024, 0, 2) });
});

test('intervals come out in order, not joined, without gaps of a second', () => {
  expect(
    readIntervals([
      ['2024-01-03T00:00:02', '2024-01-04'],
      ['2024-01-02T00:00:01', '2024-01-03'],
      ['2024-01-01', '2024-01-02'],
    ]).map(formatInterval),
  ).toEqual([
    '2024-01-01T00:00:00 to 2024-01-02T00:00:01',
    '2024-01-02T00:00:01 to 2024-01-03T00:00:00',
    '2024-01-03T00:00:02 to 2024-01-04T00:00:00',
  ]);
});

test('one that ends before it starts is refused', () => {
  expect(() => readInterval(['2024-01-02', '2024-01-01'])).toThrow(
    expect.objectContaining({ code: 'INTERVAL_REVERSED' }),
  );
});

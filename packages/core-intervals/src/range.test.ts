import { expect, test } from '@jest/globals';

import { resolveRange } from './range.ts';

const now = Date.parse('2024-02-10T12:30:00Z');

test.each([
  ['2024-01-01', '2024-01-31', '2024-01-01 to 2024-02-01'],
  ['2024-01-01', '2024-01-01', '2024-01-01 to 2024-01-02'],
  ['2024-01', '2024-01', '2024-01-01 to 2024-02-01'],
  ['2024-01-01', '2024-01-31T00:00', '2024-01-01 to 2024-01-31'],
  ['2024-01-01', '2024-01-31T06:00:00Z', '2024-01-01T00:00:00 to 2024-01-31T06:00:00'],
  ['2024-01-01T12:00', '2024-01-01', '2024-01-01T12:00:00 to 2024-01-02T00:00:00'],
  ['1 week ago', 'yesterday', '2024-02-03 to 2024-02-10'],
  ['2024-02-10', undefined, '2024-02-10T00:00:00 to 2024-02-10T12:30:00'],
  [now, now, '2024-02-10T12:30:00 to 2024-02-10T12:30:00'],
])('from %s to %s is %s', (start, end, text) => {
  const resolved = resolveRange({ start, end, now });
  expect(resolved.text).toBe(text);
  expect(resolved.range).toEqual({ start: resolved.start.start, end: resolved.end.end });
});

test('dates are those of the zone', () => {
  const options = { start: '2024-01-01', end: 'today', now, timeZone: 'Asia/Tokyo' };
  expect(resolveRange(options)).toMatchObject({
    text: '2023-12-31T15:00:00 to 2024-02-10T15:00:00',
    start: { kind: 'date' },
    end: { kind: 'date' },
  });
});

test.each([
  ['2024-01-02', '2024-01-01'],
  ['2024-01-03', '2024-01-01'],
  ['2024-01-01T12:00', '2024-01-01T11:00'],
  ['tomorrow', undefined],
])('from %s to %s is refused', (start, end) => {
  expect(() => resolveRange({ start, end, now })).toThrow(
    expect.objectContaining({ code: 'RANGE_REVERSED' }),
  );
});

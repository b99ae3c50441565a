import { expect, test } from '@jest/globals';

import { partitionKey, partitionKeys } from './partition.ts';
import { schedule } from './schedule.ts';
import { at } from './testing/utc.ts';

test.each([
  // The same as Python's strftime.
  ['2024-03-05T06:07:08', '%Y-%m-%d', '2024-03-05'],
  ['2024-03-05T06:07:08', 'dt=%F/hour=%H', 'dt=2024-03-05/hour=06'],
  ['2024-03-05T06:07:08', '%y%m%d_%T %M %S', '240305_06:07:08 07 08'],
  ['2024-03-05T06:07:08', '100%% %j', '100% 065'],
  ['2024-12-31', '%j %u %w %G-W%V', '366 2 2 2025-W01'],
  ['2024-03-03', '%u %w %G-W%V', '7 0 2024-W09'],
  ['2021-01-01', '%G-W%V', '2020-W53'],
])('%s by %s is %s', (instant, format, key) => {
  expect(partitionKey(at(instant), format)).toBe(key);
});

test('a partition is that of the zone', () => {
  expect(partitionKey(at('2024-01-01T23:30:00'), '%F', 'Europe/Berlin')).toBe('2024-01-02');
});

test.each([
  ['%Q', '%Q'],
  ['day %', '%'],
  ['%constructor', '%c'],
])('%s is refused for its %s', (format, directive) => {
  expect(() => partitionKey(0, format)).toThrow(
    expect.objectContaining({
      code: 'PARTITION_FORMAT_INVALID',
      message: `Unknown directive "${directive}" in the partition format "${format}"`,
    }),
  );
});

test('the partitions of a set are those of its whole intervals, each once', () => {
  const set = [{ start: at('2024-01-30T12:00:00'), end: at('2024-02-02T12:00:00') }];
  expect(partitionKeys(set, schedule('@daily'), '%Y-%m-%d')).toEqual(['2024-01-31', '2024-02-01']);
  expect(partitionKeys(set, schedule('@hourly'), '%Y-%m')).toEqual(['2024-01', '2024-02']);
});

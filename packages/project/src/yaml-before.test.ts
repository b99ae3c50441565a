import { expect, test } from '@jest/globals';

import { readBefore } from './yaml-before.ts';

test.each([
  ['NO', 'the boolean false'],
  ['on', 'the boolean true'],
  ['nO', null],
  ['2024-01-31', 'a date'],
  ['2024-01-31T05:00:00Z', 'a timestamp'],
  ['2024-01-31 05:00:00', 'a timestamp'],
  ['017', 'an octal number'],
  ['0', null],
  ['0o17', 'text'],
  ['12:30', 'a number to the base 60'],
  ['1_000', 'a number'],
  ['0b101', 'a number'],
  ['0x1f', null],
  ['1000', null],
  ['1.5', null],
  ['true', null],
  ['orders', null],
])('%s was read as %s', (text, reading) => {
  expect(readBefore(text)).toBe(reading);
});

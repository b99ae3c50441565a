import { expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { isName, proposedName } from './names.ts';

test.each([
  ['orders', true],
  ['_x-1', true],
  ['A'.repeat(63), true],
  ['A'.repeat(64), false],
  ['1a', false],
  ['-a', false],
  ['a.b', false],
  ['', false],
  ['con', false],
  ['COM1', false],
])('%s', (name, expected) => {
  expect(isName(name)).toBe(expected);
});

test.each([
  ['../evil', 'evil'],
  ['my shop', 'my_shop'],
  ['2024', '_2024'],
  ['Größe', 'Gro_e'],
  ['nul', '_nul'],
  ['売上', 'node'],
])('%s is better called %s', (text, name) => {
  expect(proposedName(text)).toBe(name);
});

test('what is proposed is always allowed', () => {
  assert(
    property(string({ unit: 'grapheme', maxLength: 100 }), (text) =>
      expect(isName(proposedName(text))).toBe(true),
    ),
  );
});

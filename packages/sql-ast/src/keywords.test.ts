import { expect, test } from '@jest/globals';

import { foldCase, isKeyword, isReserved } from './keywords.ts';

test.each([
  ['SELECT', 'select'],
  ['Straße', 'straße'],
  ['ÄB', 'Äb'],
  ['İI', 'İi'],
  ['', ''],
])('%s is compared as %s: only ASCII letters are folded', (word, folded) => {
  expect(foldCase(word)).toBe(folded);
});

test.each([
  ['Select', true, true],
  ['by', false, true],
  ['amount', false, false],
  ['ſelect', false, false],
])('%s: reserved %s, a keyword %s', (word, reserved, keyword) => {
  expect([isReserved(word), isKeyword(word)]).toEqual([reserved, keyword]);
});

import { expect, test } from '@jest/globals';

import { spread } from './spread.ts';

test.each([
  [0, []],
  [1, [0]],
  [2, [1, 0]],
  [3, [2, 0, 1]],
  [5, [4, 0, 2, 1, 3]],
  [8, [7, 0, 3, 1, 5, 2, 4, 6]],
])('%d places', (length, order) => {
  expect(spread(length)).toEqual(order);
});

test('every place comes once, however many there are', () => {
  for (let length = 0; length < 200; length += 1) {
    expect(spread(length).toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, at) => at));
  }
});

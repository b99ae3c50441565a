import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { foldedUpTo, highest, noted, NO_NOTES, type Notes } from './notes.ts';

const range = (start: number, end: number): { readonly start: number; readonly end: number } => ({
  start,
  end,
});

/** Draws the highest number of each instant. */
const drawn = (notes: Notes): string =>
  Array.from({ length: 8 }, (_, at) => highest(notes, range(at, at + 1))).join('');

test.each([
  // noted one after the other: [start, end, number]
  [[[0, 3, 1]], '11100000'],
  [
    [
      [0, 3, 1],
      [2, 5, 2],
    ],
    '11222000',
  ],
  [
    [
      [2, 5, 2],
      [0, 3, 1],
    ],
    '11222000',
  ],
  [
    [
      [0, 8, 1],
      [3, 5, 2],
    ],
    '11122111',
  ],
  [
    [
      [3, 5, 2],
      [0, 8, 1],
    ],
    '11122111',
  ],
  [
    [
      [0, 2, 1],
      [2, 4, 1],
    ],
    '11110000',
  ],
  [
    [
      [0, 4, 1],
      [0, 4, 3],
    ],
    '33330000',
  ],
])('%j is %s', (list, picture) => {
  const notes = list.reduce(
    (all, [start = 0, end = 0, value = 0], at) => noted(all, range(start, end), value, at),
    NO_NOTES,
  );
  expect(drawn(notes)).toBe(picture);
});

test('neighbours that say the same are one note', () => {
  const two = noted(noted(NO_NOTES, range(0, 2), 5, 1), range(2, 4), 5, 2);
  expect(two.exact).toEqual([{ start: 0, end: 4, value: 5, tick: 2 }]);
});

test('folding keeps the newest four, whatever is younger than the tick, and the highest number of the rest', () => {
  const all = Array.from({ length: 8 }, (_, at) => at).reduce(
    (notes, at) => noted(notes, range(at, at + 1), at + 1, at),
    NO_NOTES,
  );
  expect(drawn(all)).toBe('12345678');
  expect(drawn(foldedUpTo(all, Infinity))).toBe('44445678');
  expect(drawn(foldedUpTo(all, 1))).toBe('22345678');
  expect(foldedUpTo(all, -1)).toBe(all);
  expect(foldedUpTo(foldedUpTo(all, Infinity), Infinity).exact).toHaveLength(4);
});

const stretch = fc
  .tuple(fc.nat(6), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .map(([start, length, value, isFolded]) => ({
    ...range(start, Math.min(8, start + length)),
    value,
    isFolded,
  }));

test('no number is ever too low, and none is too high where nothing was folded', () => {
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 20 }), (list) => {
      let notes = NO_NOTES;
      const truth = Array<number>(8).fill(0);
      const isTouched = Array<boolean>(8).fill(false);
      for (const [tick, { start, end, value, isFolded }] of list.entries()) {
        notes = noted(notes, range(start, end), value, tick);
        for (let at = start; at < end; at += 1) truth[at] = Math.max(truth[at] ?? 0, value);
        if (isFolded) notes = foldedUpTo(notes, tick);
        for (const { start: from, end: to } of notes.folded.set) isTouched.fill(true, from, to);
      }
      for (const [at, value] of truth.entries()) {
        const found = highest(notes, range(at, at + 1));
        expect(found).toBeGreaterThanOrEqual(value);
        if (!isTouched[at]) expect(found).toBe(value);
      }
    }),
    { numRuns: 500 },
  );
});

import { expect, test } from '@jest/globals';

import { covers, difference, intersection, intervalSet, overlaps, slice, union } from './interval-set.ts';
import type { IntervalSet } from './interval-set.ts';

/** Reads a timeline, one character per instant: `set('##..#')` is [0,2) and [4,5). */
function set(timeline: string): IntervalSet {
  const instants = Array.from(timeline, (each, start) => ({ each, start, end: start + 1 }));
  return intervalSet(instants.filter(({ each }) => each === '#'));
}

test.each([
  //   a          b          a ∪ b      a ∩ b      a \ b
  ['..###...', '....###.', '..#####.', '....#...', '..##....'],
  ['########', '..##..#.', '########', '..##..#.', '##..##.#'],
  ['##......', '..##....', '####....', '........', '##......'],
  ['........', '..##....', '..##....', '........', '........'],
])('%s with %s', (a, b, either, both, onlyA) => {
  expect(union(set(a), set(b))).toEqual(set(either));
  expect(intersection(set(a), set(b))).toEqual(set(both));
  expect(difference(set(a), set(b))).toEqual(set(onlyA));
});

test.each([
  // the set    from  to   covered  overlapped
  ['..####..', 2, 6, true, true],
  ['..####..', 3, 4, true, true],
  ['..####..', 1, 3, false, true],
  ['..####..', 6, 8, false, false],
  ['..####..', 0, 2, false, false],
  ['##..##..', 0, 6, false, true],
  ['##..##..', 3, 3, true, false],
  ['##..##..', 1, 1, true, false],
])('%s and [%i, %i)', (timeline, start, end, covered, overlapped) => {
  expect(covers(set(timeline), { start, end })).toBe(covered);
  expect(overlaps(set(timeline), { start, end })).toBe(overlapped);
});

test('a slice is what lies inside', () => {
  expect(slice(set('##.####.'), { start: 1, end: 5 })).toEqual(set('.#.##...'));
});

test('a set is made of intervals in any order, joined where they meet, without empty ones', () => {
  expect(
    intervalSet([
      { start: 4, end: 9 },
      { start: 0, end: 1 },
      { start: 5, end: 6 },
      { start: 1, end: 2 },
      { start: 3, end: 3 },
    ]),
  ).toEqual([
    { start: 0, end: 2 },
    { start: 4, end: 9 },
  ]);
});

test.each([
  [{ start: 86_400_000, end: 0 }, '[1970-01-02T00:00:00.000Z, 1970-01-01T00:00:00.000Z)'],
  [{ start: NaN, end: 0 }, '[NaN, 1970-01-01T00:00:00.000Z)'],
])('an interval that ends before it starts is refused: %j', (interval, shown) => {
  expect(() => intervalSet([interval])).toThrow(
    expect.objectContaining({
      name: 'IntervalError',
      code: 'INTERVAL_REVERSED',
      message: `Not an interval: ${shown}`,
      hint: 'Swap the start and the end.',
    }),
  );
});

test('agree with membership, instant by instant, on every pair of 5-instant sets', () => {
  const every = Array.from({ length: 32 }, (_, bits) =>
    [0, 1, 2, 3, 4].map((at) => ((bits >> at) & 1 ? '#' : '.')).join(''),
  );
  const merge = (a: string, b: string, keep: (inA: boolean, inB: boolean) => boolean) =>
    set(Array.from(a, (each, at) => (keep(each === '#', b[at] === '#') ? '#' : '.')).join(''));
  for (const a of every) {
    for (const b of every) {
      expect(union(set(a), set(b))).toEqual(merge(a, b, (inA, inB) => inA || inB));
      expect(intersection(set(a), set(b))).toEqual(merge(a, b, (inA, inB) => inA && inB));
      expect(difference(set(a), set(b))).toEqual(merge(a, b, (inA, inB) => inA && !inB));
    }
  }
});

import { expect, test } from '@jest/globals';

import { inRecordingOrder } from './recording-order.ts';

/** `b1<a2 @5`: the first commit of b, which read a up to its second, finished at 5. */
function commit(text: string): {
  snapshot: string;
  seq: number;
  seen: Record<string, number>;
  finishedAt: number;
} {
  const [, snapshot = '', seq, input, seen, at] = /^(\D)(\d+)(?:<(\D)(\d+))?(?: @(\d+))?$/u.exec(text) ?? [];
  return {
    snapshot,
    seq: Number(seq),
    seen: input === undefined ? {} : { [input]: Number(seen) },
    finishedAt: Number(at ?? 0),
  };
}

test.each([
  ['', ''],
  ['a2, a1', 'a1 a2'],
  ['a1 @2, c1 @1', 'c1 a1'],
  ['b1<a1 @1, a1 @2', 'a1 b1'],
  ['a1 @1, a2 @2, b1<a1 @3', 'a1 b1 a2'],
  ['a7 @1, b6<a6 @2', 'b6 a7'],
  ['a1 @1, a2 @2, b1<a1 @5, c1<b0 @3', 'a1 c1 b1 a2'],
  ['a1 @1, a2 @2, a3 @3, b1<a1 @4, b2<a2 @5', 'a1 b1 a2 b2 a3'],
])('%s are told in the order %s', (commits, order) => {
  const given = commits.split(', ').filter(Boolean).map(commit);
  expect(
    inRecordingOrder(given)
      .map(({ snapshot, seq }) => `${snapshot}${seq}`)
      .join(' '),
  ).toBe(order);
});

test('a ledger that contradicts itself is taken as it finished', () => {
  const [a, b] = [
    { snapshot: 'a', seq: 1, seen: { b: 1 }, finishedAt: 1 },
    { snapshot: 'b', seq: 1, seen: { a: 1 }, finishedAt: 2 },
  ];
  expect(inRecordingOrder([b, a])).toHaveLength(2);
});

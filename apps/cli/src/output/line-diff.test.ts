import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { lineDiff } from './line-diff.ts';

/** A letter a line: `abc` against `axc` is ` a-b+x c`. */
const diff = (old: string, now: string): string =>
  lineDiff([...old], [...now])
    .map(({ sign, text }) => sign + text)
    .join('');

test.each([
  ['', '', ''],
  ['abc', 'abc', ' a b c'],
  ['abc', 'axc', ' a-b+x c'],
  ['abc', 'ac', ' a-b c'],
  ['ac', 'abc', ' a+b c'],
  ['abcabba', 'cbabac', '-a-b c-a b+a b a+c'],
  ['aaa', 'aa', ' a a-a'],
])('%s and %s', (old, now, expected) => {
  expect(diff(old, now)).toBe(expected);
});

/** The longest common part, by trying every way. */
const longest = (a: string, b: string): number =>
  a === '' || b === ''
    ? 0
    : a[0] === b[0]
      ? 1 + longest(a.slice(1), b.slice(1))
      : Math.max(longest(a.slice(1), b), longest(a, b.slice(1)));

test('both texts can be read off, and no more is kept by any other way', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (old, now) => {
      const lines = lineDiff([...old], [...now]);
      const without = (left: string): string =>
        lines.flatMap(({ sign, text: line }) => (sign === left ? [] : [line])).join('');
      expect([without('+'), without('-')]).toEqual([old, now]);
      expect(lines.filter(({ sign }) => sign === ' ').length).toBe(longest(old, now));
    }),
  );
});

test('texts beyond comparing are told of as wholes', () => {
  const lines = (from: number): string[] => Array.from({ length: 3_000 }, (_, i) => String(from + i));
  const found = lineDiff(['same', ...lines(0), 'end'], ['same', ...lines(1), 'end']);
  expect(found.length).toBe(2 + 6_000);
  expect(found.at(-1)).toEqual({ sign: ' ', text: 'end' });
});

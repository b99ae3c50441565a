import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { textPieces } from './text-pieces.ts';

/** Lines that all differ, as a manifest has them. */
const lines = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, n) => `{"node":"transform.node_${n}","sql":"SELECT ${n * n} FROM t_${n % 7}"}`,
  );

const joined = (text: string): string => Buffer.concat(textPieces(text).map(({ bytes }) => bytes)).toString();

test.each([
  ['nothing', '', 1],
  ['a word', 'word', 1],
  ['what repeats itself', 'a'.repeat(100_000), 2],
])('%s is the pieces that it is cut into', (_, text, least) => {
  expect(joined(text)).toBe(text);
  expect(textPieces(text).length).toBeGreaterThanOrEqual(least);
});

test('a line more, less or otherwise leaves nearly all pieces as they are', () => {
  const before = lines(10_000);
  const known = new Set(textPieces(before.join('\n')).map(({ hash }) => hash));
  expect(known.size).toBeGreaterThan(20);
  for (const after of [
    before.with(5000, 'another'),
    before.toSpliced(3, 1),
    before.toSpliced(9990, 0, 'one more'),
  ]) {
    const fresh = textPieces(after.join('\n')).filter(({ hash }) => !known.has(hash));
    expect(fresh.length).toBeLessThanOrEqual(3);
  }
});

test('any text is its pieces, none of them long', () => {
  const text = fc
    .array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 40 })
    .map((parts) => parts.join('').repeat(60));
  fc.assert(
    fc.property(text, (given) => {
      const pieces = textPieces(given);
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(Buffer.from(given))).toBe(true);
      expect(Math.max(...pieces.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(65_536);
    }),
    { numRuns: 30 },
  );
});

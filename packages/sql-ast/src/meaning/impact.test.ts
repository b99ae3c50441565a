import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { impactBetween } from '../testing/meaning-of.ts';

/** Every pair, with the line of the file where it stands. */
const lines = readFileSync(new URL('../testing/impact-pairs.txt', import.meta.url), 'utf8').split('\n');
const pairs = lines.flatMap((line, at) =>
  line.startsWith('=> ') ? [[at - 1, lines[at - 2] ?? '', lines[at - 1] ?? '', line.slice(3)] as const] : [],
);

test.each(pairs)('line %i: %s, then %s: %s', (_, old, now, said) => {
  expect(impactBetween(old, now)).toBe(said);
});

test('a query over itself is the same', () => {
  for (const [, old, now] of pairs) {
    expect(impactBetween(old, old)).toBe('same');
    expect(impactBetween(now, now)).toBe('same');
  }
});

import { expect, test } from '@jest/globals';

import { TermTable } from './terms.ts';

test('the same construction is the same term, and nothing else is', () => {
  const terms = new TermTable();
  const [a, b] = [
    terms.source({ table: 't', column: 'a' }, null),
    terms.source({ table: 't', column: 'b' }, null),
  ];
  expect(terms.of('f', [a, b])).toBe(terms.of('f', [a, b]));
  expect(terms.ofSet('f', [b, a, a])).toBe(terms.ofSet('f', [a, b]));
  const others = [
    a,
    b,
    terms.source({ table: 't', column: 'a' }, 'INTEGER'),
    terms.source({ table: 't.a', column: '' }, null),
    terms.of('f', [a, b]),
    terms.of('f', [b, a]),
    terms.of('f', [a], [b]),
    terms.of(`f\u0000${a},${b}\u0000`),
    terms.of('f', []),
    terms.marked('f', a),
    terms.fresh('f', [a]),
    terms.fresh('f', [a]),
  ];
  expect(new Set(others).size).toBe(others.length - 0);
});

test('a marked value keeps its type, and leads to its columns', () => {
  const terms = new TermTable();
  const a = terms.source({ table: 't', column: 'a' }, 'INTEGER[]');
  const marked = terms.marked('from 0', a);
  expect(marked).not.toBe(a);
  expect([terms.typeOf(marked), terms.typeOf(terms.of('f', [a])), terms.typeOf(-1)]).toEqual([
    'INTEGER[]',
    null,
    null,
  ]);
  expect(terms.sources([marked], false)).toEqual([{ table: 't', column: 'a' }]);
});

test('context tells terms apart, and is followed where it is asked for', () => {
  const terms = new TermTable();
  const [a, b] = [
    terms.source({ table: 't', column: 'a' }, null),
    terms.source({ table: 't', column: 'b' }, null),
  ];
  const sum = terms.of('sum', [a], [terms.of('filtered', [b])]);
  const both = terms.of('+', [sum, a]);
  expect(terms.sources([both], false).map(({ column }) => column)).toEqual(['a']);
  expect(
    terms
      .sources([both], true)
      .map(({ column }) => column)
      .toSorted(),
  ).toEqual(['a', 'b']);
  expect(terms.reached(both, new Set([a, b]))).toEqual([a]);
});

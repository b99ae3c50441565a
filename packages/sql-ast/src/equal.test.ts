import { expect, test } from '@jest/globals';

import { sameTree, treeIds } from './equal.ts';
import { everyKind } from './testing/every-kind.ts';
import { column, cte, derived, join, literal, operation, select, table, union } from './testing/trees.ts';
import type { TreeNode } from './tree-fields.ts';
import { mapTree, nodesOf } from './walk.ts';

const aliased = (alias: string): TreeNode => ({
  ...select('a', 't'),
  items: [{ span: null, alias, expression: column('a') }],
});

const using = (name: string) => select('a', { ...join(table('t'), table('u')), using: [name] });

test.each<[string, TreeNode, TreeNode, 'equal' | 'folded' | 'different']>([
  ['the same', select('a b', 't'), select('a b', 't'), 'equal'],
  ['another column', select('a b', 't'), select('a c', 't'), 'different'],
  ['another order', select('a b', 't'), select('b a', 't'), 'different'],
  ['case of a column', select('a t.b', 't'), select('A T.b', 't'), 'folded'],
  ['case of a table', select('a', 's.t AS x'), select('a', 'S.T AS X'), 'folded'],
  ['case of a join column', using('k'), using('K'), 'folded'],
  [
    'case of a CTE',
    select('a', 'x', { ctes: [cte('x', select('a', 't'))] }),
    select('a', 'X', { ctes: [cte('X', select('a', 't'))] }),
    'folded',
  ],
  ['case of a file', table('data/x'), table('data/X'), 'different'],
  ['case of an alias of an item', aliased('x'), aliased('X'), 'different'],
  ['case of a string', literal('x', 'VARCHAR'), literal('X', 'VARCHAR'), 'different'],
  ['type of a literal', literal('1'), literal('1', 'VARCHAR'), 'different'],
  ['an empty alias and none', aliased(''), select('a', 't'), 'different'],
  [
    'one more operand',
    operation('and', column('a'), column('b')),
    operation('and', column('a'), column('b'), column('c')),
    'different',
  ],
  [
    'nesting',
    union(select('a', 't'), union(select('b', 't'))),
    union(union(select('a', 't')), select('b', 't')),
    'different',
  ],
  [
    'a name that holds a comma',
    select([column('a,b')], 't'),
    select([{ kind: 'column', span: null, path: ['a', 'b'] }], 't'),
    'different',
  ],
])('%s', (_, a, b, expected) => {
  const [exact, folded] = [treeIds(), treeIds('folded')];
  expect(sameTree(a, b)).toBe(expected === 'equal');
  expect(exact(a) === exact(b)).toBe(expected === 'equal');
  expect(folded(a) === folded(b)).toBe(expected !== 'different');
});

test('a node asked about again has the same number', () => {
  const ids = treeIds();
  const query = select('a', 't');
  expect(ids(query)).toBe(ids(query));
  const outer = ids(select('b', derived(query)));
  expect(outer).toBe(ids(select('b', derived(select('a', 't')))));
});

test('nodes of as many fields with other names differ', () => {
  expect(
    sameTree({ kind: 'parameter', span: null, name: '1' }, { kind: 'position', span: null, index: 1 }),
  ).toBe(false);
});

test('spans do not matter, and neither does the order of keys', () => {
  const [item] = select('a', 't').items;
  const placed = {
    ...select('a', 't'),
    span: { start: 0, end: 15 },
    items: [{ ...item!, span: { start: 7, end: 8 } }],
  };
  expect(sameTree(placed, Object.fromEntries(Object.entries(select('a', 't')).toReversed()) as never)).toBe(
    true,
  );
});

test('no two different nodes of the example have the same number', () => {
  const ids = treeIds();
  const distinct = new Set(nodesOf(everyKind).map((node) => JSON.stringify(node)));
  expect(new Set(nodesOf(everyKind).map(ids)).size).toBe(distinct.size);
});

test('each change of any word of the example is seen', () => {
  for (let at = 0; at < nodesOf(everyKind).length; at += 1) {
    const node = nodesOf(everyKind)[at] as TreeNode;
    for (const [field, value] of Object.entries(node)) {
      if (typeof value !== 'string' || field === 'kind') continue;
      const other = mapTree(everyKind, (each) => (each === node ? { ...each, [field]: `${value}!` } : each));
      expect(sameTree(everyKind, other)).toBe(other === everyKind);
    }
  }
});

test('trees of 100,000 levels are compared', () => {
  const deep = (name: string) => {
    let query = select(name, 't');
    for (let i = 0; i < 20_000; i += 1) query = select('*', derived(query));
    return query;
  };
  expect(sameTree(deep('a'), deep('a'))).toBe(true);
  expect(sameTree(deep('a'), deep('b'))).toBe(false);
});

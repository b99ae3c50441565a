import { expect, test } from '@jest/globals';
import { mapTree, nodesOf, treeIds, type Query, type Span, type TreeNode } from '@seeknal/sql-ast';
import fc from 'fast-check';

import { diffTrees } from './diff-trees.ts';
import { normalTree } from './normal-tree.ts';
import { anyText, dice, randomQuery, type Dice } from './testing/random-query.ts';

const texts = { oldText: anyText, newText: anyText };

const seed = fc.nat(2 ** 31);

/** Another node in its place: with a name, a value or a setting that nothing else has. */
function otherNode(node: TreeNode): TreeNode {
  switch (node.kind) {
    case 'column':
      return { ...node, path: ['other'] };
    case 'table':
      return { ...node, name: ['other'] };
    case 'literal':
      return { ...node, value: '99' };
    case 'call':
      return { ...node, name: 'other' };
    case 'operation':
      return { ...node, operator: 'other' };
    case 'cast':
      return { ...node, type: 'OTHER' };
    case 'star':
      return { ...node, exclude: [['other']] };
    case 'lambda':
      return { ...node, parameters: ['other'] };
    case 'subquery':
      return { ...node, form: 'exists' };
    case 'case':
      return { ...node, branches: [...node.branches, ...node.branches] };
    case 'select':
      return { ...node, items: [...node.items, ...node.items] };
    case 'set-operation':
      return { ...node, all: !node.all };
    case 'recursive-union':
      return { ...node, name: 'other' };
    case 'opaque-query':
    case 'opaque-relation':
    case 'opaque-expression':
      return { ...node, text: 'other' };
    case 'join':
      return { ...node, using: ['other'] };
    default:
      return { ...node, alias: 'other' } as TreeNode;
  }
}

/** One node of a query, and the query with another in its place. */
function changed(query: Query, roll: Dice): { readonly node: TreeNode; readonly now: Query } {
  const nodes = nodesOf(query);
  const node = nodes[roll(nodes.length)] as TreeNode;
  let isMet = false;
  const now = mapTree(query, (each) => {
    // Nodes below are given as they are; those above have been made anew.
    const isIt = !isMet && each.span?.start === node.span?.start && each.kind === node.kind;
    isMet ||= isIt;
    return isIt ? otherNode(each) : each;
  });
  return { node, now };
}

const covers = (outer: Span | null | undefined, inner: Span | null): boolean =>
  outer != null && inner !== null && outer.start <= inner.start && inner.end <= outer.end;

test('there are edits exactly where the trees differ', () => {
  fc.assert(
    fc.property(seed, seed, fc.boolean(), (a, b, isSame) => {
      const [old, now] = [randomQuery(dice(a)), randomQuery(dice(isSame ? a : b))];
      const ids = treeIds('folded');
      const isEqual = ids(normalTree(old)) === ids(normalTree(now));
      expect(diffTrees(old, now, texts).length === 0).toBe(isEqual);
    }),
    { numRuns: 150 },
  );
});

test('one changed node lies within an edit, and edits tell of a changed tree', () => {
  let covered = 0;
  fc.assert(
    fc.property(seed, seed, (a, b) => {
      const old = randomQuery(dice(a));
      const { node, now } = changed(old, dice(b));
      const edits = diffTrees(old, now, texts);
      expect(edits.length).toBeGreaterThan(0);
      // A word such as ALL has no place of its own.
      const found = edits.some(
        ({ old: before, new: after }) => before?.span === null && after?.span === null,
      );
      const isCovered = edits.some(
        ({ old: before, new: after }) => covers(before?.span, node.span) || covers(after?.span, node.span),
      );
      const isParted = node.kind === 'select' || node.kind === 'join';
      expect(isCovered || found || isParted).toBe(true);
      if (isCovered) covered += 1;
    }),
    { numRuns: 500 },
  );
  expect(covered).toBeGreaterThan(300);
});

test('what one change inserts is deleted on the way back, and the other way round', () => {
  fc.assert(
    fc.property(seed, (a) => {
      const old = randomQuery(dice(a));
      const { now } = changed(old, dice(a + 1));
      const there = diffTrees(old, now, texts);
      const back = diffTrees(now, old, texts);
      const count = (edits: typeof there, kind: string): number =>
        edits.filter((edit) => edit.kind === kind).length;
      expect(count(back, 'INSERT')).toBe(count(there, 'DELETE'));
      expect(count(back, 'DELETE')).toBe(count(there, 'INSERT'));
    }),
    { numRuns: 100 },
  );
});

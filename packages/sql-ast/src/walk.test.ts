import { expect, test } from '@jest/globals';

import { everyKind } from './testing/every-kind.ts';
import { column, select } from './testing/trees.ts';
import { FIELDS, type TreeNode } from './tree-fields.ts';
import { children, mapTree, nodesOf, visit } from './walk.ts';

/** What a node of the example is called: the name or value that says where it stands. */
function nameOf(node: TreeNode): string | null {
  if (node.kind === 'column') return node.path.join('.');
  if (node.kind === 'table') return node.name.join('.');
  return node.kind === 'literal' ? node.value : null;
}

const names = (nodes: readonly TreeNode[]): string => nodes.flatMap((node) => nameOf(node) ?? []).join(' ');

/** Every node of any JSON, found by its kind alone. */
function anywhere(value: unknown, found: Set<unknown> = new Set()): ReadonlySet<unknown> {
  if (typeof value !== 'object' || value === null) return found;
  const { kind } = value as { readonly kind?: string };
  if (kind !== undefined && kind in FIELDS) found.add(value);
  for (const item of Object.values(value)) anywhere(item, found);
  return found;
}

test('the example holds every kind and every part', () => {
  const kinds = new Set(nodesOf(everyKind).map(({ kind }) => kind));
  const parts =
    'argument branch bound cte distinct entry frame group-by item limit order-term pivot-column renaming replacement sample window';
  expect([...kinds].toSorted()).toEqual(
    Object.keys(FIELDS)
      .filter((name) => !parts.split(' ').includes(name))
      .toSorted(),
  );
});

test('nodes come in the order of the text, the outermost first', () => {
  expect(names(nodesOf(everyKind))).toBe(
    'key start first step second distinct replaced filter argument within kept partition order 1 operand when ' +
      'then otherwise left inner in_subquery body one two pivoted aggregate for unpivoted on where group having ' +
      'qualify sorted 10 20 derived_item deep in_derived values_item 30 40 function_item 50 opaque_item known read',
  );
});

test('a walk meets exactly the nodes that the JSON holds', () => {
  expect(new Set(nodesOf(everyKind))).toEqual(anywhere(everyKind));
});

test('children are the nearest nodes only', () => {
  const query = select(
    [column('a'), { kind: 'cast', span: null, type: 'DATE', isTry: false, operand: column('b') }],
    't',
  );
  expect(children(query).map(({ kind }) => kind)).toEqual(['column', 'cast', 'table']);
});

test('what a node holds is left out where the visitor says so', () => {
  const seen: TreeNode[] = [];
  visit(everyKind, (node) => {
    seen.push(node);
    return node.kind === 'set-operation' || node.kind === 'select';
  });
  expect(names(seen)).toBe(
    'distinct where group having qualify sorted 10 20 derived_item values_item function_item opaque_item',
  );
});

test('a query mapped by nothing is the query itself', () => {
  expect(mapTree(everyKind, (node) => node)).toBe(everyKind);
});

test('every node is replaced, after what it holds', () => {
  const met: TreeNode['kind'][] = [];
  const mapped = mapTree(everyKind, (node) => {
    met.push(node.kind);
    return node.kind === 'column' ? { ...node, path: ['x'] } : node;
  });
  expect(new Set(nodesOf(mapped).flatMap((node) => (node.kind === 'column' ? node.path : [])))).toEqual(
    new Set(['x']),
  );
  expect(met.at(-1)).toBe(everyKind.kind);
  expect(JSON.stringify(mapped)).toBe(
    JSON.stringify(everyKind, (key, value: unknown) => (key === 'path' ? ['x'] : value)),
  );
});

test('what is not changed is shared', () => {
  const query = select('a b', 't');
  const mapped = mapTree(query, (node) => (nameOf(node) === 'a' ? column('c') : node));
  expect(mapped).toEqual(select('c b', 't'));
  expect(mapped.items[1]).toBe(query.items[1]);
  expect(mapped.from).toBe(query.from);
});

test('a tree of 100,000 levels is walked and mapped', () => {
  let deep: TreeNode = column('a');
  for (let i = 0; i < 100_000; i += 1)
    deep = { kind: 'cast', span: null, type: 'DATE', isTry: false, operand: deep };
  const query = select([deep], 't');
  expect(nodesOf(query).length).toBe(100_003);
  const mapped = mapTree(query, (node) => (node.kind === 'column' ? column('b') : node));
  expect(nameOf(nodesOf(mapped)[100_001] as TreeNode)).toBe('b');
});

import { FIELD_LISTS, type PartName, type TreeNode } from './tree-fields.ts';
import type { Expression, Query, Relation } from './tree.ts';

/** The nearest nodes below a node, in the order in which SQL writes them. */
export function children(node: TreeNode): readonly TreeNode[] {
  const found: TreeNode[] = [];
  gather(node, node.kind, found);
  return found;
}

/**
 * Calls `enter` with a node and everything below it, each before what it holds. Where `enter` returns false
 * what the node holds is left out. Not recursive: a tree of any depth is fine.
 */
export function visit(root: TreeNode, enter: (node: TreeNode) => boolean | void): void {
  const waiting: TreeNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (enter(node) !== false) for (const child of children(node).toReversed()) waiting.push(child);
  }
}

/** A node and everything below it, each before what it holds. */
export function nodesOf(root: TreeNode): readonly TreeNode[] {
  const found: TreeNode[] = [];
  visit(root, (node) => void found.push(node));
  return found;
}

/**
 * A tree with each of its nodes replaced by what `change` makes of it. `change` is given a node whose own
 * nodes have been replaced already, and returns one that may stand in its place: a query for a query, a
 * relation for a relation, an expression for an expression. What is not changed is shared with the tree given.
 */
export function mapTree<N extends Query | Relation | Expression>(
  root: N,
  change: (node: TreeNode) => TreeNode,
): N {
  const made = new Map<TreeNode, TreeNode>();
  for (const node of nodesOf(root).toReversed()) {
    made.set(node, change(rebuilt(node, node.kind, made) as TreeNode));
  }
  return made.get(root) as N;
}

type Fields = { readonly [field: string]: unknown };

function gather(part: object, name: PartName, found: TreeNode[]): void {
  for (const [field, held] of FIELD_LISTS[name]) {
    eachOf((part as Fields)[field], (value) => {
      if (held === 'node') found.push(value as TreeNode);
      else gather(value, held, found);
    });
  }
}

/** Goes through lists of lists and leaves out null. */
function eachOf(value: unknown, use: (value: object) => void): void {
  if (Array.isArray(value)) for (const item of value) eachOf(item, use);
  else if (value !== null) use(value as object);
}

/** The part itself where nothing in it was replaced by something else. */
function rebuilt(part: object, name: PartName, made: ReadonlyMap<TreeNode, TreeNode>): object {
  const changed: Record<string, unknown> = {};
  for (const [field, held] of FIELD_LISTS[name]) {
    const before = (part as Fields)[field];
    const after = replaced(before, held, made);
    if (after !== before) changed[field] = after;
  }
  return Object.keys(changed).length === 0 ? part : { ...part, ...changed };
}

function replaced(value: unknown, held: PartName | 'node', made: ReadonlyMap<TreeNode, TreeNode>): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const after = value.map((item) => replaced(item, held, made));
    return after.some((item, at) => item !== value[at]) ? after : value;
  }
  return held === 'node' ? made.get(value as TreeNode) : rebuilt(value as object, held, made);
}

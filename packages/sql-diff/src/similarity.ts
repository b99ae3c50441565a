import { visit, type TreeIds, type TreeNode } from '@seeknal/sql-ast';

/** Nodes looked at on each side: enough to know two versions of one thing, whatever its size. */
const LOOKED_AT = 100;

/**
 * How much two pieces of SQL have in common, from 0 to 1: the share of subtrees that both hold, and of what
 * their nodes are, values and names aside. Looks at a hundred nodes of each at most.
 */
export function similarity(a: TreeNode, b: TreeNode, ids: TreeIds): number {
  const [inA, inB] = [features(a, ids), features(b, ids)];
  const counts = new Map<string, number>();
  for (const feature of inA) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  let common = 0;
  for (const feature of inB) {
    const left = counts.get(feature) ?? 0;
    if (left > 0) common += 1;
    counts.set(feature, left - 1);
  }
  return (2 * common) / (inA.length + inB.length);
}

function features(root: TreeNode, ids: TreeIds): readonly string[] {
  const found: string[] = [];
  visit(root, (node) => {
    if (found.length >= 2 * LOOKED_AT) return false;
    found.push(`#${ids(node)}`, sort(node));
  });
  return found;
}

/** What a node is, without what it is about. */
function sort(node: TreeNode): string {
  if (node.kind === 'call') return `${node.name}()`;
  return node.kind === 'operation' ? node.operator : node.kind;
}

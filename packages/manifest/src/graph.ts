import type { NodeId } from './node.ts';

/** Any value with an id and the ids it reads: enough of a node to order it. */
export interface GraphNode {
  readonly id: NodeId;
  readonly inputs: readonly NodeId[];
}

/** Who reads whom, both ways. Ids that no node has are left out. */
export interface Graph {
  /** Every id after everything it reads; among equals, alphabetical. */
  readonly order: readonly NodeId[];
  readonly parents: ReadonlyMap<NodeId, readonly NodeId[]>;
  readonly children: ReadonlyMap<NodeId, readonly NodeId[]>;
}

/**
 * Orders nodes so that each stands after its inputs, the smallest id first where several could stand.
 * Nodes on a cycle, and those below one, are missing from `order`; `findCycle` names them. O((n + e) log n).
 */
export function graph(nodes: readonly GraphNode[]): Graph {
  const known = new Set(nodes.map(({ id }) => id));
  const parents = new Map<NodeId, readonly NodeId[]>();
  const children = new Map<NodeId, NodeId[]>(nodes.map(({ id }) => [id, []]));
  for (const { id, inputs } of nodes) {
    const distinct = [...new Set(inputs)].filter((input) => known.has(input));
    parents.set(id, distinct);
    for (const input of distinct) children.get(input)?.push(id);
  }
  return { order: topologicalOrder(parents, children), parents, children };
}

function topologicalOrder(
  parents: ReadonlyMap<NodeId, readonly NodeId[]>,
  children: ReadonlyMap<NodeId, readonly NodeId[]>,
): readonly NodeId[] {
  const waitingFor = new Map([...parents].map(([id, inputs]) => [id, inputs.length]));
  const order: NodeId[] = [];
  // Level by level: within one level every node could stand first, so the alphabet decides.
  let level = [...waitingFor].filter(([, count]) => count === 0).map(([id]) => id);
  while (level.length > 0) {
    const next: NodeId[] = [];
    for (const id of level.toSorted()) {
      order.push(id);
      for (const child of children.get(id) as readonly NodeId[]) {
        const left = (waitingFor.get(child) as number) - 1;
        waitingFor.set(child, left);
        if (left === 0) next.push(child);
      }
    }
    level = next;
  }
  return order;
}

/** The ids given and everything they read, directly or not. */
export const withAncestors = (of: Graph, ids: Iterable<NodeId>): ReadonlySet<NodeId> =>
  reach(of.parents, ids);

/** The ids given and everything that reads them, directly or not. */
export const withDescendants = (of: Graph, ids: Iterable<NodeId>): ReadonlySet<NodeId> =>
  reach(of.children, ids);

function reach(edges: ReadonlyMap<NodeId, readonly NodeId[]>, ids: Iterable<NodeId>): ReadonlySet<NodeId> {
  const reached = new Set(ids);
  // A set grows while it is walked, so this visits what it adds.
  for (const id of reached) for (const next of edges.get(id) ?? []) reached.add(next);
  return reached;
}

/**
 * One cycle among the nodes, as the ids along it with the first repeated at the end (`a, b, a`), or null.
 * Not recursive: a chain of any length is fine.
 */
export function findCycle(nodes: readonly GraphNode[]): readonly NodeId[] | null {
  const { order, parents } = graph(nodes);
  const ordered = new Set(order);
  const start = nodes.find(({ id }) => !ordered.has(id));
  if (start === undefined) return null;
  // Every unordered node has an unordered parent, so walking up must meet itself.
  const path: NodeId[] = [];
  const seen = new Set<NodeId>();
  let id = start.id;
  while (!seen.has(id)) {
    seen.add(id);
    path.push(id);
    id = (parents.get(id) as readonly NodeId[]).find((parent) => !ordered.has(parent)) as NodeId;
  }
  return [...path.slice(path.indexOf(id)), id].toReversed();
}

import { manifestGraph } from './assemble.ts';
import { compareNodes } from './compare-nodes.ts';
import type { Manifest } from './manifest.ts';
import { worse, type ChangeCategory, type NodeChange } from './node-change.ts';
import type { ManifestNode, NodeId } from './node.ts';
import { renamesFrom, withNamesOf } from './renames.ts';
import type { SqlClassifier } from './sql-change.ts';

/** The nodes that are to be built anew, and why each. */
export type RebuildMap = { readonly [node: NodeId]: ChangeCategory };

export type CategorizedChanges = { readonly [C in ChangeCategory]: readonly NodeChange[] };

/** How two manifests differ, node by node. */
export class ManifestDiff {
  /** What was done to nodes themselves: removed ones first, then the others in topological order. */
  readonly changes: readonly NodeChange[];
  readonly #now: Manifest;

  private constructor(changes: readonly NodeChange[], now: Manifest) {
    this.changes = changes;
    this.#now = now;
  }

  /**
   * Compares two manifests. A node with an equal definition is not looked into any further; one with other SQL
   * is what `classify` says of it, and BREAKING where nobody says anything. A node that says what it was called
   * is compared with that one, and its readers with what they read then.
   */
  static compare(old: Manifest, now: Manifest, classify: SqlClassifier = () => null): ManifestDiff {
    const renames = renamesFrom(Object.keys(old.nodes), now);
    const { nodes } = withNamesOf(old, now);
    const removed = Object.values(nodes).filter(({ id }) => !(id in now.nodes));
    const kept = Object.values(now.nodes).flatMap((node) => {
      const before = nodes[node.id];
      if (before === undefined) return added(node);
      const change = compareNodes(before, node, classify);
      const former = renames.get(node.id);
      return former === undefined ? (change ?? []) : renamed(node, former, change);
    });
    return new ManifestDiff([...removed.map(gone), ...kept], now);
  }

  hasChanges(): boolean {
    return this.changes.length > 0;
  }

  /**
   * The nodes whose rows are to be made anew: those that changed, metadata aside, and everything that reads
   * them, directly or not, each with the most serious category on the way to it. A removed node is none of
   * them; what still reads it is.
   *
   * @param manifest Default: the newer of the two.
   */
  getNodesToRebuild(manifest: Manifest = this.#now): RebuildMap {
    const { order, parents } = manifestGraph(manifest);
    const found = new Map<NodeId, ChangeCategory>();
    for (const { node, category } of this.changes) if (category !== 'METADATA') found.set(node, category);
    const rebuilt: Record<NodeId, ChangeCategory> = {};
    for (const node of order) {
      const causes = [node, ...(parents.get(node) as readonly NodeId[])].flatMap((id) => found.get(id) ?? []);
      if (causes.length === 0) continue;
      const category = causes.reduce(worse);
      found.set(node, category);
      rebuilt[node] = category;
    }
    return rebuilt;
  }

  /** What was done to nodes themselves, by category. */
  getCategorizedChanges(): CategorizedChanges {
    const of = (category: ChangeCategory): readonly NodeChange[] =>
      this.changes.filter((change) => change.category === category);
    return { BREAKING: of('BREAKING'), NON_BREAKING: of('NON_BREAKING'), METADATA: of('METADATA') };
  }
}

/** Nobody reads a new node yet, except nodes that change for it. */
const added = ({ id }: ManifestNode): NodeChange => {
  const sentence = 'The node is new.';
  return {
    node: id,
    category: 'NON_BREAKING',
    types: ['NODE_ADDED'],
    details: [{ type: 'NODE_ADDED', subject: null, sentence }],
    reason: sentence,
  };
};

/** The name decides no row: the category is that of whatever else was done. */
function renamed({ id }: ManifestNode, former: NodeId, change: NodeChange | null): NodeChange {
  const sentence = `It was called ${former}.`;
  return {
    node: id,
    renamedFrom: former,
    category: change?.category ?? 'METADATA',
    types: ['NODE_RENAMED', ...(change?.types ?? [])],
    details: [{ type: 'NODE_RENAMED', subject: former, sentence }, ...(change?.details ?? [])],
    reason: change === null ? sentence : `${sentence} ${change.reason}`,
  };
}

const gone = ({ id }: ManifestNode): NodeChange => {
  const sentence = 'The node is gone.';
  return {
    node: id,
    category: 'BREAKING',
    types: ['NODE_REMOVED'],
    details: [{ type: 'NODE_REMOVED', subject: null, sentence }],
    reason: sentence,
  };
};

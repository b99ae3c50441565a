import { manifestGraph, nearest, withDescendants, type Manifest, type NodeId } from '@seeknal/manifest';
import { proofKey, type ResolvedNode, type SaidCategory, type StateView } from '@seeknal/plan';

import { SdkError } from './errors.ts';
import type { PlanOptions } from './situation.ts';

export type { SaidCategory };

/**
 * What was said of changes, by node. A name may go without its kind where only one node has it.
 *
 * @throws {SdkError} `SDK_NODE_UNKNOWN`, `SDK_CATEGORY_INVALID`.
 */
export function saidCategories(
  { categories = {} }: Pick<PlanOptions, 'categories'>,
  { nodes }: Manifest,
): ReadonlyMap<NodeId, SaidCategory> {
  const ids = Object.keys(nodes);
  const hasOwnRows = (id: NodeId): boolean => {
    const spec = nodes[id]?.spec;
    return spec?.kind === 'transform' && spec.mode !== 'view';
  };
  return new Map(
    Object.entries(categories).map(([name, category]) => {
      const found = ids.filter((id) => id === name || id.slice(id.indexOf('.') + 1) === name);
      const [id] = found;
      if (id === undefined) throw SdkError.notInProject(name, nearest(name, ids));
      if (found.length > 1) throw SdkError.nodeAmbiguous(name, found);
      if (!isSayable(category)) throw SdkError.categoryInvalid(id, String(category));
      if (category === 'NON_BREAKING' && !hasOwnRows(id)) throw SdkError.nothingToCompare(id);
      return [id, category];
    }),
  );
}

const isSayable = (category: unknown): category is SaidCategory =>
  category === 'BREAKING' || category === 'NON_BREAKING';

/** Nodes whose rows are said to be others, whatever is known of them. */
export const saidToBreak = (said: ReadonlyMap<NodeId, SaidCategory>): ReadonlySet<NodeId> =>
  new Set([...said].flatMap(([id, category]) => (category === 'BREAKING' ? [id] : [])));

/** The state without what was proved of these nodes as they are now, and of all that reads them. */
export function withoutProofs(
  view: StateView,
  manifest: Manifest,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  nodes: ReadonlySet<NodeId>,
): StateView {
  const reached = withDescendants(manifestGraph(manifest), nodes);
  const keys = new Set(
    [...resolved].flatMap(([id, { node, identity, snapshot }]) =>
      reached.has(id) ? [identity, proofKey(node, identity, snapshot.id)] : [],
    ),
  );
  const proofs = Object.entries(view.proofs).filter(([key]) => !keys.has(key));
  return { ...view, proofs: Object.fromEntries(proofs) };
}

import type { View } from '@seeknal/engine';
import { inputsOf, type NodeId } from '@seeknal/manifest';
import type { ExecutionContext } from '@seeknal/orchestrator-adapter';
import { hasTable, type Pointer, type ResolvedNode, type StateView } from '@seeknal/plan';

/** What the views of one manifest are made from. */
export type ViewContext = Pick<ExecutionContext, 'resolved' | 'render' | 'loaded'>;

/**
 * The views an environment shows under these pointers, inputs first. What has no table is made again from the
 * manifest that its pointer comes from; where none has it, the view that is there stays.
 *
 * @param contexts The manifest that is applied first; the others are asked for only when it lacks a node.
 */
export async function viewsOf(
  pointers: { readonly [node: NodeId]: Pointer },
  state: StateView,
  first: ViewContext,
  others: () => Promise<readonly ViewContext[]> = () => Promise.resolve([]),
): Promise<readonly View[]> {
  const views: View[] = [];
  let further: readonly ViewContext[] | undefined;
  const inOrder = [
    ...first.resolved.keys(),
    ...Object.keys(pointers).filter((id) => !first.resolved.has(id)),
  ];
  for (const node of inOrder) {
    const snapshot = pointers[node]?.snapshot;
    if (snapshot === undefined) continue;
    const materialization = (state.snapshots[snapshot] ?? first.resolved.get(node)?.snapshot)
      ?.materialization;
    if (materialization === undefined) continue;
    if (hasTable(materialization)) {
      views.push({ node, snapshot, from: 'table' });
    } else if (materialization === 'source' || materialization === 'view') {
      let own = await viewOf(node, snapshot, first);
      if (own === null) {
        further ??= await others();
        for (const context of further) own ??= await viewOf(node, snapshot, context);
      }
      views.push(own ?? { node, snapshot, from: 'kept' });
    }
  }
  return views;
}

/** Null when the manifest means another snapshot by that node. */
async function viewOf(
  node: NodeId,
  snapshot: string,
  { resolved, render, loaded }: ViewContext,
): Promise<View | null> {
  const of: ResolvedNode | undefined = resolved.get(node);
  if (of?.snapshot.id !== snapshot) return null;
  const { spec } = of.node;
  const file = loaded.get(node)?.file;
  if (spec.kind === 'source' && file !== undefined) return { node, snapshot, from: 'file', file };
  if (spec.kind !== 'transform') return null;
  const { sql } = await render(node, spec.sql, null);
  const places = Object.fromEntries(inputsOf(spec).map(({ place, ref }) => [place, ref]));
  return { node, snapshot, from: 'view', sql, places };
}

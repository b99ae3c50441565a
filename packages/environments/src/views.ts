import type { View } from '@seeknal/engine';
import { inputsOf, type NodeId } from '@seeknal/manifest';
import type { ExecutionContext } from '@seeknal/orchestrator-adapter';
import type { Pointer, StateView } from '@seeknal/plan';

/**
 * The views an environment shows under these pointers, inputs first. A pointer to a snapshot of an earlier
 * definition keeps the view that is there.
 */
export async function viewsOf(
  pointers: { readonly [node: NodeId]: Pointer },
  state: StateView,
  context: Pick<ExecutionContext, 'resolved' | 'render' | 'loaded'>,
): Promise<readonly View[]> {
  const views: View[] = [];
  const inOrder = [
    ...context.resolved.keys(),
    ...Object.keys(pointers).filter((id) => !context.resolved.has(id)),
  ];
  for (const node of inOrder) {
    const snapshot = pointers[node]?.snapshot;
    if (snapshot === undefined) continue;
    const resolved = context.resolved.get(node);
    const materialization = (state.snapshots[snapshot] ?? resolved?.snapshot)?.materialization;
    if (materialization === 'full' || materialization === 'incremental_by_time') {
      views.push({ node, snapshot, from: 'table' });
    } else if (materialization === 'source' || materialization === 'view') {
      const spec = resolved?.snapshot.id === snapshot ? resolved.node.spec : undefined;
      const file = context.loaded.get(node)?.file;
      if (spec?.kind === 'source' && file !== undefined) {
        views.push({ node, snapshot, from: 'file', file });
      } else if (spec?.kind === 'transform') {
        const { sql } = await context.render(node, spec.sql, null);
        const places = Object.fromEntries(inputsOf(spec).map(({ place, ref }) => [place, ref]));
        views.push({ node, snapshot, from: 'view', sql, places });
      } else {
        views.push({ node, snapshot, from: 'kept' });
      }
    }
  }
  return views;
}

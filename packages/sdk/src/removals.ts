import { downstreamOf, type Removal } from '@seeknal/lineage';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';

import type { SqlDifference } from './project-diff.ts';
import { projectLineage } from './project-lineage.ts';

/** Who still reads, in the project as it is now, columns that changes of SQL take away; only where somebody does. */
export async function removals(
  sql: readonly Pick<SqlDifference, 'node' | 'classification'>[],
  now: Manifest,
  view: StateView,
  target: string,
): Promise<readonly Removal[]> {
  const removed = new Map(
    sql.flatMap(({ node, classification }) => {
      const columns = classification?.impact.removed ?? [];
      return columns.length === 0 ? [] : [[node, columns] as const];
    }),
  );
  if (removed.size === 0) return [];
  const { nodes } = await projectLineage(now, view, target);
  // As if they were still there, so that those who name them are found.
  const columns = new Map<NodeId, readonly string[]>();
  for (const [node, gone] of removed) {
    const names = nodes.get(node)?.columns.map(({ name }) => name) ?? [];
    if (!names.includes('*')) columns.set(node, [...names, ...gone]);
  }
  const lineage = await projectLineage(now, view, target, { columns });
  return [...removed]
    .map(([node, gone]) => downstreamOf(lineage, node, gone))
    .filter(({ breaks }) => breaks.length > 0);
}

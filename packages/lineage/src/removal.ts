import type { NodeId } from '@seeknal/manifest';

import type { ManifestLineage } from './manifest-lineage.ts';

/** What stops working when columns of a node go away. */
export interface Removal {
  readonly node: NodeId;
  readonly columns: readonly string[];
  /** Columns of nodes, and whole nodes whose rows or checks read what goes away; in topological order. */
  readonly breaks: readonly string[];
  /** ``removes `amount`: breaks transform.daily.revenue, exposure.board`` */
  readonly text: string;
}

/**
 * What reads the columns of a node, over any number of nodes: to be asked of the lineage as it was before the
 * change. A column that a star passes on goes away below, too.
 *
 * @throws {LineageError} `LINEAGE_NODE_UNKNOWN`, `LINEAGE_COLUMN_UNKNOWN`.
 */
export function downstreamOf(lineage: ManifestLineage, node: NodeId, columns: readonly string[]): Removal {
  const found = columns.flatMap((column) => lineage.downstream(node, column));
  const breaks: string[] = [];
  for (const [id, { kind }] of lineage.nodes) {
    const here = found.filter((each) => each.node === id);
    if (here.length === 0) continue;
    const isWhole = kind === 'exposure' || here.some(({ rows }) => rows);
    const names = [...new Set(here.flatMap((each) => each.columns))];
    // Where columns are listed, what else may come through a star says nothing more.
    const listed = names.filter((name) => name !== '*');
    breaks.push(...(isWhole || listed.length === 0 ? [id] : listed.map((name) => `${id}.${name}`)));
  }
  const removed = columns.map((column) => `\`${column}\``).join(', ');
  const text =
    breaks.length === 0
      ? `removes ${removed}: nobody reads it`
      : `removes ${removed}: breaks ${breaks.join(', ')}`;
  return { node, columns, breaks, text };
}

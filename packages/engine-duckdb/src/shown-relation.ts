import { EngineError, type ShownNode } from '@seeknal/engine';
import type { Column, NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { describe } from './columns.ts';
import type { Layout } from './layout.ts';
import type { Session } from './session.ts';
import { shownRows } from './shown-rows.ts';
import { requireTable } from './shown-table.ts';
import { quotePath, quoteText } from './sql-text.ts';

/** Rows as readers see them, to stand behind FROM. */
export interface ShownRelation {
  readonly node: NodeId;
  readonly columns: readonly Column[];
  readonly rows: string;
}

/**
 * What readers see of a snapshot, or of a node in an environment.
 *
 * @throws {EngineError} `ENGINE_INPUT_MISSING` when nothing of it was published, or nothing is shown.
 */
export async function shownRelation(
  session: Session,
  layout: Layout,
  of: SnapshotId | ShownNode,
): Promise<ShownRelation> {
  if (typeof of === 'string') {
    const table = await requireTable(session, layout, of);
    const { node, columns, relation } = table;
    return { node, columns, rows: `(${shownRows(relation, table, null)})` };
  }
  const { environment, node } = of;
  const where = `env = ${quoteText(environment)} AND node = ${quoteText(node)}`;
  const [view] = await session.rows(`SELECT schema, name FROM ${layout.own('views')} WHERE ${where}`);
  if (view === undefined) {
    throw new EngineError('ENGINE_INPUT_MISSING', `${environment} shows no rows of ${node}.`);
  }
  const rows = quotePath(layout.catalog, ...view.map(String));
  return { node, columns: await describe(session, `FROM ${rows}`, { prefix: `${node}: ` }), rows };
}

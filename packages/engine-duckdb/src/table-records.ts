import type { Column, NodeId, UpsertKeys } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import type { Layout } from './layout.ts';
import { nodeName } from './node-name.ts';
import type { Scalar, Session } from './session.ts';
import { quoteText } from './sql-text.ts';

/** What the warehouse knows of a snapshot. */
export interface TableRecord {
  readonly snapshot: SnapshotId;
  readonly tableId: number;
  readonly node: NodeId;
  /** The physical table in `_data`; null: the snapshot keeps no rows, or none were published yet. */
  readonly name: string | null;
  readonly seq: number;
  readonly timeColumn: string | null;
  /** Whether rows carry the hidden key. */
  readonly hasHiddenKey: boolean;
  /** Visible columns. */
  readonly columns: readonly Column[];
  /** That of the newest publish. */
  readonly digest: string;
  /** How the rows to be shown are told from those they replaced; null: all are. */
  readonly upsert: UpsertKeys | null;
}

/** What `recordOf` reads, in its order. */
export const RECORD_COLUMNS =
  'snapshot, table_id, node, name, seq, time_column, hidden_key, columns, digest, upsert';

/** The records of these snapshots; one that the warehouse has not seen is missing. */
export async function tableRecords(
  session: Session,
  { own }: Layout,
  snapshots: readonly SnapshotId[],
): Promise<ReadonlyMap<SnapshotId, TableRecord>> {
  if (snapshots.length === 0) return new Map();
  const rows = await session.rows(
    `SELECT ${RECORD_COLUMNS} FROM ${own('tables')} WHERE snapshot IN (${snapshots.map(quoteText).join(', ')})`,
  );
  return new Map(rows.map(recordOf).map((record) => [record.snapshot, record]));
}

/** One row of `RECORD_COLUMNS`. */
export function recordOf(row: readonly Scalar[]): TableRecord {
  const [snapshot, tableId, node, name, seq, timeColumn, hiddenKey, columns, digest, upsert] = row;
  return {
    snapshot: String(snapshot),
    tableId: Number(tableId),
    node: String(node),
    name: name === null || name === undefined ? null : String(name),
    seq: Number(seq),
    timeColumn: timeColumn === null || timeColumn === undefined ? null : String(timeColumn),
    hasHiddenKey: hiddenKey === true,
    columns: JSON.parse(String(columns)) as readonly Column[],
    digest: String(digest),
    upsert: upsert === null || upsert === undefined ? null : (JSON.parse(String(upsert)) as UpsertKeys),
  };
}

/** A name for a snapshot's table that people can read: `transform__orders__0123456789`. */
export function physicalName(node: NodeId, snapshot: SnapshotId): string {
  const { kind, name } = nodeName(node);
  return `${kind}__${name}__${snapshot.replaceAll(/\W/g, '').slice(0, 10)}`;
}

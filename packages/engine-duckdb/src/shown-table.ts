import { EngineError } from '@seeknal/engine';
import type { SnapshotId } from '@seeknal/plan';

import type { Layout } from './layout.ts';
import type { Session } from './session.ts';
import { tableRecords, type TableRecord } from './table-records.ts';

/** A table with rows, and where it is. */
export interface ShownTable extends TableRecord {
  /** By full name. */
  readonly relation: string;
}

/** @throws {EngineError} `ENGINE_INPUT_MISSING` when nothing of the snapshot was published. */
export async function requireTable(
  session: Session,
  layout: Layout,
  snapshot: SnapshotId,
): Promise<ShownTable> {
  const record = (await tableRecords(session, layout, [snapshot])).get(snapshot);
  if (record !== undefined && record.name !== null) return { ...record, relation: layout.data(record.name) };
  throw new EngineError(
    'ENGINE_INPUT_MISSING',
    `The snapshot ${snapshot}${record === undefined ? '' : ` of ${record.node}`} has no table: nothing of it was published.`,
  );
}

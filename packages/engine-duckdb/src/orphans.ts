import type { SnapshotId } from '@seeknal/plan';

import type { Layout } from './layout.ts';
import type { Session } from './session.ts';

/** Snapshots that the warehouse has something of and that are not among those given. */
export async function readOrphans(
  session: Session,
  { own }: Layout,
  known: readonly SnapshotId[],
): Promise<readonly SnapshotId[]> {
  const tables = ['tables', 'commits', 'source_days'].map((name) => `SELECT snapshot FROM ${own(name)}`);
  const rows = await session.rows(`${tables.join(' UNION ')} ORDER BY snapshot`);
  const kept = new Set(known);
  return rows.map(([snapshot]) => String(snapshot)).filter((snapshot) => !kept.has(snapshot));
}

import type { NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';
import { physicalName } from './table-records.ts';
import type { Warehouse } from './warehouse.ts';

/** The physical name of a new table: two snapshots whose ids begin alike must not share one. */
export async function freeName(
  session: Session,
  { layout }: Warehouse,
  node: NodeId,
  snapshot: SnapshotId,
): Promise<string> {
  const short = physicalName(node, snapshot);
  const long = `${short}_${snapshot.replaceAll(/\W/g, '').slice(10)}`;
  const rows = await session.rows(
    `SELECT lower(name) FROM ${layout.own('tables')} WHERE starts_with(lower(name), lower(${quoteText(short)}))`,
  );
  const taken = new Set(rows.map(([name]) => String(name)));
  let name = taken.has(short.toLowerCase()) ? long : short;
  // Ids that differ only in what a name leaves out.
  for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${long}_${n}`;
  return name;
}

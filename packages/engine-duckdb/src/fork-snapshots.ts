import type { Fork } from '@seeknal/engine';
import type { SnapshotId } from '@seeknal/plan';

import { freeName } from './free-name.ts';
import type { Session } from './session.ts';
import { literal, quoteText } from './sql-text.ts';
import { tableRecords, type TableRecord } from './table-records.ts';
import { retryConflicts, type Warehouse } from './warehouse.ts';

/** Copies tables, ledger rows and what is known of a source's days; see the contract. */
export async function forkSnapshots(
  session: Session,
  warehouse: Warehouse,
  copies: readonly Fork[],
): Promise<readonly SnapshotId[]> {
  if (copies.length === 0) return [];
  const ids = copies.flatMap(({ from, to }) => [from, to]);
  return retryConflicts(() =>
    session.transaction(async () => {
      const records = await tableRecords(session, warehouse.layout, ids);
      const made: SnapshotId[] = [];
      for (const { from, to } of copies) {
        const original = records.get(from);
        if (original === undefined || records.has(to) || made.includes(to)) continue;
        await copy(session, warehouse, original, to, copies);
        made.push(to);
      }
      return made;
    }),
  );
}

async function copy(
  session: Session,
  warehouse: Warehouse,
  original: TableRecord,
  to: SnapshotId,
  copies: readonly Fork[],
): Promise<void> {
  const { layout, clock } = warehouse;
  const { own, data } = layout;
  const of = `snapshot = ${quoteText(original.snapshot)}`;
  const name = original.name === null ? null : await freeName(session, warehouse, original.node, to);
  if (original.name !== null && name !== null) {
    await session.run(`CREATE TABLE ${data(name)} AS FROM ${data(original.name)}`);
  }
  const [tableId] = await session.row(`SELECT nextval(${quoteText(own('table_ids'))})::VARCHAR`);
  const as = `${quoteText(to)} AS snapshot, ${String(tableId)} AS table_id`;
  await session.run(
    `INSERT INTO ${own('tables')} SELECT * REPLACE (${as}, ${literal(name)} AS name, ${clock()} AS created_at) FROM ${own('tables')} WHERE ${of}`,
  );
  const seen = await renamedReads(session, warehouse, of, copies);
  await session.run(
    `INSERT INTO ${own('commits')} SELECT * REPLACE (${as}, ${seen} AS seen) FROM ${own('commits')} WHERE ${of} ORDER BY seq`,
  );
  await session.run(
    `INSERT INTO ${own('source_days')} SELECT * REPLACE (${quoteText(to)} AS snapshot) FROM ${own('source_days')} WHERE ${of}`,
  );
}

/** `seen` with the ids of originals replaced by those of their copies: its values are numbers, so a key is found by its text. */
async function renamedReads(
  session: Session,
  { layout }: Warehouse,
  of: string,
  copies: readonly Fork[],
): Promise<string> {
  const rows = await session.rows(
    `SELECT DISTINCT unnest(json_keys(seen)) FROM ${layout.own('commits')} WHERE ${of}`,
  );
  const read = new Set(rows.map(([id]) => String(id)));
  return copies
    .filter(({ from }) => read.has(from))
    .reduce((text, { from, to }) => `replace(${text}, ${keyText(from)}, ${keyText(to)})`, 'seen');
}

const keyText = (id: SnapshotId): string => quoteText(`${JSON.stringify(id)}:`);

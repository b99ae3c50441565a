import { EngineError } from '@seeknal/engine';
import type { SnapshotId } from '@seeknal/plan';

import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';
import { tableRecords } from './table-records.ts';
import { retryConflicts, type Warehouse } from './warehouse.ts';

/**
 * Drops tables and ledger rows, all in one transaction; snapshots the warehouse does not know are passed over.
 *
 * @throws {EngineError} `ENGINE_SWITCH_REFUSED` while a view of an environment still shows one of them.
 */
export async function dropSnapshots(
  session: Session,
  { layout }: Warehouse,
  snapshots: readonly SnapshotId[],
): Promise<void> {
  if (snapshots.length === 0) return;
  const where = `snapshot IN (${snapshots.map(quoteText).join(', ')})`;
  await retryConflicts(() =>
    session.transaction(async () => {
      const [view] = await session.rows(
        `SELECT env, node FROM ${layout.own('views')} WHERE ${where} LIMIT 1`,
      );
      if (view !== undefined) {
        throw new EngineError(
          'ENGINE_SWITCH_REFUSED',
          `${String(view[1])} is still shown in ${String(view[0])}; its table was not dropped.`,
          {
            hint: 'Switch the views of that environment first.',
          },
        );
      }
      for (const { name } of (await tableRecords(session, layout, snapshots)).values()) {
        if (name !== null) await session.run(`DROP TABLE IF EXISTS ${layout.data(name)}`);
      }
      for (const table of ['commits', 'source_days', 'tables'])
        await session.run(`DELETE FROM ${layout.own(table)} WHERE ${where}`);
    }),
  );
}

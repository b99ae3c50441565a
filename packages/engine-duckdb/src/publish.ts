import { EngineError, type Commit, type Work } from '@seeknal/engine';
import type { Interval } from '@seeknal/intervals';
import type { JsonObject } from '@seeknal/manifest';
import { isByInterval } from '@seeknal/plan';

import { writeCommit } from './ledger.ts';
import type { Session } from './session.ts';
import { jsonText, literal, quoteName, quoteText } from './sql-text.ts';
import type { Staged } from './stage.ts';
import { RECORD_COLUMNS, recordOf, type TableRecord } from './table-records.ts';
import { retryConflicts, type Warehouse } from './warehouse.ts';

/** What replacing the rows came to. */
export interface Replaced {
  readonly changed: readonly Interval[];
  /** The physical table the snapshot has now; null: none. */
  readonly name: string | null;
  readonly hasHiddenKey: boolean;
  readonly version: JsonObject | null;
}

/** What `replace` may lean on. */
export interface Target {
  /** As it was before this publish, but for `seq`, which is this publish's own. */
  readonly record: TableRecord;
  /** Whether the ledger holds a range that overlaps this one. */
  readonly isRepeated: boolean;
}

/** Whether nothing of the snapshot was ever published. */
export const isFirst = ({ record }: Target): boolean => record.seq === 1;

/**
 * One short transaction: takes the next `seq`, which makes publishes to one snapshot serial; refuses an
 * outdated task; replaces the rows; writes the ledger. A conflict repeats the publish, not the query.
 *
 * @throws {EngineError} `ENGINE_FENCED` when the ledger holds an overlapping range with a higher generation
 *   and fence; `ENGINE_CONFLICT` when conflicts do not end.
 */
export async function publish(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  staged: Omit<Staged, 'relation' | 'beside' | 'where' | 'time' | 'days'>,
  replace: (target: Target) => Promise<Replaced>,
): Promise<Commit> {
  const { layout } = warehouse;
  await warehouse.beforePublish?.();
  session.queue(`USE ${quoteName(layout.catalog)}`);
  return warehouse.publishing.with(work.snapshot, () =>
    retryConflicts(() =>
      session.transaction(async () => {
        const record = await claimSeq(session, warehouse, work);
        const isRepeated = await refuseFenced(session, warehouse, work);
        const replaced = await replace({ record, isRepeated });
        await updateRecord(session, warehouse, record, {
          ...record,
          name: replaced.name,
          hasHiddenKey: replaced.hasHiddenKey,
          timeColumn: work.timeColumn,
          columns: staged.columns,
          // Rows of a range are compared with the table itself; only what is compared as a whole needs it.
          digest: isByInterval(work.materialization) ? '' : staged.digest.text,
          upsert: work.upsert ?? null,
        });
        const commit: Commit = {
          snapshot: work.snapshot,
          node: work.node,
          tableId: record.tableId,
          range: work.range,
          generation: work.generation,
          fence: work.fence,
          seq: record.seq,
          run: work.run,
          task: work.task,
          rows: staged.digest.rows,
          dropped: staged.dropped,
          digest: staged.digest.text,
          changed: replaced.changed,
          seen: staged.seen,
          columns: staged.columns,
          checks: staged.checks,
          version: replaced.version,
          finishedAt: warehouse.clock(),
        };
        await writeCommit(session, layout, commit);
        return commit;
      }),
    ),
  );
}

/** Returns the record with its new `seq`, made if this is the snapshot's first. */
async function claimSeq(session: Session, { layout, clock }: Warehouse, work: Work): Promise<TableRecord> {
  const snapshot = quoteText(work.snapshot);
  const [claimed] = await session.rows(
    `UPDATE ${layout.own('tables')} SET seq = seq + 1 WHERE snapshot = ${snapshot} RETURNING ${RECORD_COLUMNS}`,
  );
  if (claimed !== undefined) return recordOf(claimed);
  const created = await session.row(
    `INSERT INTO ${layout.own('tables')} VALUES (
      ${snapshot}, nextval(${quoteText(layout.own('table_ids'))}), ${quoteText(work.node)}, NULL, 1, NULL, false, '[]', '', ${clock()}, NULL)
     RETURNING ${RECORD_COLUMNS}`,
  );
  return recordOf(created);
}

/** Returns whether an older line overlaps. */
async function refuseFenced(
  session: Session,
  { layout }: Warehouse,
  { node, snapshot, range, generation, fence }: Work,
): Promise<boolean> {
  const overlapping = `FROM ${layout.own('commits')}
     WHERE snapshot = ${quoteText(snapshot)} AND "start" < ${range.end} AND "end" > ${range.start}`;
  const isNewer = `(generation > ${generation} OR (generation = ${generation} AND fence > ${fence}))`;
  const [lines, newer] = await session.row(`SELECT count(*)::VARCHAR, bool_or${isNewer} ${overlapping}`);
  if (newer !== true) return Number(lines) > 0;
  // Only a refusal needs the line itself: sorting costs more than the rest of the question.
  const newest = await session.row(
    `SELECT generation, fence, run ${overlapping} ORDER BY generation DESC, fence DESC LIMIT 1`,
  );
  const [otherGeneration, otherFence] = newest.map(Number) as [number, number];
  throw new EngineError(
    'ENGINE_FENCED',
    `${node} was published by a newer claim (generation ${otherGeneration}, fence ${otherFence}, run ${String(newest[2])}); this one has generation ${generation}, fence ${fence}.`,
    { hint: 'Nothing is wrong with the data: another run was faster. Run again to see what is left.' },
  );
}

async function updateRecord(
  session: Session,
  { layout }: Warehouse,
  before: TableRecord,
  after: TableRecord,
): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await session.run(
    `UPDATE ${layout.own('tables')} SET name = ${literal(after.name)}, hidden_key = ${after.hasHiddenKey},
       time_column = ${literal(after.timeColumn)}, columns = ${jsonText(after.columns)}, digest = ${quoteText(after.digest)},
       upsert = ${after.upsert === null ? 'NULL' : jsonText(after.upsert)}
     WHERE snapshot = ${quoteText(after.snapshot)}`,
  );
}

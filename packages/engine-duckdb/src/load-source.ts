import { EngineError, type Commit, type Work } from '@seeknal/engine';
import type { Interval } from '@seeknal/intervals';
import { ALL_TIME } from '@seeknal/plan';

import { taskContext } from './checked-result.ts';
import { runChecks } from './checks.ts';
import { describe, sameShape, timeColumnOf } from './columns.ts';
import { dayDigestsOf, differingDays, digestOf, type DayDigests } from './digest.ts';
import { isFirst, publish, type Target } from './publish.ts';
import { changedAsAWhole } from './replace-rows.ts';
import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';
import { showAsThis, type Staged } from './stage.ts';
import type { TaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

/** Reads a file source: its columns, rows and digest, by day where it has a time column; keeps no rows. */
export async function loadSource(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Commit> {
  const entry = work.catalog.find(({ node, from }) => from === 'file' && node === work.node);
  if (entry === undefined || entry.from !== 'file') {
    throw new EngineError(
      'ENGINE_INPUT_MISSING',
      `${work.node} is to be loaded, but its file is not in the task.`,
    );
  }
  const { engineVersion } = warehouse;
  const relation = catalog.relationOf(work.node);
  const staged = await session.transaction(async () => {
    const context = taskContext(work, catalog);
    const columns = await describe(session, relation, context);
    const time =
      entry.file.timeColumn === null ? null : timeColumnOf(columns, entry.file.timeColumn, work.node);
    const digest = await digestOf(session, relation, columns, engineVersion, context);
    const days =
      time === null ? null : await dayDigestsOf(session, relation, columns, time, engineVersion, context);
    await showAsThis(session, relation);
    const checks = await runChecks(session, work.checks, columns, work.now, context);
    return { columns, digest, days, dropped: 0, seen: {}, checks };
  });
  return publish(session, warehouse, work, staged, async (target) => {
    const changed = await changedDays(session, warehouse, work, staged, target);
    await writeDays(session, warehouse, work, staged.days);
    return { changed, name: null, hasHiddenKey: false, version: work.version };
  });
}

async function changedDays(
  session: Session,
  { layout }: Warehouse,
  work: Work,
  staged: Pick<Staged, 'columns' | 'digest' | 'days'>,
  target: Target,
): Promise<readonly Interval[]> {
  if (isFirst(target) || staged.days === null || !sameShape(target.record.columns, staged.columns)) {
    return changedAsAWhole(staged, target);
  }
  const rows = await session.rows(
    `SELECT day, digest FROM ${layout.own('source_days')} WHERE snapshot = ${quoteText(work.snapshot)}`,
  );
  const before = new Map(
    rows.map(([day, digest]) => [Number(day) === NO_TIME ? null : Number(day), String(digest)]),
  );
  // Rows without a time belong to no day: a reader of any interval may have used them.
  if (before.get(null) !== staged.days.get(null)) return [ALL_TIME];
  return differingDays(before, staged.days, ALL_TIME);
}

/** Stands for the rows without a finite time. */
const NO_TIME = Number.MIN_SAFE_INTEGER;

async function writeDays(
  session: Session,
  { layout }: Warehouse,
  { snapshot }: Work,
  days: DayDigests | null,
): Promise<void> {
  await session.run(`DELETE FROM ${layout.own('source_days')} WHERE snapshot = ${quoteText(snapshot)}`);
  const rows = [...(days ?? [])].map(
    ([day, digest]) => `(${quoteText(snapshot)}, ${day ?? NO_TIME}, ${quoteText(digest)})`,
  );
  if (rows.length > 0)
    await session.run(`INSERT INTO ${layout.own('source_days')} VALUES ${rows.join(', ')}`);
}

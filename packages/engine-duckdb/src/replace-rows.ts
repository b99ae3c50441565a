import { EngineError, type Work } from '@seeknal/engine';
import type { Interval } from '@seeknal/intervals';
import type { Column } from '@seeknal/manifest';
import { ALL_TIME } from '@seeknal/plan';

import { columnDifferences, columnList, findColumn, sameShape } from './columns.ts';
import { dayDigestsOf, differingDays, digestOf } from './digest.ts';
import { freeName } from './free-name.ts';
import { HIDDEN_KEY } from './layout.ts';
import { isFirst, type Replaced, type Target } from './publish.ts';
import type { Session } from './session.ts';
import { quoteName, quoteText, withinText } from './sql-text.ts';
import type { Staged } from './stage.ts';
import { refreshViewsOf } from './views.ts';
import type { Warehouse } from './warehouse.ts';

/** Swaps the table beside for the target. */
export async function replaceFull(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  staged: Staged,
  target: Target,
): Promise<Replaced> {
  const { layout } = warehouse;
  const name = target.record.name ?? (await freeName(session, warehouse, work.node, work.snapshot));
  if (target.record.name !== null) session.queue(`DROP TABLE ${layout.data(name)}`);
  session.queue(`ALTER TABLE ${staged.relation} RENAME TO ${quoteName(name)}`);
  await refreshIfReshaped(session, warehouse, work, staged.columns, target, name);
  return { changed: changedAsAWhole(staged, target), name, hasHiddenKey: false, version: work.version };
}

/** `[ALL_TIME]` when rows or columns are others than at the commit before. */
export function changedAsAWhole(
  now: Pick<Staged, 'digest' | 'columns'>,
  target: Target,
): readonly Interval[] {
  if (isFirst(target)) return now.digest.rows > 0 ? [ALL_TIME] : [];
  const { digest, columns } = target.record;
  return digest === now.digest.text && sameShape(columns, now.columns) ? [] : [ALL_TIME];
}

/**
 * Deletes the rows of the range and inserts the new ones, by name. New rows with other columns fail, unless
 * the range covers everything the table ever held: then the table is made anew.
 */
export async function replaceRange(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  staged: Staged,
  target: Target,
): Promise<Replaced> {
  const { layout } = warehouse;
  const { record } = target;
  const differences = record.name === null ? [] : columnDifferences(record.columns, staged.columns);
  const isOther = differences.length > 0 && !(await coversAll(session, warehouse, work));
  const isNew = record.name === null || (differences.length > 0 && !isOther);
  if (isOther) await reshape(session, warehouse, work, staged.columns, record, differences);
  const name = record.name ?? (await freeName(session, warehouse, work.node, work.snapshot));
  const table = layout.data(name);
  const where =
    staged.time === null
      ? withinText(HIDDEN_KEY, 'TIMESTAMP', work.range)
      : withinText(staged.time.name, staged.time.type, work.range);
  const key = staged.time === null ? `, epoch_ms(${work.range.start}) AS ${HIDDEN_KEY}` : '';
  const rows = `SELECT ${columnList(staged.columns)}${key} FROM ${staged.relation} WHERE ${staged.where}`;
  if (isNew) {
    if (record.name !== null) await session.run(`DROP TABLE ${table}`);
    await session.run(`CREATE TABLE ${table} AS ${rows}`);
    await refreshIfReshaped(session, warehouse, work, staged.columns, target, name);
    const changed = isFirst(target) && staged.digest.rows === 0 ? [] : [work.range];
    return { changed, name, hasHiddenKey: staged.time === null, version: work.version };
  }
  let changed: readonly Interval[] = staged.digest.rows > 0 ? [work.range] : [];
  // Rows are only where the ledger has a range.
  if (target.isRepeated) {
    changed = await changedInRange(session, warehouse, work, staged, `${table} WHERE ${where}`);
    session.queue(`DELETE FROM ${table} WHERE ${where}`);
  }
  session.queue(`INSERT INTO ${table} BY NAME ${rows}`);
  await refreshIfReshaped(session, warehouse, work, staged.columns, target, name);
  return { changed, name, hasHiddenKey: staged.time === null, version: work.version };
}

/**
 * Gives a table that goes on the columns of its new rows.
 *
 * @throws {EngineError} `ENGINE_SCHEMA_CHANGED` for a table that does not go on, and for a column of another type.
 */
async function reshape(
  session: Session,
  { layout }: Warehouse,
  { node, reshapes }: Work,
  columns: readonly Column[],
  { name, columns: before }: Target['record'],
  differences: readonly string[],
): Promise<void> {
  const added = columns.filter((column) => findColumn(before, column.name) === undefined);
  const removed = before.filter((column) => findColumn(columns, column.name) === undefined);
  const isRetyped = differences.length > added.length + removed.length;
  if (reshapes !== true || isRetyped) {
    throw new EngineError(
      'ENGINE_SCHEMA_CHANGED',
      `The rows of ${node} no longer fit its table: ${differences.join('; ')}.`,
      {
        hint:
          reshapes === true
            ? 'Forward only, columns can come and go, and not change their type: cast to the type that it has, or build it anew without --forward-only.'
            : 'Name the columns in its SELECT: a changed definition is built into a table of its own, and this one stays until that is complete.',
      },
    );
  }
  const table = layout.data(name as string);
  for (const column of added) {
    await session.run(`ALTER TABLE ${table} ADD COLUMN ${quoteName(column.name)} ${column.type}`);
  }
  for (const column of removed)
    await session.run(`ALTER TABLE ${table} DROP COLUMN ${quoteName(column.name)}`);
}

/** By UTC day where the range is longer than one and rows have a time, else as a whole. */
async function changedInRange(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  staged: Staged,
  old: string,
): Promise<readonly Interval[]> {
  const { engineVersion } = warehouse;
  if (staged.days !== null && staged.time !== null) {
    const before = await dayDigestsOf(session, old, staged.columns, staged.time, engineVersion);
    return differingDays(before, staged.days, work.range);
  }
  const before = await digestOf(session, old, staged.columns, engineVersion);
  return before.text === staged.digest.text ? [] : [work.range];
}

/** Whether nothing of the table lies outside the task's range. */
async function coversAll(
  session: Session,
  { layout }: Warehouse,
  { snapshot, range }: Work,
): Promise<boolean> {
  const outside = await session.rows(
    `SELECT 1 FROM ${layout.own('commits')} WHERE snapshot = ${quoteText(snapshot)}
       AND ("start" < ${range.start} OR "end" > ${range.end}) LIMIT 1`,
  );
  return outside.length === 0;
}

/** Views name their columns: when those of the table change, the views follow in the same transaction. */
async function refreshIfReshaped(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  columns: readonly Column[],
  { record }: Target,
  name: string,
): Promise<void> {
  if (record.name === null || sameShape(record.columns, columns)) return;
  await refreshViewsOf(session, warehouse, work.snapshot, name, { columns, upsert: work.upsert ?? null });
}

import { randomBytes } from 'node:crypto';

import { EngineError, type CheckResult, type Work } from '@seeknal/engine';
import type { Column } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { authorContext, authorSql, prepare, type AuthorSql } from './author-sql.ts';
import { runChecks } from './checks.ts';
import { columnsOf, findColumn, timeColumnOf } from './columns.ts';
import {
  DAY_MS,
  dayDigestsOf,
  digest,
  digestOf,
  digestText,
  type DayDigests,
  type Digest,
} from './digest.ts';
import { HIDDEN_KEY, STAGE_MARK } from './layout.ts';
import { oneRowAKey } from './one-row-a-key.ts';
import type { Session } from './session.ts';
import { quoteName, withinText, type TimeType } from './sql-text.ts';
import { physicalName, tableRecords } from './table-records.ts';
import type { TaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

/** New rows, computed and checked, that nobody can see yet. */
export interface Staged {
  /** The table that holds the rows, by full name. */
  readonly relation: string;
  /** Which of them count: all but those dropped. */
  readonly where: string;
  /** The name in `_data` of a table beside the target; null: the rows are temporary, or there are none. */
  readonly beside: string | null;
  readonly columns: readonly Column[];
  readonly time: { readonly name: string; readonly type: TimeType } | null;
  readonly digest: Digest;
  /** For ranges longer than a day with a time column. */
  readonly days: DayDigests | null;
  readonly dropped: number;
  readonly seen: { readonly [id: SnapshotId]: number };
  readonly checks: readonly CheckResult[];
}

/** The session's own table of new rows, by full name. */
export const TEMPORARY = 'temp.main._seeknal_rows';

/**
 * Reads the inputs in one transaction and keeps the new rows of a `build`: in a temporary table for an
 * incremental node, in a table beside its target for a full one.
 */
export async function stageBuild(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Staged> {
  const sql = authorSql(work.sql ?? '', work.node);
  await prepare(session, sql, catalog);
  const beside =
    work.materialization === 'full'
      ? `${physicalName(work.node, work.snapshot)}${STAGE_MARK}${randomBytes(6).toString('hex')}`
      : null;
  const relation = beside === null ? TEMPORARY : warehouse.layout.data(beside);
  return session.transaction(async () => {
    const seen = await seenOf(session, warehouse, work);
    const { columns, time } = await newRows(session, work, sql, relation, catalog);
    const kept = await timeRule(session, work, relation, columns, time, warehouse.engineVersion);
    const rows = `${relation} WHERE ${kept.where}`;
    const isLong = work.range.end - work.range.start > DAY_MS;
    const days =
      work.materialization === 'full' || time === null || !isLong
        ? null
        : await dayDigestsOf(session, rows, columns, time, warehouse.engineVersion);
    if (work.checks.length > 0) await showAsThis(session, rows);
    const checks = await runChecks(session, work.checks, columns, work.now, { hiddenNames: [catalog.name] });
    return { relation, beside, columns, time, days, seen, checks, ...kept };
  });
}

/** Puts the rows of a `build` into a table that is not there yet: of an upsert, one a key. */
export async function newRows(
  session: Session,
  work: Work,
  sql: AuthorSql,
  relation: string,
  catalog: TaskCatalog,
): Promise<Pick<Staged, 'columns' | 'time'>> {
  const columns = await keepRows(session, sql, relation, catalog);
  if (findColumn(columns, HIDDEN_KEY) !== undefined) {
    throw new EngineError(
      'ENGINE_SQL',
      `${work.node} gives a column ${HIDDEN_KEY}, a name Seeknal keeps for itself.`,
    );
  }
  if (work.upsert !== undefined) await oneRowAKey(session, work.node, work.upsert, relation, columns);
  return {
    columns,
    time: work.timeColumn === null ? null : timeColumnOf(columns, work.timeColumn, work.node),
  };
}

/** Runs the author's SELECT into a table and tells its columns, in one trip. */
export async function keepRows(
  session: Session,
  { select }: AuthorSql,
  relation: string,
  catalog: TaskCatalog,
): Promise<readonly Column[]> {
  const prefix = `CREATE ${relation === TEMPORARY ? 'TEMP ' : ''}TABLE ${relation} AS\n`;
  const rows = await session.rows(
    `${prefix}${select.text}\n;DESCRIBE ${relation}`,
    authorContext(select, prefix, catalog),
  );
  return columnsOf(rows);
}

/**
 * What is inserted is exactly what the next replacement deletes: rows outside the range, or without a time,
 * fail the task or are left out and counted. One scan, which makes the digest too.
 */
export async function timeRule(
  session: Session,
  work: Work,
  relation: string,
  columns: readonly Column[],
  time: Staged['time'],
  version: string,
): Promise<Pick<Staged, 'where' | 'digest' | 'dropped'>> {
  if (work.materialization === 'full' || time === null) {
    return { where: 'true', digest: await digestOf(session, relation, columns, version), dropped: 0 };
  }
  if (time.type === 'DATE' && (work.range.start % DAY_MS !== 0 || work.range.end % DAY_MS !== 0)) {
    throw new EngineError(
      'ENGINE_TIME_COLUMN',
      `The time column ${time.name} of ${work.node} is a DATE, but its intervals do not begin and end at midnight UTC.`,
      { hint: 'Give the column as TIMESTAMP, or use a daily schedule in UTC.' },
    );
  }
  const where = withinText(time.name, time.type, work.range);
  const outside = `(${where}) IS NOT TRUE`;
  const name = quoteName(time.name);
  const [rows, sum, dropped, unknown, example] = await session.row(
    `SELECT ${digestText(columns, where)}, count(*) FILTER (${outside})::VARCHAR,
       count(*) FILTER (${name} IS NULL)::VARCHAR, min(CAST(${name} AS VARCHAR)) FILTER (${outside}) FROM ${relation}`,
  );
  const staged = { where, digest: digest(rows, sum, version), dropped: Number(dropped) };
  if (staged.dropped > 0 && work.outOfRange === 'fail') {
    throw outOfRange(
      work,
      time.name,
      staged.dropped,
      Number(unknown) === staged.dropped ? null : String(example),
    );
  }
  return staged;
}

function outOfRange(work: Work, column: string, count: number, example: string | null): EngineError {
  const range = `[${new Date(work.range.start).toISOString()}, ${new Date(work.range.end).toISOString()})`;
  const rows = count === 1 ? `1 row of ${work.node} lies` : `${count} rows of ${work.node} lie`;
  const found = example === null ? 'no time at all' : `for example ${example}`;
  return new EngineError('ENGINE_OUT_OF_RANGE', `${rows} outside ${range} by ${column}: ${found}.`, {
    hint: `Filter ${column} by start and end in the SQL, or set out_of_range: drop.`,
  });
}

/** `seq` of every snapshot in the catalogue, in the transaction that reads them; one never committed counts 0. */
export async function seenOf(
  session: Session,
  { layout }: Warehouse,
  work: Pick<Work, 'catalog' | 'snapshot'>,
): Promise<{ readonly [id: SnapshotId]: number }> {
  const snapshots = [...new Set(work.catalog.map(({ snapshot }) => snapshot))].filter(
    (id) => id !== work.snapshot,
  );
  const records = await tableRecords(session, layout, snapshots);
  return Object.fromEntries(snapshots.map((id) => [id, records.get(id)?.seq ?? 0]));
}

/** Makes a relation the `__THIS__` that checks see. */
export const showAsThis = (session: Session, relation: string): Promise<void> =>
  session.run(`CREATE TEMP VIEW "__THIS__" AS SELECT * FROM ${relation}`);

/**
 * What a `check` or an `export` is about: the only input, or what the author's SELECT makes of it, kept in a
 * temporary table. Inside the transaction that reads the inputs.
 */
export async function resultRelation(
  session: Session,
  work: Work,
  sql: AuthorSql | null,
  catalog: TaskCatalog,
): Promise<string> {
  if (sql === null) {
    if (catalog.onlyInput !== null) return catalog.onlyInput;
    throw new EngineError('ENGINE_SQL', `${work.node} has no SQL and not exactly one input.`);
  }
  await keepRows(session, sql, TEMPORARY, catalog);
  return TEMPORARY;
}

/** Runs what the author's SQL prepares, and returns its parts; null where there is none. */
export async function preparedSql(
  session: Session,
  work: Work,
  catalog: TaskCatalog,
): Promise<AuthorSql | null> {
  if (work.sql === null) return null;
  const sql = authorSql(work.sql, work.node);
  await prepare(session, sql, catalog);
  return sql;
}

import { EngineError, type RangeDigest } from '@seeknal/engine';
import type { Interval } from '@seeknal/intervals';
import type { Column } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { findColumn, nearestHint, timeColumnOf } from './columns.ts';
import { digest, digestText, isChosen } from './digest.ts';
import { HIDDEN_KEY } from './layout.ts';
import type { Session } from './session.ts';
import { shownRows } from './shown-rows.ts';
import { instantText, quoteName, withinText, type TimeType } from './sql-text.ts';
import { requireTable, type ShownTable } from './shown-table.ts';
import type { Warehouse } from './warehouse.ts';

/** Names that no table of an author's has. */
const AT = '_seeknal_at';
const FROM = '_seeknal_from';
const UNTIL = '_seeknal_until';
const NUMBER = '_seeknal_number';

/** Counts and order-free hashes of some columns, range by range; see the contract. */
export async function digestColumns(
  session: Session,
  warehouse: Warehouse,
  snapshot: SnapshotId,
  names: readonly string[],
  ranges: readonly Interval[],
  oneIn = 1,
): Promise<readonly RangeDigest[]> {
  const table = await requireTable(session, warehouse.layout, snapshot);
  const columns = names.map((name) => namedColumn(table, name));
  const time = timeOf(table);
  const { engineVersion } = warehouse;
  if (ranges.length === 0) return [];
  // What readers see of an upsert depends on the range.
  if (time === null || table.upsert !== null) {
    const digests: RangeDigest[] = [];
    for (const range of ranges) {
      const last = digests.at(-1);
      const where = time === null ? null : withinText(time.name, time.type, range);
      digests.push(
        last !== undefined && time === null
          ? { ...last, range }
          : {
              range,
              ...(await digestOfRows(
                session,
                shownRows(table.relation, table, where),
                columns,
                engineVersion,
                oneIn,
              )),
            },
      );
    }
    return digests;
  }
  const rows = await session.rows(rangesText(table, columns, time, ranges, oneIn));
  return rows.map(([count, sum], at) => ({
    range: ranges[at] as Interval,
    ...told(count, sum, engineVersion),
  }));
}

async function digestOfRows(
  session: Session,
  select: string,
  columns: readonly Column[],
  version: string,
  oneIn: number,
): Promise<Omit<RangeDigest, 'range'>> {
  const [count, sum] = await session.row(
    `SELECT ${digestText(columns, isChosen(columns, oneIn))} FROM (${select})`,
  );
  return told(count, sum, version);
}

/** One scan, joined with the ranges; a range without rows has its row too. */
function rangesText(
  table: ShownTable,
  columns: readonly Column[],
  time: { readonly name: string; readonly type: TimeType },
  ranges: readonly Interval[],
  oneIn: number,
): string {
  // A DATE compares with midnights, as it does with the bounds of a task.
  const type = time.type === 'DATE' ? 'TIMESTAMP' : time.type;
  const bound = (at: number): string => `CAST(${instantText(at, type)} AS ${type})`;
  const wanted = ranges.map(({ start, end }, at) => `(${at}, ${bound(start)}, ${bound(end)})`).join(', ');
  return `SELECT ${digestText(columns, `${AT} IS NOT NULL AND ${isChosen(columns, oneIn)}`)}
    FROM (VALUES ${wanted}) AS wanted(${NUMBER}, ${FROM}, ${UNTIL})
    LEFT JOIN (SELECT *, CAST(${quoteName(time.name)} AS ${type}) AS ${AT} FROM ${table.relation})
      ON ${AT} >= ${FROM} AND ${AT} < ${UNTIL}
    GROUP BY ${NUMBER} ORDER BY ${NUMBER}`;
}

function timeOf(table: ShownTable): { readonly name: string; readonly type: TimeType } | null {
  if (table.timeColumn !== null && table.upsert === null) {
    return timeColumnOf(table.columns, table.timeColumn, table.node);
  }
  return table.hasHiddenKey ? { name: HIDDEN_KEY, type: 'TIMESTAMP' } : null;
}

/** @throws {EngineError} `ENGINE_SQL` when it is not there. */
export function namedColumn({ node, columns }: Pick<ShownTable, 'node' | 'columns'>, name: string): Column {
  const column = findColumn(columns, name);
  if (column !== undefined) return column;
  throw new EngineError('ENGINE_SQL', `${node} has no column ${name}.`, { hint: nearestHint(name, columns) });
}

function told(count: unknown, sum: unknown, version: string): Omit<RangeDigest, 'range'> {
  const { rows, text } = digest(String(count), String(sum), version);
  return { rows, digest: text };
}

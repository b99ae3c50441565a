import { columnList } from './columns.ts';
import { HIDDEN_KEY } from './layout.ts';
import { quoteName } from './sql-text.ts';
import type { TableRecord } from './table-records.ts';

/**
 * What readers see of a table: its visible columns and, of an upsert, one row a key.
 *
 * @param table By full name.
 * @param where Rows that count. An upsert is decided among them alone, so that what a reader sees of a
 *   stretch of time does not depend on what comes after it.
 */
export function shownRows(
  table: string,
  { columns, upsert }: Pick<TableRecord, 'columns' | 'upsert'>,
  where: string | null,
): string {
  const rows = `SELECT ${columnList(columns)} FROM ${table}${where === null ? '' : ` WHERE ${where}`}`;
  if (upsert === null) return rows;
  // In an interval a key is there once, so that the order leaves nothing open. NULLs are one partition.
  const newest = `${quoteName(HIDDEN_KEY)} DESC`;
  const order = upsert.version === null ? newest : `${quoteName(upsert.version)} DESC NULLS LAST, ${newest}`;
  const keys = upsert.keys.map(quoteName).join(', ');
  return `${rows} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) = 1`;
}

import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';

/**
 * DuckDB's own trees of queries, as JSON text with nothing skipped, in the order given. What DuckDB cannot
 * read or serialise is told in the text too. Some 0.5 ms a query; runs and looks up nothing.
 */
export async function parseSql(session: Session, sqls: readonly string[]): Promise<readonly string[]> {
  if (sqls.length === 0) return [];
  const rows = sqls.map((sql, place) => `(${place}, ${quoteText(sql)})`).join(', ');
  const found = await session.rows(
    `SELECT json_serialize_sql(text) FROM (VALUES ${rows}) AS queries(place, text) ORDER BY place`,
  );
  return found.map(([json]) => String(json));
}

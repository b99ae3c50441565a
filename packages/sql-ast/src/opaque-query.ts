import { canonicalSql } from './canonical-text.ts';
import type { Dialect } from './dialect.ts';
import type { OpaqueQuery } from './tree.ts';

/** A query of which only the text is known. @throws {SqlError} As `tokenize`. */
export const opaqueQuery = (sql: string, dialect: Dialect, reason: string): OpaqueQuery => ({
  kind: 'opaque-query',
  reason,
  text: canonicalSql(sql, dialect),
  tables: null,
  ctes: [],
  orderBy: [],
  limit: null,
  offset: null,
  span: { start: 0, end: sql.length },
});

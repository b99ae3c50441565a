import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import type { SQL } from 'drizzle-orm';

/** A value of libSQL. */
export type Value = string | number | null;

/** A statement as the client takes it. */
export interface Statement {
  readonly sql: string;
  readonly args: Value[];
}

/** A row of an answer, by column. */
export type Row = { readonly [column: string]: unknown };

const dialect = new SQLiteAsyncDialect();

export function statement(query: SQL): Statement {
  const { sql, params } = dialect.sqlToQuery(query);
  return { sql, args: params as Value[] };
}

/** A number of a row. */
export const numberOf = (row: Row | undefined, column: string): number => Number(row?.[column] ?? 0);

/** A text of a row. */
export const textOf = (row: Row, column: string): string => String(row[column]);

/** The value that a column holds as JSON. */
export const jsonOf = <T>(row: Row, column: string): T => JSON.parse(textOf(row, column)) as T;

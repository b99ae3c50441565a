import { lightParser, splitStatements, SqlError, type Dialect, type Query } from '@seeknal/sql-ast';

/** Makes a tree of one query; `lowerDuckDb` over an engine, or anything else. */
export type QueryReader = (sql: string) => Query | Promise<Query>;

export interface ReadOptions {
  /** Whose rules the texts follow. Default: `duckdb`. */
  readonly dialect?: Dialect;
  /**
   * Who reads them. Default: `node-sql-parser`, which is bundled, loads on first use and reads less than the
   * engine does: what it cannot read for certain is opaque, and a change of it BREAKING.
   */
  readonly parser?: 'node-sql-parser' | QueryReader;
}

/** A function that reads texts as the options say. */
export async function queryReader({
  dialect = 'duckdb',
  parser,
}: ReadOptions): Promise<(sql: string) => Promise<Query>> {
  const read = typeof parser === 'function' ? parser : await lightParser(dialect);
  return async (sql) => {
    const { length } = splitStatements(sql, dialect);
    if (length !== 1) throw SqlError.notOneStatement(length);
    return read(sql);
  };
}

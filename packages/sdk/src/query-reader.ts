import type { SqlParser } from '@seeknal/engine-duckdb';
import type { Query } from '@seeknal/sql-ast';

/** Reads queries by the engine's own parser, each text once. */
export interface QueryReader {
  /** @throws {SqlError} As `lowerDuckDb`. */
  readonly parse: (sql: string) => Promise<Query>;
  readonly close: () => void;
}

/** The parser is loaded when the first query has to be read. */
export function queryReader(): QueryReader {
  let opened: Promise<SqlParser> | undefined;
  const known = new Map<string, Promise<Query>>();
  return {
    parse: (sql) => {
      const found = known.get(sql) ?? (opened ??= openParser()).then((parser) => readOne(parser, sql));
      known.set(sql, found);
      return found;
    },
    close: () => {
      // What could not be opened has said so to whoever asked for a query.
      void opened?.then(
        (parser) => parser.close(),
        () => {},
      );
      opened = undefined;
      known.clear();
    },
  };
}

async function openParser(): Promise<SqlParser> {
  const { openSqlParser } = await import('@seeknal/engine-duckdb');
  return openSqlParser();
}

const readOne = async (parser: SqlParser, sql: string): Promise<Query> => (await parser.read([sql]))(sql);

import type { Query } from '@seeknal/sql-ast';

/** Reads queries by the engine's own parser, each text once. */
export interface QueryReader {
  /** @throws {SqlError} As `lowerDuckDb`. */
  readonly parse: (sql: string) => Promise<Query>;
  readonly close: () => void;
}

/** The parser is loaded when the first query has to be read. */
export function queryReader(): QueryReader {
  let opened: ReturnType<typeof openReader> | undefined;
  const known = new Map<string, Promise<Query>>();
  return {
    parse: (sql) => {
      const found = known.get(sql) ?? (opened ??= openReader()).then(({ read }) => read(sql));
      known.set(sql, found);
      return found;
    },
    close: () => {
      // What could not be opened has said so to whoever asked for a query.
      void opened?.then(
        ({ close }) => close(),
        () => {},
      );
      opened = undefined;
      known.clear();
    },
  };
}

async function openReader(): Promise<{
  readonly read: (sql: string) => Promise<Query>;
  readonly close: () => void;
}> {
  const [{ openSqlParser }, { lowerDuckDb }] = await Promise.all([
    import('@seeknal/engine-duckdb'),
    import('@seeknal/sql-ast'),
  ]);
  const parser = await openSqlParser();
  return {
    read: async (sql) => {
      const [answer = ''] = await parser.parse([sql]);
      return lowerDuckDb(sql, answer);
    },
    close: () => parser.close(),
  };
}

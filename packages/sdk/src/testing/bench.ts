import { DuckDBInstance } from '@duckdb/node-api';

/** An empty DuckDB in memory, to try queries on. */
export interface Bench {
  run(sql: string): Promise<void>;
  /** Names in small letters, and rows; null where the engine refuses the query. */
  query(sql: string): Promise<{ names: readonly string[]; rows: readonly (readonly unknown[])[] } | null>;
  close(): void;
}

export async function openBench(): Promise<Bench> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    query: async (sql) => {
      try {
        const reader = await connection.runAndReadAll(sql);
        return { names: reader.columnNames().map((name) => name.toLowerCase()), rows: reader.getRowsJson() };
      } catch {
        return null;
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

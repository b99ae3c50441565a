import { DuckDBInstance } from '@duckdb/node-api';

/**
 * DuckDB itself on a file, through the same client and with the engine's settings, and nothing around it.
 *
 * @template T
 * @param {string} path
 * @param {(run: (sql: string, connection?: number) => Promise<void>) => Promise<T>} work `run` takes the number
 *   of one of `connections`.
 * @param {number} [connections]
 */
export async function withBareDuckDb(path, work, connections = 1) {
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const open = [];
  try {
    for (let i = 0; i < connections; i += 1) open.push(await instance.connect());
    await open[0].run("SET GLOBAL TimeZone = 'UTC'");
    return await work(async (sql, connection = 0) => {
      await open[connection].run(sql);
    });
  } finally {
    for (const connection of open) connection.closeSync();
    instance.closeSync();
  }
}

import { createClient } from '@libsql/client/sqlite3';

/** Runs statements in a database file behind everybody's back. */
export async function executeInFile(dbPath: string, sql: string): Promise<void> {
  const client = createClient({ url: `file:${dbPath}` });
  await client.executeMultiple(sql);
  client.close();
}

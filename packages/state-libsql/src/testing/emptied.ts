import { createClient } from '@libsql/client/http';

import type { Sqld } from './sqld.ts';

/** Drops everything in the server's database. */
export async function emptied(server: Sqld): Promise<void> {
  const client = createClient({ url: server.url, authToken: server.token() });
  const found = await client.execute(
    `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'
     ORDER BY type = 'table', name = 'run_state'`,
  );
  await client.batch(
    found.rows.map((row) => `DROP ${String(row['type'])} "${String(row['name'])}"`),
    'write',
  );
  client.close();
}

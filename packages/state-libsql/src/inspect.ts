import type { DocumentStore } from '@seeknal/state';
import { sql } from 'drizzle-orm';

import { Connection } from './connection.ts';
import { DatabaseStore } from './database-store.ts';
import { targetOf, type TargetOptions } from './database-url.ts';
import { EVERYTHING } from './focus.ts';
import { NOW_MS, schemaFound } from './migrate.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { nodeState, runState, stateItem, stateText, stateTextChunk } from './schema.ts';
import { numberOf, statement } from './statement.ts';

/** What a look at a database found. */
export interface DatabaseReport {
  readonly description: string;
  /** Of one request, there and back. */
  readonly roundTripMs: number;
  /** The server's clock minus this machine's. */
  readonly clockSkewMs: number;
  readonly schema: {
    readonly version: number;
    /** Known to this program. */
    readonly newest: number;
    readonly pending: readonly {
      readonly version: number;
      readonly name: string;
      readonly statements: readonly string[];
    }[];
  };
  /** Rows that nothing refers to; none are looked for before the schema is up to date. */
  readonly orphans: { readonly nodes: number; readonly texts: number };
}

/** A look should not wait long for a server that is gone. */
const LOOK_MS = 10_000;

/**
 * Looks at a database and changes nothing in it.
 *
 * @throws {StateError} As `initialize()` does: unreachable, refused, another program's, too new.
 */
export async function inspectDatabase(options: TargetOptions): Promise<DatabaseReport> {
  const connection = new Connection(targetOf(options), { requestMs: LOOK_MS, busyMs: 1000 });
  try {
    const deadline = performance.now() + LOOK_MS;
    const { version, pending } = await schemaFound(connection, deadline);
    const before = Date.now();
    const began = performance.now();
    const [clock = []] = await connection.read([statement(sql`SELECT ${NOW_MS} AS now`)], deadline);
    const roundTripMs = performance.now() - began;
    const clockSkewMs = Math.round(numberOf(clock[0], 'now') - before - roundTripMs / 2);
    return {
      description: connection.target.label,
      roundTripMs,
      clockSkewMs,
      schema: {
        version,
        newest: SCHEMA_VERSION,
        pending: pending.map(({ version: of, name, statements }) => ({ version: of, name, statements })),
      },
      orphans: pending.length > 0 ? { nodes: 0, texts: 0 } : await orphans(connection, deadline),
    };
  } finally {
    await connection.close();
  }
}

async function orphans(connection: Connection, deadline: number): Promise<DatabaseReport['orphans']> {
  const [nodes = [], texts = []] = await connection.read(
    [
      statement(
        sql`SELECT count(*) AS n FROM ${nodeState} WHERE run_id NOT IN (SELECT run_id FROM ${runState})`,
      ),
      statement(sql`SELECT count(*) AS n FROM (SELECT id FROM ${stateText} UNION SELECT id FROM ${stateTextChunk})
        WHERE id NOT IN (SELECT key FROM ${stateItem} WHERE field = 'manifests' AND body <> '')`),
    ],
    deadline,
  );
  return { nodes: numberOf(nodes[0], 'n'), texts: numberOf(texts[0], 'n') };
}

/** The whole document of a database, for what copies states. */
export function databaseStateStore(options: TargetOptions): DocumentStore {
  const connection = new Connection(targetOf(options), { requestMs: 30_000, busyMs: 5000 });
  return new DatabaseStore(connection, { clock: undefined, timeoutMs: 60_000 }).focused(EVERYTHING);
}

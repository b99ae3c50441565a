import { StateError } from '@seeknal/state';
import { sql, type SQL } from 'drizzle-orm';

import { errorOf } from './connection-failure.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS, SCHEMA_VERSION, type Migration } from './migrations.ts';
import { stateMigration } from './schema.ts';
import { numberOf, statement, textOf, type Row } from './statement.ts';

/** What stands in a database: the migrations that were run, and tables that are not Seeknal's. */
export interface SchemaFound {
  readonly version: number;
  readonly pending: readonly Migration[];
}

/** The server's clock, in milliseconds. */
export const NOW_MS: SQL = sql`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

const LIST_TABLES =
  statement(sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
  AND name NOT LIKE 'libsql_%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name`);

const LIST_MIGRATIONS = statement(sql`SELECT version, name, hash FROM ${stateMigration} ORDER BY version`);

/**
 * Reads how far the schema of a database is. Writes nothing.
 *
 * @throws {StateError} `STATE_TOO_NEW`; `STATE_DAMAGED` when a migration was changed after it was run;
 *   `STATE_INVALID_ARGUMENT` when the database belongs to another program.
 */
export async function schemaFound(connection: Connection, deadline: number): Promise<SchemaFound> {
  const { label } = connection.target;
  for (let attempt = 0; ; attempt += 1) {
    const sent = await connection.send('read', [LIST_MIGRATIONS]);
    if (sent.status === 'answered') {
      const applied = sent.answers[0] ?? [];
      return { version: applied.length, pending: pendingAfter(applied, label) };
    }
    if (/no such table/.test(sent.failure.message)) {
      const [tables = []] = await connection.read([LIST_TABLES], deadline);
      const names = tables.map((row) => textOf(row, 'name'));
      if (names.length === 0) return { version: 0, pending: MIGRATIONS };
      // Made by another process in between.
      if (!names.includes('state_migration')) throw foreign(label, names);
    } else if (sent.failure.kind === 'final') throw errorOf(sent.failure);
    await connection.pause(attempt, deadline, sent.failure);
  }
}

function pendingAfter(applied: readonly Row[], label: string): readonly Migration[] {
  const newest = Math.max(0, ...applied.map((row) => numberOf(row, 'version')));
  if (newest > SCHEMA_VERSION) {
    throw new StateError(
      'STATE_TOO_NEW',
      `The state ${label} has schema ${newest}; this version of Seeknal knows schemas up to ${SCHEMA_VERSION}`,
      'Update @seeknal/state-libsql on this machine.',
    );
  }
  return MIGRATIONS.filter(({ version, name, hash }) => {
    const row = applied.find((one) => numberOf(one, 'version') === version);
    if (row === undefined) return true;
    if (textOf(row, 'hash') === hash) return false;
    throw new StateError(
      'STATE_DAMAGED',
      `The state ${label} was made by another migration ${version} (${name}) than this version of Seeknal has`,
      'Use the version of Seeknal that made it, or move the state: seeknal migrate-state',
    );
  });
}

/**
 * Brings the schema up to date. Each migration is one transaction that begins by noting itself, so of those who
 * try at once one succeeds, and the others find it done.
 */
export async function migrate(connection: Connection, deadline: number): Promise<SchemaFound> {
  for (let attempt = 0; ; attempt += 1) {
    const found = await schemaFound(connection, deadline);
    const [next] = found.pending;
    if (next === undefined) {
      await connection.useWriteAheadLog();
      return found;
    }
    const sent = await connection.send('write', [
      statement(sql`CREATE TABLE IF NOT EXISTS ${stateMigration} (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL)`),
      statement(sql`INSERT INTO ${stateMigration} (version, name, hash, applied_at)
        VALUES (${next.version}, ${next.name}, ${next.hash}, ${NOW_MS})`),
      ...next.statements.map((text) => ({ sql: text, args: [] })),
    ]);
    if (sent.status === 'answered') continue;
    // Whoever was faster has noted it: a row or a table that is there already.
    const isTaken = /UNIQUE|CONSTRAINT|already exists/.test(sent.failure.message);
    if (sent.failure.kind === 'final' && !isTaken) throw errorOf(sent.failure);
    await connection.pause(attempt, deadline, sent.failure);
  }
}

const foreign = (label: string, names: readonly string[]): StateError =>
  new StateError(
    'STATE_INVALID_ARGUMENT',
    `The database ${label} belongs to another program: it has the tables ${names.slice(0, 5).join(', ')}`,
    'Give the state a database of its own.',
  );

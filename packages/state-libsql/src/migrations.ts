import { createHash } from 'node:crypto';

/** A change of the schema; once released it never changes. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
  /** SHA-256 of the statements. */
  readonly hash: string;
}

const migration = (version: number, name: string, statements: readonly string[]): Migration => ({
  version,
  name,
  statements,
  hash: createHash('sha256').update(statements.join(';\n')).digest('hex'),
});

/** In order of their versions, 1, 2 and so on. `schema.ts` is what they amount to. */
export const MIGRATIONS: readonly Migration[] = [
  migration(1, 'begin', [
    `CREATE TABLE state_meta (
      id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, token TEXT NOT NULL, lock_fence INTEGER NOT NULL
    )`,
    `INSERT INTO state_meta (id, epoch, token, lock_fence) VALUES (1, 0, '', 0)`,
    `CREATE TABLE state_write (token TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE state_part (
      name TEXT PRIMARY KEY, version INTEGER NOT NULL, removed_at INTEGER NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE run_state (
      run_id TEXT PRIMARY KEY, version INTEGER NOT NULL, made_version INTEGER NOT NULL, status TEXT NOT NULL,
      started_at INTEGER NOT NULL, finished_at INTEGER, config TEXT NOT NULL
    )`,
    `CREATE TABLE node_state (
      run_id TEXT NOT NULL REFERENCES run_state (run_id), node_id TEXT NOT NULL, version INTEGER NOT NULL,
      hash TEXT NOT NULL, last_run INTEGER, status TEXT NOT NULL, duration_ms REAL NOT NULL, row_count INTEGER NOT NULL,
      fingerprint TEXT, completed_intervals TEXT NOT NULL, completed_partitions TEXT NOT NULL,
      restatement_intervals TEXT NOT NULL, metadata TEXT NOT NULL, PRIMARY KEY (run_id, node_id)
    )`,
    `CREATE VIEW current_node_state AS
      SELECT * FROM (
        SELECT n.*, row_number() OVER (
          PARTITION BY n.node_id ORDER BY r.started_at DESC, r.made_version DESC
        ) AS newest
        FROM node_state n JOIN run_state r USING (run_id)
      ) WHERE newest = 1`,
    `CREATE TABLE state_lock (
      name TEXT PRIMARY KEY, version INTEGER NOT NULL, holder TEXT NOT NULL, fence INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    )`,
    `CREATE TABLE state_snapshot (
      scope TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, made_version INTEGER NOT NULL,
      bytes INTEGER NOT NULL, node TEXT NOT NULL, generation INTEGER NOT NULL, fence INTEGER NOT NULL,
      seq INTEGER NOT NULL, done TEXT NOT NULL, claims TEXT NOT NULL, body TEXT NOT NULL, made TEXT NOT NULL,
      PRIMARY KEY (scope, id)
    )`,
    `CREATE INDEX state_snapshot_by_version ON state_snapshot (scope, version, id)`,
    `CREATE TABLE state_item (
      scope TEXT NOT NULL, field TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
      bytes INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, field, key)
    )`,
    `CREATE INDEX state_item_by_version ON state_item (scope, version, field, key)`,
    `CREATE TABLE interval_event (
      id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, snapshot TEXT NOT NULL, at INTEGER NOT NULL,
      kind TEXT NOT NULL, body TEXT NOT NULL
    )`,
    `CREATE INDEX interval_event_by_snapshot ON interval_event (scope, snapshot, id)`,
    `CREATE TABLE state_text (
      id TEXT NOT NULL, piece INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, piece)
    ) WITHOUT ROWID`,
  ]),
  // A program of schema 1 that still runs fails at its next write, which it cannot note any more.
  migration(2, 'send what changes', [
    `DROP TABLE state_write`,
    `CREATE TABLE state_epoch (epoch INTEGER PRIMARY KEY, token TEXT NOT NULL, at INTEGER NOT NULL)`,
    `ALTER TABLE state_snapshot DROP COLUMN bytes`,
    `ALTER TABLE state_item DROP COLUMN bytes`,
    `CREATE TABLE state_chunk (hash TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE state_text_chunk (
      id TEXT NOT NULL, piece INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (id, piece)
    ) WITHOUT ROWID`,
  ]),
];

/** The schema that this version of the package reads and writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

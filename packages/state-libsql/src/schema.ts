import { integer, primaryKey, real, sqliteTable, text, type SQLiteTable } from 'drizzle-orm/sqlite-core';

/**
 * One row. `epoch` is raised by every write; `token` names the newest, so that the statements of one batch can
 * tell whether its first one, which checks what the write was made from, let it through.
 */
export const stateMeta: SQLiteTable = sqliteTable('state_meta', {
  id: integer('id').primaryKey(),
  epoch: integer('epoch').notNull(),
  token: text('token').notNull(),
  lockFence: integer('lock_fence').notNull(),
});

/** Migrations that have been run. */
export const stateMigration: SQLiteTable = sqliteTable('state_migration', {
  version: integer('version').primaryKey(),
  name: text('name').notNull(),
  /** SHA-256 of its statements. */
  hash: text('hash').notNull(),
  appliedAt: integer('applied_at').notNull(),
});

/**
 * The newest writes: whoever lost an answer finds out whether its write was taken, and whoever remembers what it
 * read at one of them whether this database is still what it read.
 */
export const stateEpoch: SQLiteTable = sqliteTable('state_epoch', {
  epoch: integer('epoch').primaryKey(),
  token: text('token').notNull(),
  at: integer('at').notNull(),
});

/** The epoch at which each part of the state was last written, and last lost a row. */
export const statePart: SQLiteTable = sqliteTable('state_part', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
  removedAt: integer('removed_at').notNull(),
});

export const runState: SQLiteTable = sqliteTable('run_state', {
  runId: text('run_id').primaryKey(),
  version: integer('version').notNull(),
  /** The epoch at which it was made: their order. */
  madeVersion: integer('made_version').notNull(),
  status: text('status').notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  config: text('config').notNull(),
});

export const nodeState: SQLiteTable = sqliteTable(
  'node_state',
  {
    runId: text('run_id').notNull(),
    nodeId: text('node_id').notNull(),
    version: integer('version').notNull(),
    hash: text('hash').notNull(),
    lastRun: integer('last_run'),
    status: text('status').notNull(),
    durationMs: real('duration_ms').notNull(),
    rowCount: integer('row_count').notNull(),
    fingerprint: text('fingerprint'),
    completedIntervals: text('completed_intervals').notNull(),
    completedPartitions: text('completed_partitions').notNull(),
    restatementIntervals: text('restatement_intervals').notNull(),
    /** Whatever else is known of the node. */
    metadata: text('metadata').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.nodeId] })],
);

export const stateLock: SQLiteTable = sqliteTable('state_lock', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
  holder: text('holder').notNull(),
  fence: integer('fence').notNull(),
  expiresAt: integer('expires_at').notNull(),
});

/** A snapshot of one project on one warehouse, with the claims on it. */
export const stateSnapshot: SQLiteTable = sqliteTable(
  'state_snapshot',
  {
    scope: text('scope').notNull(),
    id: text('id').notNull(),
    version: integer('version').notNull(),
    madeVersion: integer('made_version').notNull(),
    node: text('node').notNull(),
    generation: integer('generation').notNull(),
    fence: integer('fence').notNull(),
    seq: integer('seq').notNull(),
    /** Coalesced ranges. */
    done: text('done').notNull(),
    claims: text('claims').notNull(),
    /** What else may change. */
    body: text('body').notNull(),
    /** What never changes, sent to a reader once. */
    made: text('made').notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.id] })],
);

/**
 * Everything else in a scope: `environments`, `proofs` and so on, one row per key; `tick` and its like, key ''. The
 * pointers of an environment have a row per node. An empty body: the row was removed.
 */
export const stateItem: SQLiteTable = sqliteTable(
  'state_item',
  {
    scope: text('scope').notNull(),
    field: text('field').notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    body: text('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.field, table.key] })],
);

/** The history of intervals: appended, never changed. */
export const intervalEvent: SQLiteTable = sqliteTable('interval_event', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  scope: text('scope').notNull(),
  snapshot: text('snapshot').notNull(),
  at: integer('at').notNull(),
  kind: text('kind').notNull(),
  body: text('body').notNull(),
});

/** Pieces of long texts by the hash of what they say, packed (gzip, base64): texts that differ little share most. */
export const stateChunk: SQLiteTable = sqliteTable('state_chunk', {
  hash: text('hash').primaryKey(),
  /** When it was last written. */
  at: integer('at').notNull(),
  body: text('body').notNull(),
});

/** The pieces of long texts by id, in their order. */
export const stateTextChunk: SQLiteTable = sqliteTable(
  'state_text_chunk',
  {
    id: text('id').notNull(),
    piece: integer('piece').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.id, table.piece] })],
);

/** Long texts of schema 1 by id, packed as a whole, in pieces that fit into one answer of a server. */
export const stateText: SQLiteTable = sqliteTable(
  'state_text',
  {
    id: text('id').notNull(),
    piece: integer('piece').notNull(),
    body: text('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.id, table.piece] })],
);

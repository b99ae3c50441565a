import { sql, type SQL } from 'drizzle-orm';

import type { Changes, ScopeChanges } from './changes.ts';
import { environmentRows } from './environment-rows.ts';
import type { ScopeDocument } from './focus.ts';
import { guardOf, type Basis } from './guard.ts';
import { NOW_MS } from './migrate.ts';
import {
  intervalEvent,
  nodeState,
  runState,
  stateItem,
  stateLock,
  stateMeta,
  statePart,
  stateSnapshot,
  stateEpoch,
} from './schema.ts';
import { column, listsOf, rowsOf } from './row-lists.ts';
import { itemBody, snapshotColumns } from './scope-rows.ts';
import { statement, type Statement } from './statement.ts';

type Environment = ScopeDocument['environments'][string];

/** Nobody waits for an answer for longer. */
const TOKENS_KEPT_MS = 600_000;
/** The newest tokens, whatever their age: what a process read at one of them it need not read again. */
const TOKENS_KEPT = 10_000;
/** How far a reckoned clock may be from the server's. */
const CLOCK_AHEAD_MS = 20;
const CLOCK_BEHIND_MS = 2000;
/** One write in so many forgets them. */
const SWEEP_EVERY = 100;

/**
 * The statements of one batch that writes the changes if the basis still holds, and nothing otherwise. The
 * first one checks and takes the token; all others are conditional on it.
 *
 * @param now What the server's clock was reckoned to be: it must not be behind that. Null: it was read.
 */
export function writeStatements(
  changes: Changes,
  basis: Basis,
  token: string,
  now: number | null,
): readonly Statement[] {
  const isTaken = sql`(SELECT token FROM ${stateMeta}) = ${token}`;
  const removedFrom = new Set(
    changes.scopes.filter(({ removedSnapshots }) => removedSnapshots.length > 0).map(({ key }) => key),
  );
  const queries: SQL[] = [
    sql`UPDATE ${stateMeta} SET epoch = epoch + 1, token = ${token},
      lock_fence = ${changes.lockFence === null ? sql`lock_fence` : sql`${changes.lockFence}`}
      WHERE id = 1 AND ${guardOf(basis)} AND ${now === null ? sql`1` : clockGuard(now)}`,
    sql`INSERT INTO ${stateEpoch} (epoch, token, at) SELECT epoch, token, ${NOW_MS} FROM ${stateMeta}
      WHERE token = ${token}`,
    ...partsQueries(changes, removedFrom, token),
  ];
  queries.push(...runsQueries(changes.runs, token), ...nodesQueries(changes.nodes, token));
  if (changes.removedRuns.length > 0) {
    const ids = sql`(SELECT value FROM json_each(${JSON.stringify(changes.removedRuns)}))`;
    queries.push(sql`DELETE FROM ${nodeState} WHERE run_id IN ${ids} AND ${isTaken}`);
    queries.push(sql`DELETE FROM ${runState} WHERE run_id IN ${ids} AND ${isTaken}`);
  }
  queries.push(...locksQueries(changes.locks, token));
  if (changes.removedLocks.length > 0) {
    const names = sql`(SELECT value FROM json_each(${JSON.stringify(changes.removedLocks)}))`;
    queries.push(sql`DELETE FROM ${stateLock} WHERE name IN ${names} AND ${isTaken}`);
  }
  for (const scope of changes.scopes) queries.push(...scopeQueries(scope, token, isTaken));
  queries.push(...eventsQueries(changes.events, token));
  if (Math.random() * SWEEP_EVERY < 1) {
    queries.push(sql`DELETE FROM ${stateEpoch} WHERE epoch < (SELECT epoch FROM ${stateMeta}) - ${TOKENS_KEPT}
      AND at < ${NOW_MS} - ${TOKENS_KEPT_MS} AND ${isTaken}`);
  }
  return queries.map(statement);
}

/** A lease reckoned from a clock that is behind ends early; from one that is ahead it could end another's. */
const clockGuard = (now: number): SQL =>
  sql`${NOW_MS} BETWEEN ${now - CLOCK_AHEAD_MS} AND ${now + CLOCK_BEHIND_MS}`;

function partsQueries(changes: Changes, removedFrom: ReadonlySet<string>, token: string): readonly SQL[] {
  const names = [
    ...(changes.runs.length + changes.removedRuns.length > 0 ? ['runs'] : []),
    ...(changes.locks.length + changes.removedLocks.length > 0 ? ['locks'] : []),
    ...changes.scopes.map(({ key }) => key),
  ];
  const rows = names.map((name) => ({ name, isRemoved: removedFrom.has(name) ? 1 : 0 }));
  return listsOf(rows).map(
    (list) => sql`INSERT INTO ${statePart} (name, version, removed_at)
    SELECT ${column('name')}, m.epoch, ${column('isRemoved')} * m.epoch FROM ${rowsOf(list, token)}
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, removed_at = max(removed_at, excluded.removed_at)`,
  );
}

function runsQueries(runs: Changes['runs'], token: string): readonly SQL[] {
  const rows = runs.map((run) => ({ ...run, config: JSON.stringify(run.config) }));
  return listsOf(rows).map(
    (
      list,
    ) => sql`INSERT INTO ${runState} (run_id, version, made_version, status, started_at, finished_at, config)
    SELECT ${column('runId')}, m.epoch, m.epoch, ${column('status')}, ${column('startedAt')},
      ${column('finishedAt')}, ${column('config')} FROM ${rowsOf(list, token)}
    ON CONFLICT (run_id) DO UPDATE SET version = excluded.version, status = excluded.status,
      started_at = excluded.started_at, finished_at = excluded.finished_at, config = excluded.config`,
  );
}

function nodesQueries(nodes: Changes['nodes'], token: string): readonly SQL[] {
  const rows = nodes.map(({ run, node, state }) => {
    const { hash, lastRun, status, durationMs, rowCount, ...lists } = state;
    const texts = Object.entries(lists).map(
      ([field, value]) => [field, value === null ? null : JSON.stringify(value)] as const,
    );
    return { run, node, hash, lastRun, status, durationMs, rowCount, ...Object.fromEntries(texts) };
  });
  return listsOf(rows).map(
    (
      list,
    ) => sql`INSERT INTO ${nodeState} (run_id, node_id, version, hash, last_run, status, duration_ms, row_count,
      fingerprint, completed_intervals, completed_partitions, restatement_intervals, metadata)
    SELECT ${column('run')}, ${column('node')}, m.epoch, ${column('hash')}, ${column('lastRun')},
      ${column('status')}, ${column('durationMs')}, ${column('rowCount')}, ${column('fingerprint')},
      ${column('completedIntervals')}, ${column('completedPartitions')}, ${column('restatementIntervals')},
      ${column('metadata')} FROM ${rowsOf(list, token)}
    ON CONFLICT (run_id, node_id) DO UPDATE SET version = excluded.version, hash = excluded.hash,
      last_run = excluded.last_run, status = excluded.status, duration_ms = excluded.duration_ms,
      row_count = excluded.row_count, fingerprint = excluded.fingerprint,
      completed_intervals = excluded.completed_intervals, completed_partitions = excluded.completed_partitions,
      restatement_intervals = excluded.restatement_intervals, metadata = excluded.metadata`,
  );
}

function locksQueries(locks: Changes['locks'], token: string): readonly SQL[] {
  const rows = locks.map(({ name, lock }) => ({ name, ...lock }));
  return listsOf(rows).map(
    (list) => sql`INSERT INTO ${stateLock} (name, version, holder, fence, expires_at)
    SELECT ${column('name')}, m.epoch, ${column('holder')}, ${column('fence')}, ${column('expiresAt')}
    FROM ${rowsOf(list, token)}
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, holder = excluded.holder,
      fence = excluded.fence, expires_at = excluded.expires_at`,
  );
}

function scopeQueries(
  { key, snapshots, removedSnapshots, items }: ScopeChanges,
  token: string,
  isTaken: SQL,
): readonly SQL[] {
  const queries: SQL[] = [];
  if (snapshots.length > 0) {
    const rows = snapshots.map(({ id, before, ...row }) => snapshotColumns(id, row, before));
    // A text that is as it was is not sent: the row that it belongs to is there.
    const inserts = listsOf(rows).map(
      (
        list,
      ) => sql`INSERT INTO ${stateSnapshot} (scope, id, version, made_version, node, generation, fence, seq, done,
        claims, body, made)
      SELECT ${key}, ${column('id')}, m.epoch, m.epoch, ${column('node')}, ${column('generation')},
        ${column('fence')}, ${column('seq')}, ${column('done')}, ${column('claims')}, ${column('body')},
        ${column('made')} FROM ${rowsOf(list, token)}
      ON CONFLICT (scope, id) DO UPDATE SET version = excluded.version, generation = excluded.generation,
        fence = excluded.fence, seq = excluded.seq,
        done = CASE WHEN excluded.done = '' THEN done ELSE excluded.done END,
        claims = CASE WHEN excluded.claims = '' THEN claims ELSE excluded.claims END,
        body = CASE WHEN excluded.body = '' THEN body ELSE excluded.body END,
        made_version = CASE WHEN excluded.made = '' THEN made_version ELSE excluded.version END,
        made = CASE WHEN excluded.made = '' THEN made ELSE excluded.made END`,
    );
    queries.push(...inserts);
  }
  if (removedSnapshots.length > 0) {
    queries.push(sql`DELETE FROM ${stateSnapshot} WHERE scope = ${key} AND ${isTaken}
      AND id IN (SELECT value FROM json_each(${JSON.stringify(removedSnapshots)}))`);
  }
  const rows = items.flatMap((item) =>
    item.field === 'environments'
      ? environmentRows(item.before as Environment | undefined, item.value as Environment | undefined)
      : [item],
  );
  const lists = listsOf(rows.map(({ field, key: row, value }) => ({ field, row, body: itemBody(value) })));
  // Writers of different snapshots raise the tick at once; it only ever goes up.
  const inserts = lists.map(
    (list) => sql`INSERT INTO ${stateItem} (scope, field, key, version, body)
    SELECT ${key}, ${column('field')}, ${column('row')}, m.epoch, ${column('body')} FROM ${rowsOf(list, token)}
    ON CONFLICT (scope, field, key) DO UPDATE SET version = excluded.version,
      body = CASE WHEN field = 'tick' AND CAST(body AS INTEGER) > CAST(excluded.body AS INTEGER)
        THEN body ELSE excluded.body END`,
  );
  queries.push(...inserts);
  return queries;
}

function eventsQueries(events: Changes['events'], token: string): readonly SQL[] {
  const rows = events.map(({ scope, event }) => ({
    scope,
    snapshot: event.snapshot,
    at: event.at,
    kind: event.kind,
    body: JSON.stringify(event),
  }));
  return listsOf(rows).map(
    (list) => sql`INSERT INTO ${intervalEvent} (scope, snapshot, at, kind, body)
    SELECT ${column('scope')}, ${column('snapshot')}, ${column('at')}, ${column('kind')}, ${column('body')}
    FROM ${rowsOf(list, token)}`,
  );
}

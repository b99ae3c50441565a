import type { NodeState, RunRecord, ScopedEvent, StateDocument } from '@seeknal/state';
import { scopeKey } from '@seeknal/state';

import type { ClaimEntry, Item, Part, ScopeDocument, SnapshotState } from './focus.ts';
import { isKeyed, type SnapshotRow } from './scope-rows.ts';

/** A row to write, and what stood there before. */
export interface ChangedSnapshot extends SnapshotRow {
  readonly id: string;
  readonly before: SnapshotState | undefined;
}

/** A row of another field, and what stood there before; without a value: removed. */
export interface ChangedItem {
  readonly field: string;
  readonly key: string;
  readonly value: unknown;
  readonly before: unknown;
}

export interface ScopeChanges {
  readonly key: string;
  readonly snapshots: readonly ChangedSnapshot[];
  readonly removedSnapshots: readonly string[];
  readonly items: readonly ChangedItem[];
}

/** The rows in which two documents differ. */
export interface Changes {
  readonly runs: readonly RunRecord[];
  readonly removedRuns: readonly string[];
  readonly nodes: readonly { readonly run: string; readonly node: string; readonly state: NodeState }[];
  readonly locks: readonly { readonly name: string; readonly lock: StateDocument['locks'][string] }[];
  readonly removedLocks: readonly string[];
  readonly lockFence: number | null;
  readonly scopes: readonly ScopeChanges[];
  readonly events: readonly { readonly scope: string; readonly event: ScopedEvent['event'] }[];
}

type Entries<T> = { readonly [key: string]: T };

/** Finds them by identity, since steps share what they do not touch. Only rows of the parts count. */
export function changesBetween(
  before: StateDocument,
  after: StateDocument,
  events: readonly ScopedEvent[],
  parts: readonly Part[],
): Changes | null {
  if (before === after && events.length === 0) return null;
  const runs = new Map(before.runs.map((run) => [run.runId, run]));
  const kept = new Set(after.runs.map(({ runId }) => runId));
  const nodes = changed(before.nodes, after.nodes).flatMap(([run, states]) =>
    changed(before.nodes[run] ?? {}, states).map(([node, state]) => ({ run, node, state })),
  );
  return {
    runs: after.runs.filter((run) => runs.get(run.runId) !== run),
    removedRuns: [...runs.keys()].filter((id) => !kept.has(id)),
    nodes,
    locks: changed(before.locks, after.locks).map(([name, lock]) => ({ name, lock })),
    removedLocks: removed(before.locks, after.locks),
    lockFence: before.lockFence === after.lockFence ? null : after.lockFence,
    scopes: changed(before.scopes, after.scopes).map(([key, scope]) =>
      scopeChanges(key, before.scopes[key], scope, onlyOf(parts, key)),
    ),
    events: events.map(({ project, warehouse, event }) => ({
      scope: scopeKey({ project, warehouse }),
      event,
    })),
  };
}

/** The rows of a scope that a step may write; null: all. */
function onlyOf(parts: readonly Part[], key: string): readonly Item[] | null {
  for (const part of parts) if (part.kind === 'scope' && part.key === key) return part.only;
  return null;
}

function scopeChanges(
  key: string,
  before: ScopeDocument | undefined,
  after: ScopeDocument,
  only: readonly Item[] | null,
): ScopeChanges {
  const mayWrite = writable(only);
  const snapshots = before?.snapshots ?? {};
  const claims = claimsChanged(before?.claims ?? [], after.claims);
  const ids = new Set([...changed(snapshots, after.snapshots).map(([id]) => id), ...claims.keys()]);
  const written = [...ids].filter((id) => Object.hasOwn(after.snapshots, id) && mayWrite('snapshots', id));
  const was = (before ?? {}) as Entries<unknown>;
  const others = Object.entries({ ...gone(was, after), ...after }).filter(
    ([field]) => field !== 'snapshots' && field !== 'claims',
  );
  return {
    key,
    snapshots: written.map((id) => ({
      id,
      state: after.snapshots[id] as SnapshotState,
      claims: claims.get(id) ?? null,
      before: Object.hasOwn(snapshots, id) ? snapshots[id] : undefined,
    })),
    removedSnapshots: removed(snapshots, after.snapshots).filter((id) => mayWrite('snapshots', id)),
    items: others
      .flatMap(([field, value]) => itemChanges(field, was[field], value))
      .filter(({ field, key: row }) => field === 'tick' || mayWrite(field, row)),
  };
}

/** Fields that are there no more, as empty as they can be. */
const gone = (before: Entries<unknown>, after: object): Entries<unknown> =>
  Object.fromEntries(
    Object.entries(before)
      .filter(([field]) => !Object.hasOwn(after, field))
      .map(([field, value]) => [field, isKeyed(value) ? {} : undefined]),
  );

function itemChanges(field: string, before: unknown, after: unknown): ScopeChanges['items'] {
  if (before === after) return [];
  if (!isKeyed(after)) return [{ field, key: '', value: after, before }];
  const known = isKeyed(before) ? before : {};
  return [
    ...changed(known, after).map(([key, value]) => ({ field, key, value, before: own(known, key) })),
    ...removed(known, after).map((key) => ({ field, key, value: undefined, before: own(known, key) })),
  ];
}

/** The claims on each snapshot on which they differ. */
function claimsChanged(
  before: readonly ClaimEntry[],
  after: readonly ClaimEntry[],
): ReadonlyMap<string, readonly ClaimEntry[]> {
  if (before === after) return new Map();
  const [were, are] = [bySnapshot(before), bySnapshot(after)];
  const ids = new Set([...were.keys(), ...are.keys()]);
  return new Map(
    [...ids].flatMap((id) => {
      const [a, b] = [were.get(id) ?? [], are.get(id) ?? []];
      return a.length === b.length && a.every((claim, at) => claim === b[at]) ? [] : [[id, b] as const];
    }),
  );
}

function bySnapshot(claims: readonly ClaimEntry[]): ReadonlyMap<string, readonly ClaimEntry[]> {
  const groups = new Map<string, ClaimEntry[]>();
  for (const claim of claims) {
    const group = groups.get(claim.snapshot);
    if (group) group.push(claim);
    else groups.set(claim.snapshot, [claim]);
  }
  return groups;
}

function writable(only: readonly Item[] | null): (field: string, key: string) => boolean {
  if (only === null) return () => true;
  const rows = new Set(only.map(([field, key]) => JSON.stringify([field, key])));
  return (field, key) => rows.has(JSON.stringify([field, key])) || rows.has(JSON.stringify([field, null]));
}

const own = (entries: Entries<unknown>, key: string): unknown =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;

const changed = <T>(before: Entries<T>, after: Entries<T>): readonly (readonly [string, T])[] =>
  before === after
    ? []
    : Object.entries(after).filter(([key, value]) => !Object.hasOwn(before, key) || before[key] !== value);

const removed = <T>(before: Entries<T>, after: Entries<T>): readonly string[] =>
  before === after ? [] : Object.keys(before).filter((key) => !Object.hasOwn(after, key));

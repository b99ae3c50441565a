import type { Instant, Interval, IntervalSet } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';
import type { EnvironmentRecord, Proof, SnapshotId, SnapshotRecord } from '@seeknal/plan';

import type { NodeState, RunRecord } from './backend.ts';
import type { Notes } from './notes.ts';
import type { Recorded } from './scoped-state.ts';

/** An object used as a map. Read it through `entry`, since keys come from outside. */
export type Entries<T> = { readonly [key: string]: T };

/**
 * The whole state as plain JSON. Never changed in place: a step makes a new document that shares whatever
 * it did not touch, so a store can keep, compare and drop documents by identity.
 */
export interface StateDocument {
  /** Oldest first. */
  readonly runs: readonly RunRecord[];
  /** Run id, then node id. */
  readonly nodes: Entries<Entries<NodeState>>;
  readonly locks: Entries<LockEntry>;
  /** The newest fence given to a lock of any name. */
  readonly lockFence: number;
  /** By `scopeKey`. */
  readonly scopes: Entries<ScopeDocument>;
}

export interface LockEntry {
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: Instant;
}

/** What one project remembers of one warehouse. */
export interface ScopeDocument {
  readonly snapshots: Entries<SnapshotState>;
  readonly environments: Entries<EnvironmentRecord>;
  /** Rights given out and not given back, expired ones included until another takes their place. */
  readonly claims: readonly ClaimEntry[];
  /** Counts the steps that note something; claims and notes are told apart in time by it. */
  readonly tick: number;
  /** Keys of the newest invalidations, oldest first. */
  readonly keys: readonly string[];
  /** By the new fingerprint; absent: none. */
  readonly proofs?: Entries<Proof>;
  /** When each manifest was last saved; absent: none was. */
  readonly manifests?: Entries<Instant>;
  /** No snapshot that is gone had a claim with a higher fence; absent: none is gone. */
  readonly fence?: number;
}

export interface SnapshotState {
  readonly record: SnapshotRecord;
  /** The newest fence given to a claim. */
  readonly fence: number;
  /** What it was when the snapshot was added; absent: 0. Commits up to it belong to a table that was dropped. */
  readonly bornFence?: number;
  /** Where rows changed; the value is the commit's `seq`. */
  readonly changes: Notes;
  /** What was taken out of done; the value is the generation it began. */
  readonly invalidations: Notes;
  /** What commits wrote; the value is their fence. */
  readonly commits: Notes;
  /** The `seq` of every commit recorded, as a set of `[seq, seq + 1)`. */
  readonly seqs: IntervalSet;
  /** Those of them that did not count. */
  readonly staleSeqs: IntervalSet;
  /** Answers that may be asked for again in full, oldest first. */
  readonly answers: readonly { readonly seq: number; readonly fence: number; readonly answer: Recorded }[];
}

export interface ClaimEntry {
  readonly snapshot: SnapshotId;
  readonly node: NodeId;
  readonly fence: number;
  readonly range: Interval;
  readonly run: string;
  readonly task: string;
  readonly holder: string;
  readonly expiresAt: Instant;
  /** The scope's tick when it was given, or that of the oldest claim whose place it took. */
  readonly tick: number;
}

/** Names the part of the state that belongs to one project on one warehouse. */
export interface ScopeName {
  readonly project: string;
  readonly warehouse: string;
}

export const EMPTY_DOCUMENT: StateDocument = { runs: [], nodes: {}, locks: {}, lockFence: 0, scopes: {} };

export const EMPTY_SCOPE: ScopeDocument = { snapshots: {}, environments: {}, claims: [], tick: 0, keys: [] };

export const scopeKey = ({ project, warehouse }: ScopeName): string => JSON.stringify([project, warehouse]);

/** The value under a key, never one that an object inherits. */
export const entry = <T>(entries: Entries<T>, key: string): T | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;

/** Sets the value under a key of an object that nobody else has yet, whatever the key. */
export function setEntry<T>(entries: { [key: string]: T }, key: string, value: T): void {
  if (key !== '__proto__') entries[key] = value;
  else Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
}

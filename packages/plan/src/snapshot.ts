import type { Instant, Interval } from '@seeknal/intervals';
import type { Column, JsonObject, NodeId, NodeKind, Reads } from '@seeknal/manifest';

/** The fingerprint that gave rise to the rows; with a salt where it alone would give others: see `isSalted`. */
export type SnapshotId = string;

/** The one interval of a node without a schedule: all instants a `Date` can hold. */
export const ALL_TIME: Interval = { start: -8_640_000_000_000_000, end: 8_640_000_000_000_000 };

/** What becomes of a node's rows. */
export type Materialization =
  | 'source'
  | 'full'
  | 'incremental_by_time'
  | 'append'
  | 'upsert_by_key'
  | 'view'
  | 'rule'
  | 'exposure';

/** Whether rows come interval by interval, so that one of them can be made again alone. */
export const isByInterval = (of: Materialization): boolean =>
  of === 'incremental_by_time' || of === 'append' || of === 'upsert_by_key';

/** Whether there are rows in a table of the node's own. */
export const hasTable = (of: Materialization): boolean => of === 'full' || isByInterval(of);

/** Whether all that it leaves behind is a result or a file, of the rows that it read. */
export const isOutput = (of: Materialization): boolean => of === 'rule' || of === 'exposure';

/** One input as the definition names it: the cone of a snapshot, one step of it. */
export interface SnapshotInput {
  readonly place: string;
  readonly node: NodeId;
  readonly snapshot: SnapshotId;
}

/**
 * One snapshot whose rows decide these rows, seen through views: what a task waits for, and along which an
 * invalidation runs back.
 */
export interface SnapshotRead {
  readonly node: NodeId;
  readonly snapshot: SnapshotId;
  readonly reads: Reads;
  /** Whether done intervals are redone when an input without intervals of its own has other rows. */
  readonly onChange: 'keep' | 'rebuild';
}

/** A set of rows under construction, by what made it. Never changes once recorded. */
export interface Snapshot {
  readonly id: SnapshotId;
  /** What the node was called when it was made. */
  readonly node: NodeId;
  /** Other names that its node had before, sorted; absent: none is known. */
  readonly formerNodes?: readonly NodeId[];
  readonly kind: NodeKind;
  readonly fingerprint: string;
  readonly definition: JsonObject;
  readonly materialization: Materialization;
  readonly inputs: readonly SnapshotInput[];
  readonly reads: readonly SnapshotRead[];
  /** Null: the node has one interval, `ALL_TIME`. */
  readonly schedule: { readonly expression: string; readonly timeZone: string } | null;
  readonly timeColumn: string | null;
  /** First instant wanted, fixed when the snapshot is made, so that it does not move with the clock. */
  readonly start: Instant | null;
  readonly createdAt: Instant;
}

/** A snapshot as the state remembers it. */
export interface SnapshotRecord extends Snapshot {
  /** Raised whenever intervals are invalidated. Same snapshot and generation: same rows. */
  readonly generation: number;
  /** Done intervals, coalesced. */
  readonly done: readonly Interval[];
  /** The `seq` of the newest commit recorded; 0 before the first. */
  readonly seq: number;
  /** Output columns as the newest commit had them. */
  readonly columns: readonly Column[] | null;
  /** Rows of the newest commit. */
  readonly rows: number | null;
  /** What a node without a table left outside the warehouse: the version of a source's files, the identity of an exported file. */
  readonly version: JsonObject | null;
  /** Set while its table is being dropped: nothing may begin to refer to it any more. */
  readonly dropping?: true;
}

/**
 * That the rows of a snapshot are also those of another fingerprint. Without it the node is rebuilt; with a
 * wrong one its rows would be wrong.
 */
export interface Proof {
  /** The new one, which needs no rows of its own. */
  readonly fingerprint: string;
  /** Whose rows it may use. */
  readonly snapshot: SnapshotId;
  /** The fingerprint it was compared with. */
  readonly from: string;
  /** Version of what found it; a proof of another version can be made again or revoked. */
  readonly analyser: string;
  /** For people, in one line. */
  readonly reason: string;
  /** Edits and path, and the condition it holds under, where there is one. */
  readonly evidence: JsonObject;
  readonly madeAt: Instant;
}

/** Which snapshot a name of an environment stands for. */
export interface Pointer {
  readonly snapshot: SnapshotId;
  /** Equal to the snapshot's own unless a proof let another definition keep its rows. */
  readonly fingerprint: string;
  /** Description, owner, tags, checks: what belongs to the environment, not to the rows. */
  readonly metadata: JsonObject;
}

export interface EnvironmentRecord {
  readonly name: string;
  /** Raised by every switch. */
  readonly epoch: number;
  readonly pointers: { readonly [node: NodeId]: Pointer };
  /** Content hash of the manifest that the pointers were made from, as `saveManifest` keeps it; null: none was kept. */
  readonly manifest?: string | null;
  /** The pointers before the newest switch that changed them, for a rollback; null: there is no way back. */
  readonly previous: { readonly [node: NodeId]: Pointer } | null;
  /** The manifest that `previous` was made from. */
  readonly previousManifest?: string | null;
  readonly createdAt: Instant;
  readonly switchedAt: Instant;
  /** Null: never. */
  readonly expiresAt: Instant | null;
}

/** Everything a plan is made from that is not the manifest, read at one moment. */
export interface StateView {
  readonly snapshots: { readonly [id: SnapshotId]: SnapshotRecord };
  readonly environments: { readonly [name: string]: EnvironmentRecord };
  /** By the new fingerprint. */
  readonly proofs: { readonly [fingerprint: string]: Proof };
}

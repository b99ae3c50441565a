import type { Instant, Interval } from '@seeknal/intervals';
import type { Column, JsonObject, NodeId } from '@seeknal/manifest';
import type {
  EnvironmentRecord,
  Invalidation,
  Pointer,
  Proof,
  Snapshot,
  SnapshotId,
  SnapshotInput,
  SnapshotRead,
  StateView,
} from '@seeknal/plan';

/** Asks for the right to run one stretch of one snapshot. */
export interface ClaimRequest {
  readonly snapshot: SnapshotId;
  readonly range: Interval;
  readonly run: string;
  readonly task: string;
  /** Who asks, for messages: `host:pid`. */
  readonly holder: string;
  readonly leaseMs: number;
}

/**
 * - `claimed`: the asker may run `missing`, the parts of the range that are not done; `fence` is higher than
 *   that of every earlier claim on the snapshot, `generation` is the snapshot's as it was noted.
 * - `done`: nothing of the range is missing.
 * - `held`: an unexpired claim of another task overlaps the range.
 */
export type Claim =
  | {
      readonly status: 'claimed';
      readonly fence: number;
      readonly generation: number;
      readonly missing: readonly Interval[];
      readonly expiresAt: Instant;
    }
  | { readonly status: 'done' }
  | { readonly status: 'held'; readonly holder: string; readonly run: string; readonly expiresAt: Instant };

/** What a commit in the warehouse's ledger says, as far as the state keeps it. */
export interface CommitRecord {
  readonly snapshot: SnapshotId;
  readonly range: Interval;
  readonly generation: number;
  readonly fence: number;
  /** Grows by every commit of the snapshot. */
  readonly seq: number;
  readonly run: string;
  readonly task: string;
  readonly rows: number;
  /** Stretches whose rows differ from what they replaced (an added row differs). Empty: the same rows as before. */
  readonly changed: readonly Interval[];
  /** For each snapshot read: the `seq` of its newest commit that the rows could have come from. */
  readonly seen: { readonly [id: SnapshotId]: number };
  readonly columns: readonly Column[];
  readonly version: JsonObject | null;
  readonly finishedAt: Instant;
}

/** What of an input the committed stretch needed: a change there after `seen` makes the commit stale. */
export interface Need {
  readonly snapshot: SnapshotId;
  readonly range: Interval;
}

/**
 * - `recorded`: the range is done.
 * - `stale`: the rows are in the warehouse but do not count as done, because the snapshot was invalidated
 *   there, an input was committed with other rows meanwhile, or a newer fence recorded the range.
 *
 * `invalidated` lists what was taken from done below; it is empty when the call is repeated after the claim
 * was released.
 */
export type Recorded =
  | { readonly status: 'recorded'; readonly invalidated: readonly Invalidation[] }
  | { readonly status: 'stale'; readonly reason: string; readonly invalidated: readonly Invalidation[] };

/** What a snapshot is made from, as `Snapshot` has it. */
export interface SnapshotLinks {
  readonly snapshot: SnapshotId;
  readonly inputs: readonly SnapshotInput[];
  readonly reads: readonly SnapshotRead[];
}

/** One line of the history of intervals: appended, never changed. */
export interface IntervalEvent {
  readonly at: Instant;
  readonly snapshot: SnapshotId;
  readonly node: NodeId;
  readonly range: Interval;
  readonly kind: 'done' | 'invalidated';
  readonly run: string | null;
  readonly reason: string;
}

/** The state of one project on one warehouse. The rules of `StateBackend` hold for every method. */
export interface ScopedState {
  /** Everything a plan needs, as of one moment. */
  read(): Promise<StateView>;
  /**
   * Says what kept snapshots are read over from now on: a table may stay although what it was made from is made
   * anew. The inputs take the place of those recorded; the reads are added to them, so that a change of either
   * reaches the rows. Repeating it changes nothing more.
   *
   * @throws `STATE_SNAPSHOT_UNKNOWN`, `STATE_SNAPSHOT_DROPPING`
   */
  link(links: readonly SnapshotLinks[]): Promise<void>;
  /**
   * Records snapshots that are not there yet; one that is there is left as it is.
   *
   * @throws `STATE_SNAPSHOT_DROPPING` when one of them is being dropped; none is recorded then.
   */
  addSnapshots(snapshots: readonly Snapshot[]): Promise<void>;
  /**
   * Takes the stretches out of done and raises the generation of their snapshots, all in one step. A commit
   * whose claim was made before is refused where it overlaps. `key` makes a repetition harmless.
   */
  invalidate(key: string, invalidations: readonly Invalidation[], at: Instant): Promise<void>;
  /**
   * Adds stretches to done on somebody's word, without rows: they are not run any more. What is done
   * already stays as it is, so that repeating it changes nothing. The ledger does not know of it: where done
   * is read from there, it is missing again.
   */
  complete(completions: readonly Invalidation[], at: Instant): Promise<void>;
  /** @throws `STATE_SNAPSHOT_DROPPING` */
  claim(request: ClaimRequest): Promise<Claim>;
  /**
   * Prolongs the claim with this fence.
   *
   * @throws `STATE_CLAIM_LOST` when it has expired and another took its place.
   */
  renew(snapshot: SnapshotId, fence: number, leaseMs: number): Promise<void>;
  /** Gives a claim up, whether or not its work was recorded. Does nothing when it is gone. */
  release(snapshot: SnapshotId, fence: number): Promise<void>;
  /**
   * Records a commit of the warehouse. In one step: checks generation, fence and that no input in `needs`
   * has a change with a seq beyond `seen`; adds the range to done; invalidates `below`; notes `changed` for
   * later checks. The last two happen also when the answer is `stale`, since the rows are in the warehouse.
   * Repeating it with the same seq changes nothing and answers as before.
   *
   * @param below What the caller found to depend on `commit.changed`, already cut to whole intervals; not
   *   narrowed to what is done, because that may move until the step is taken. Snapshots that the state does
   *   not know are passed over.
   */
  record(commit: CommitRecord, needs: readonly Need[], below: readonly Invalidation[]): Promise<Recorded>;
  /**
   * Sets done, seq and version of a snapshot to what the ledger says: the repair after a restored or copied
   * warehouse.
   */
  rebuild(
    snapshot: SnapshotId,
    from: {
      readonly done: readonly Interval[];
      readonly seq: number;
      readonly columns: readonly Column[] | null;
      readonly version: JsonObject | null;
      /** Newest in the ledger: the state's own are raised to them, never lowered. */
      readonly generation?: number;
      readonly fence?: number;
    },
  ): Promise<void>;
  /**
   * Remembers that fingerprints may use the rows of snapshots. What is remembered for the same fingerprint
   * stays if it says the same, whenever it was made, or was made later; otherwise it is replaced.
   *
   * @throws `STATE_SNAPSHOT_UNKNOWN`, `STATE_SNAPSHOT_DROPPING`: none is remembered then.
   */
  addProofs(proofs: readonly Proof[]): Promise<void>;
  /** Revokes proofs. Pointers that were set by them stay. */
  removeProofs(fingerprints: readonly string[]): Promise<void>;
  /**
   * Marks those of the snapshots to which nothing refers as being dropped, and answers which are (also those
   * that were before). From then on nothing can begin to refer to them. What refers: a pointer of an
   * environment, now or before its newest switch; a proof for the fingerprint of such a pointer; a claim that
   * has not expired, on it or on a snapshot that reads it. Proofs for others go. Passed over as well: what holds no rows and is kept only because
   * another snapshot was made from it.
   *
   * @param options.forgetPreviousBefore Environments switched before it give up their way back, if that is all
   *   that refers to one of the snapshots.
   */
  markDropping(
    ids: readonly SnapshotId[],
    options?: { readonly forgetPreviousBefore?: Instant },
  ): Promise<readonly SnapshotId[]>;
  /**
   * Forgets snapshots whose tables are gone; only those that are marked, the others are passed over. One that
   * another snapshot was made from keeps its definition, and is as if it had just been added.
   */
  removeSnapshots(ids: readonly SnapshotId[]): Promise<void>;
  /**
   * Moves an environment's pointers if its epoch is still `expectedEpoch` (0: it does not exist yet).
   *
   * @throws `STATE_ENVIRONMENT_MOVED` otherwise; the message names both epochs. `STATE_ENVIRONMENT_EXISTS` when
   *   it is new and its name differs from another's only in case. `STATE_SNAPSHOT_UNKNOWN`,
   *   `STATE_SNAPSHOT_DROPPING` when it would point at such a snapshot.
   */
  switchEnvironment(change: {
    readonly name: string;
    readonly expectedEpoch: number;
    readonly pointers: { readonly [node: NodeId]: Pointer };
    /** Id of the manifest the pointers were made from, saved before. Default: null. */
    readonly manifest?: string | null;
    readonly at: Instant;
    readonly expiresAt: Instant | null;
  }): Promise<EnvironmentRecord>;
  /**
   * Moves the moment at which an environment expires; null: never. No new epoch.
   *
   * @throws `STATE_ENVIRONMENT_UNKNOWN`
   */
  touchEnvironment(name: string, expiresAt: Instant | null): Promise<EnvironmentRecord>;
  /**
   * Forgets an environment if its epoch is still `expectedEpoch`. Does nothing when it is gone.
   *
   * @throws `STATE_ENVIRONMENT_MOVED` otherwise, or when it does not expire until `expiredBy` any more.
   */
  removeEnvironment(removal: {
    readonly name: string;
    readonly expectedEpoch: number;
    /** Only if it has expired by then; default: whether or not it has. */
    readonly expiredBy?: Instant;
  }): Promise<void>;
  /**
   * Keeps the text of a manifest. Saving it again keeps it for longer.
   *
   * @param id Content hash of the text: 1 to 128 small letters, digits, `-` and `_`.
   */
  saveManifest(id: string, text: string): Promise<void>;
  /** Null when it is not kept, or was collected. */
  manifest(id: string): Promise<string | null>;
  /**
   * Forgets the manifests to which no environment refers, now or before its newest switch, and that were saved
   * more than an hour ago. Answers their ids.
   */
  collectManifests(): Promise<readonly string[]>;
  /** Newest first. */
  events(filter?: {
    readonly snapshot?: SnapshotId;
    readonly limit?: number;
  }): Promise<readonly IntervalEvent[]>;
}

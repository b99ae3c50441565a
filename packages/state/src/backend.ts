import type { Instant } from '@seeknal/intervals';
import type { JsonObject, NodeId } from '@seeknal/manifest';

import type { ScopedState } from './scoped-state.ts';

/** Where a run stands. */
export type RunStatus = 'pending' | 'running' | 'success' | 'failed' | 'partial' | 'cancelled';

export interface RunRecord {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  /** What the caller passed: environment, plan id, options. */
  readonly config: JsonObject;
}

/** What one run left behind for one node: the fields of the Python state, in camel case. */
export interface NodeState {
  readonly hash: string;
  /** Null before the first run. */
  readonly lastRun: Instant | null;
  readonly status: 'pending' | 'running' | 'success' | 'failed' | 'skipped' | 'cached';
  readonly durationMs: number;
  readonly rowCount: number;
  readonly fingerprint: JsonObject | null;
  readonly completedIntervals: readonly (readonly [Instant, Instant])[];
  readonly completedPartitions: readonly string[];
  readonly restatementIntervals: readonly (readonly [Instant, Instant])[];
  /** Everything else that was stored, kept as it came. */
  readonly metadata: JsonObject;
}

/** A named, exclusive right that ends by itself. */
export interface StateLock {
  readonly name: string;
  readonly holder: string;
  /** Higher than that of every earlier holder. */
  readonly fence: number;
  readonly expiresAt: Instant;
  /** @throws `STATE_LOCK_LOST` when another holder has taken over. */
  renew(): Promise<void>;
  /** Does nothing when the lock is no longer held. */
  release(): Promise<void>;
}

/**
 * What a pipeline remembers. Every method is one atomic step, also among a hundred processes; none runs
 * user code inside a transaction. Methods that write can be repeated with the same arguments after an
 * answer was lost, and then change nothing more.
 *
 * @see docs/decisions/0002-state-contract.md for conditions and failure codes, method by method.
 */
export interface StateBackend {
  /** For messages: `memory`, `file target/state.json`, `libsql https://…` (never a token). */
  readonly description: string;
  /** Makes the storage, or brings an older schema up to date; refuses a newer one. */
  initialize(): Promise<void>;
  /**
   * @throws `STATE_RUN_EXISTS` unless it repeats the call that made the run: the same `startedAt`, given, and
   *   the same config.
   */
  createRun(
    runId: string,
    run?: { readonly startedAt?: Instant; readonly config?: JsonObject },
  ): Promise<RunRecord>;
  /** @throws `STATE_RUN_UNKNOWN` */
  updateRun(
    runId: string,
    patch: { readonly status?: RunStatus; readonly finishedAt?: Instant; readonly config?: JsonObject },
  ): Promise<RunRecord>;
  getRun(runId: string): Promise<RunRecord | null>;
  /** Newest first; 50 where no limit is given. The 50 newest runs are remembered, and whatever has not finished. */
  listRuns(limit?: number): Promise<readonly RunRecord[]>;
  /**
   * Creates the entry with defaults where it is absent, and changes only what `patch` names.
   *
   * @throws `STATE_RUN_UNKNOWN`
   */
  setNodeState(runId: string, nodeId: NodeId, patch: Partial<NodeState>): Promise<NodeState>;
  getNodeState(runId: string, nodeId: NodeId): Promise<NodeState | null>;
  /**
   * The union with what was there; adding twice is adding once.
   *
   * @throws `STATE_RUN_UNKNOWN`
   */
  addCompletedInterval(runId: string, nodeId: NodeId, start: Instant, end: Instant): Promise<void>;
  /**
   * Applies the writes that `work` makes through `tx` together or, when `work` throws, not at all. Reads
   * through `tx` see the state as it was when the transaction began, with its own writes. A lock cannot be
   * taken in it.
   *
   * @throws `STATE_TRANSACTION_CONFLICT` when, at the end, a write would have another outcome than the one
   *   `work` was shown: somebody else wrote in between. Nothing is written; run it again.
   */
  transaction<T>(work: (tx: StateBackend) => Promise<T>): Promise<T>;
  /**
   * Takes the lock of a run, waiting at most `timeoutMs`.
   *
   * @throws `STATE_LOCK_HELD` when another holder keeps it for that long; the message names it.
   */
  acquireLock(runId: string, timeoutMs?: number): Promise<StateLock>;
  /** The part of the state that belongs to one project on one warehouse. */
  scope(of: { readonly project: string; readonly warehouse: string }): ScopedState;
  close(): Promise<void>;
}

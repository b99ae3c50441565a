import { hostname } from 'node:os';
import process from 'node:process';

import type { Instant } from '@seeknal/intervals';
import type { JsonObject, NodeId } from '@seeknal/manifest';

import { checkName, checkRange, checkWhole, plainCopy } from './arguments.ts';
import type { NodeState, RunRecord, StateBackend, StateLock } from './backend.ts';
import { documentScope } from './document-scope.ts';
import type { DocumentStore, StoreOptions } from './document-store.ts';
import { StateError } from './errors.ts';
import { addCompletedInterval, findNode, setNodeState } from './node-steps.ts';
import { waitForLock } from './run-lock.ts';
import { createRun, findRun, newestRuns, RUNS_KEPT, updateRun } from './run-steps.ts';
import type { ScopedState } from './scoped-state.ts';
import { beginTransaction } from './transaction.ts';

const LOCK_LEASE_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;

/** A `StateBackend` over a store of one document: each method is one step, or one read. */
export class DocumentBackend implements StateBackend {
  readonly #store: DocumentStore;
  readonly #options: Required<StoreOptions>;
  readonly #isTransaction: boolean;

  constructor(store: DocumentStore, options: StoreOptions = {}, isTransaction = false) {
    this.#store = store;
    this.#options = {
      clock: options.clock ?? Date.now,
      holder: options.holder ?? `${hostname()}:${process.pid}`,
      lockLeaseMs: options.lockLeaseMs ?? LOCK_LEASE_MS,
    };
    this.#isTransaction = isTransaction;
  }

  get description(): string {
    return this.#store.description;
  }

  initialize(): Promise<void> {
    return this.#store.initialize();
  }

  async createRun(
    runId: string,
    run: { readonly startedAt?: Instant; readonly config?: JsonObject } = {},
  ): Promise<RunRecord> {
    checkName('run id', runId);
    return this.#store.step(createRun(runId, plainCopy(run)));
  }

  async updateRun(
    runId: string,
    patch: {
      readonly status?: RunRecord['status'];
      readonly finishedAt?: Instant;
      readonly config?: JsonObject;
    },
  ): Promise<RunRecord> {
    return this.#store.step(updateRun(runId, plainCopy(patch)));
  }

  async getRun(runId: string): Promise<RunRecord | null> {
    return findRun(await this.#store.read(), runId) ?? null;
  }

  async listRuns(limit: number = RUNS_KEPT): Promise<readonly RunRecord[]> {
    return newestRuns(await this.#store.read(), limit);
  }

  async setNodeState(runId: string, nodeId: NodeId, patch: Partial<NodeState>): Promise<NodeState> {
    checkName('node id', nodeId);
    for (const [start, end] of [...(patch.completedIntervals ?? []), ...(patch.restatementIntervals ?? [])]) {
      checkRange({ start, end });
    }
    return this.#store.step(setNodeState(runId, nodeId, plainCopy(patch)));
  }

  async getNodeState(runId: string, nodeId: NodeId): Promise<NodeState | null> {
    return findNode(await this.#store.read(), runId, nodeId) ?? null;
  }

  async addCompletedInterval(runId: string, nodeId: NodeId, start: Instant, end: Instant): Promise<void> {
    checkName('node id', nodeId);
    checkRange({ start, end });
    await this.#store.step(addCompletedInterval(runId, nodeId, start, end));
  }

  async transaction<T>(work: (tx: StateBackend) => Promise<T>): Promise<T> {
    // A transaction in a transaction is part of it.
    if (this.#isTransaction) return work(this);
    const now = this.#options.clock();
    const { store, asStep } = beginTransaction(this.#store, await this.#store.read(), {
      now,
      isGone: () => false,
    });
    const result = await work(new DocumentBackend(store, this.#options, true));
    await this.#store.step(asStep());
    return result;
  }

  async acquireLock(runId: string, timeoutMs: number = LOCK_TIMEOUT_MS): Promise<StateLock> {
    checkName('run id', runId);
    checkWhole('timeout', timeoutMs, 0);
    if (this.#isTransaction) {
      throw new StateError(
        'STATE_INVALID_ARGUMENT',
        `The lock ${runId} was asked for inside a transaction`,
        'Take the lock before the transaction begins.',
      );
    }
    const { holder, lockLeaseMs: leaseMs } = this.#options;
    return waitForLock(this.#store, { name: runId, holder, leaseMs, timeoutMs });
  }

  scope(of: { readonly project: string; readonly warehouse: string }): ScopedState {
    return documentScope(this.#store, { project: of.project, warehouse: of.warehouse });
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

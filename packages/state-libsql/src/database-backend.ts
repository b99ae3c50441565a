import { hostname } from 'node:os';
import process from 'node:process';

import type { Instant } from '@seeknal/intervals';
import { DocumentBackend } from '@seeknal/state';
import type {
  DocumentStore,
  NodeState,
  RunRecord,
  ScopedState,
  StateBackend,
  StateLock,
  StoreOptions,
} from '@seeknal/state';

import { Connection } from './connection.ts';
import { DatabaseStore } from './database-store.ts';
import { targetOf, type TargetOptions } from './database-url.ts';
import { EVERYTHING, type Focus } from './focus.ts';
import { checkText } from './names.ts';
import { readCache } from './read-cache.ts';
import { focusedScope } from './scope-focus.ts';
import { Transaction } from './transaction.ts';

export interface DatabaseBackendOptions extends StoreOptions, TargetOptions {
  /** How long a request may take before it is given up and sent again. Default: 10,000. */
  readonly requestMs?: number;
  /** How long a step is tried for while the state does not answer. Default: 60,000. */
  readonly timeoutMs?: number;
  /**
   * A folder of this machine in which what was read of a server is kept, so that the next process is sent only what
   * was written since. Default: nothing is kept. A database file is read as it is.
   */
  readonly cacheFolder?: string | undefined;
}

/** How long others that write a file are waited for within one request. */
const BUSY_MS = 5000;

const RUNS: Focus = { parts: [{ kind: 'runs' }], usesClock: true };
const LOCKS: Focus = { parts: [{ kind: 'locks' }], usesClock: true };
const oneRun = (run: string): Focus => ({ parts: [{ kind: 'run', run }], usesClock: true });
const oneNode = (run: string, node: string): Focus => ({
  parts: [
    { kind: 'run', run },
    { kind: 'node', run, node },
  ],
  usesClock: true,
});

/** Gives a method the store that sees what it is about. */
type Focused = (focus: Focus) => DocumentStore;

/** The methods of a backend, each by what it is about. */
class FocusedBackend extends DocumentBackend {
  readonly #focused: Focused;
  readonly #options: StoreOptions;

  constructor(focused: Focused, options: StoreOptions) {
    super(focused(EVERYTHING), options);
    this.#focused = focused;
    this.#options = options;
  }

  override async createRun(...args: Parameters<StateBackend['createRun']>): Promise<RunRecord> {
    return this.#by(RUNS).createRun(checkText('run id', args[0]), args[1]);
  }

  override updateRun(...args: Parameters<StateBackend['updateRun']>): Promise<RunRecord> {
    return this.#by(oneRun(args[0])).updateRun(...args);
  }

  override getRun(runId: string): Promise<RunRecord | null> {
    return this.#by(oneRun(runId)).getRun(runId);
  }

  override listRuns(limit?: number): Promise<readonly RunRecord[]> {
    return this.#by(RUNS).listRuns(limit);
  }

  override async setNodeState(runId: string, nodeId: string, patch: Partial<NodeState>): Promise<NodeState> {
    return this.#by(oneNode(runId, nodeId)).setNodeState(runId, checkText('node id', nodeId), patch);
  }

  override getNodeState(runId: string, nodeId: string): Promise<NodeState | null> {
    return this.#by(oneNode(runId, nodeId)).getNodeState(runId, nodeId);
  }

  override async addCompletedInterval(
    runId: string,
    nodeId: string,
    start: Instant,
    end: Instant,
  ): Promise<void> {
    checkText('node id', nodeId);
    return this.#by(oneNode(runId, nodeId)).addCompletedInterval(runId, nodeId, start, end);
  }

  override async acquireLock(runId: string, timeoutMs?: number): Promise<StateLock> {
    return this.#by(LOCKS).acquireLock(checkText('run id', runId), timeoutMs);
  }

  override scope(of: { readonly project: string; readonly warehouse: string }): ScopedState {
    return focusedScope(this.#focused, of);
  }

  #by(focus: Focus): DocumentBackend {
    return new DocumentBackend(this.#focused(focus), this.#options);
  }
}

/** What a transaction shows: the same methods, on steps that are not taken yet. */
class TransactionBackend extends FocusedBackend {
  /** A transaction in a transaction is part of it. */
  override transaction<T>(work: (tx: StateBackend) => Promise<T>): Promise<T> {
    return work(this);
  }

  override acquireLock(runId: string): Promise<StateLock> {
    return super.transaction((tx) => tx.acquireLock(runId));
  }
}

/**
 * State in a libSQL database: a file that the processes of one machine share, a server of your own, or Turso.
 * A step costs one or two requests, whatever the size of the state; reading a scope costs what was written to it
 * since it was read last.
 */
export class DatabaseBackend extends FocusedBackend {
  readonly #store: DatabaseStore;
  readonly #clock: (() => Instant) | undefined;
  readonly #options: StoreOptions;

  /** @throws {StateError} `STATE_INVALID_ARGUMENT` for a URL that names no database. */
  constructor(options: DatabaseBackendOptions = {}) {
    const { clock, requestMs = 10_000, timeoutMs = 60_000 } = options;
    const target = targetOf(options);
    const connection = new Connection(target, { requestMs, busyMs: BUSY_MS });
    const isKept = target.kind === 'server' && options.cacheFolder !== undefined;
    const cache = isKept ? readCache(options.cacheFolder, target.label) : null;
    const store = new DatabaseStore(connection, { clock, timeoutMs, cache });
    const { holder = `${hostname()}:${process.pid}`, lockLeaseMs } = options;
    const own = { holder, ...(lockLeaseMs !== undefined && { lockLeaseMs }) };
    super((focus) => store.focused(focus), own);
    this.#store = store;
    this.#clock = clock;
    this.#options = own;
  }

  override async transaction<T>(work: (tx: StateBackend) => Promise<T>): Promise<T> {
    const transaction = await Transaction.begin(this.#store, this.#clock);
    const result = await work(new TransactionBackend((focus) => transaction.focused(focus), this.#options));
    await transaction.commit();
    return result;
  }
}

/** The name of the plan documents for `DatabaseBackend`. */
export { DatabaseBackend as DatabaseStateBackend };

/** Opens the state of a database; call `initialize()` before anything else. */
export const openStateDatabase = (options: DatabaseBackendOptions): StateBackend =>
  new DatabaseBackend(options);

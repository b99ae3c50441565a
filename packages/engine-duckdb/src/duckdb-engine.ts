import {
  EngineError,
  type CheckResult,
  type Commit,
  type DataDiff,
  type DataDiffOptions,
  type DigestOptions,
  type Engine,
  type Fork,
  type QueryOptions,
  type QueryResult,
  type RangeDigest,
  type RunOptions,
  type ShownNode,
  type Switched,
  type ViewSwitch,
  type Work,
  type WorkDigest,
} from '@seeknal/engine';
import type { Interval } from '@seeknal/intervals';
import type { JsonObject, NodeId } from '@seeknal/manifest';
import type { SnapshotId } from '@seeknal/plan';

import { diffData } from './diff-data.ts';
import { digestColumns } from './digest-columns.ts';
import { digestWork } from './digest-work.ts';
import { dropSnapshots } from './drop-snapshots.ts';
import { forkSnapshots } from './fork-snapshots.ts';
import { readCommits, readHeads } from './ledger.ts';
import { parseSql } from './parse-sql.ts';
import { readOrphans } from './orphans.ts';
import { removeViews } from './remove-views.ts';
import { queryIn, runQuery } from './run-query.ts';
import { look, runWork } from './run-work.ts';
import type { Session } from './session.ts';
import { Slots } from './slots.ts';
import { readEpochs, readSwitchNotes, switchViews } from './views.ts';
import { retryConflicts, withSession, type Warehouse } from './warehouse.ts';

/** Held before the lock of any snapshot by whoever holds more than one; no snapshot has this id. */
const VIEWS = '';

/** The contract on an open warehouse; `openDuckDb` makes one. */
export class DuckDbEngine implements Engine {
  readonly warehouseId: string;
  readonly openToken: Engine['openToken'];
  readonly #warehouse: Warehouse;
  readonly #tasks: Slots;
  /** Apart from the tasks: a person's query does not wait for a long task to end. */
  readonly #queries = new Slots(1);
  readonly #closing: AbortController;
  readonly #closed: () => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: {
    readonly warehouse: Warehouse;
    readonly warehouseId: string;
    readonly openToken: Engine['openToken'];
    readonly maxConcurrent: number;
    readonly closing: AbortController;
    /** Called once the file is no longer in use here. */
    readonly closed: () => void;
  }) {
    this.warehouseId = parts.warehouseId;
    this.openToken = parts.openToken;
    this.#warehouse = parts.warehouse;
    this.#tasks = new Slots(parts.maxConcurrent);
    this.#closing = parts.closing;
    this.#closed = parts.closed;
  }

  run(work: Work, { signal, beforePublish }: RunOptions = {}): Promise<Commit> {
    const warehouse: Warehouse =
      beforePublish === undefined ? this.#warehouse : { ...this.#warehouse, beforePublish };
    return this.#track(() =>
      this.#tasks.use(signal, () =>
        // A conflict with another writer, after everything the publish itself tried: from the start, once more.
        retryConflicts(
          () => withSession(warehouse, signal, (session) => runWork(session, warehouse, work)),
          2,
        ),
      ),
    );
  }

  commits(filter?: Parameters<Engine['commits']>[0]): Promise<readonly Commit[]> {
    return this.#short((session) => readCommits(session, this.#warehouse.layout, filter));
  }

  heads(): Promise<{ readonly [id: SnapshotId]: number }> {
    return this.#short((session) => readHeads(session, this.#warehouse.layout));
  }

  epochs(): Promise<{ readonly [environment: string]: number }> {
    return this.#short((session) => readEpochs(session, this.#warehouse.layout));
  }

  switchNotes(): Promise<{ readonly [environment: string]: JsonObject }> {
    return this.#short((session) => readSwitchNotes(session, this.#warehouse.layout));
  }

  switchViews(change: ViewSwitch): Promise<Switched> {
    const { publishing } = this.#warehouse;
    // While views are made over a table, nobody may give it other columns.
    const tables = change.views.flatMap(({ from, snapshot }) => (from === 'table' ? [snapshot] : []));
    return this.#short((session) =>
      publishing.withAll([VIEWS, ...new Set(tables)], () => switchViews(session, this.#warehouse, change)),
    );
  }

  removeViews(environment: string): Promise<{ readonly removed: readonly NodeId[] }> {
    return this.#short((session) =>
      this.#warehouse.publishing.with(VIEWS, () => removeViews(session, this.#warehouse, environment)),
    );
  }

  check(work: Work, { signal }: Pick<RunOptions, 'signal'> = {}): Promise<readonly CheckResult[]> {
    return this.#track(() =>
      this.#tasks.use(signal, () =>
        withSession(this.#warehouse, signal, (session) => look(session, this.#warehouse, work)),
      ),
    );
  }

  query(
    sql: string,
    { limit = 1000, signal, environment = 'prod' }: QueryOptions = {},
  ): Promise<QueryResult> {
    const { layout } = this.#warehouse;
    return this.#track(() =>
      this.#queries.use(signal, () =>
        withSession(this.#warehouse, signal, async (session) =>
          runQuery(
            session,
            environment === 'prod' ? sql : await queryIn(session, layout, environment, sql),
            limit,
          ),
        ),
      ),
    );
  }

  parse(sqls: readonly string[]): Promise<readonly string[]> {
    return this.#short((session) => parseSql(session, sqls));
  }

  drop(snapshots: readonly SnapshotId[]): Promise<void> {
    const { publishing } = this.#warehouse;
    return this.#short((session) =>
      publishing.withAll([VIEWS, ...new Set(snapshots)], () =>
        dropSnapshots(session, this.#warehouse, snapshots),
      ),
    );
  }

  fork(copies: readonly Fork[]): Promise<readonly SnapshotId[]> {
    const { publishing } = this.#warehouse;
    // Nobody may publish into an original while it is copied, or into a copy before its ledger is there.
    const ids = new Set(copies.flatMap(({ from, to }) => [from, to]));
    return this.#track(() =>
      this.#tasks.use(undefined, () =>
        withSession(this.#warehouse, undefined, (session) =>
          publishing.withAll([VIEWS, ...ids], () => forkSnapshots(session, this.#warehouse, copies)),
        ),
      ),
    );
  }

  orphans(known: readonly SnapshotId[]): Promise<readonly SnapshotId[]> {
    return this.#short((session) => readOrphans(session, this.#warehouse.layout, known));
  }

  diffData(
    a: SnapshotId | ShownNode,
    b: SnapshotId | ShownNode,
    options: DataDiffOptions = {},
  ): Promise<DataDiff> {
    return this.#track(() =>
      this.#queries.use(undefined, () =>
        withSession(this.#warehouse, undefined, (session) =>
          diffData(session, this.#warehouse, a, b, options),
        ),
      ),
    );
  }

  digestColumns(
    snapshot: SnapshotId,
    columns: readonly string[],
    ranges: readonly Interval[],
    { oneIn = 1 }: Pick<DigestOptions, 'oneIn'> = {},
  ): Promise<readonly RangeDigest[]> {
    return this.#short((session) =>
      digestColumns(session, this.#warehouse, snapshot, columns, ranges, oneIn),
    );
  }

  digestWork(
    work: Work,
    { signal, ...options }: DigestOptions & Pick<RunOptions, 'signal'> = {},
  ): Promise<WorkDigest> {
    return this.#track(() =>
      this.#tasks.use(signal, () =>
        withSession(this.#warehouse, signal, (session) =>
          digestWork(session, this.#warehouse, work, options),
        ),
      ),
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    this.#warehouse.instance.closeSync();
    this.#closed();
  }

  #short<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#track(() => withSession(this.#warehouse, undefined, work));
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing.signal.aborted) throw new EngineError('ENGINE_CLOSED', 'The engine is closed.');
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

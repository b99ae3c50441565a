import type { Instant, Interval } from '@seeknal/intervals';
import type { Check, Column, JsonObject, NodeId, Severity, SourceSpec } from '@seeknal/manifest';
import type { Materialization, SnapshotId, TaskAction } from '@seeknal/plan';

/** Where tables live and SQL runs. One writing process a warehouse. */
export interface Engine {
  /** Made once with the warehouse, kept in its `_seeknal` schema. */
  readonly warehouseId: string;
  /**
   * Every opening writes a new token into the warehouse. `previous` is the one found: when it is not the one
   * this project left, the file was restored, copied or used from elsewhere, and the ledger must be read anew.
   */
  readonly openToken: { readonly previous: string | null; readonly current: string };
  /**
   * Runs one task: stages the rows, then publishes them in one transaction that also checks the fence, runs
   * the checks and writes the ledger. Either everything is there afterwards or nothing is.
   *
   * @throws {EngineError} see `EngineErrorCode`; `retryable` says whether the same work may succeed later.
   */
  run(work: Work, options?: RunOptions): Promise<Commit>;
  /** Ledger rows in order of snapshot and `seq`. The ledger is the truth about what is done. */
  commits(filter?: {
    readonly snapshots?: readonly SnapshotId[];
    readonly overlapping?: Interval;
    /** Only rows beyond these; a snapshot not named counts from 0. */
    readonly after?: { readonly [id: SnapshotId]: number };
  }): Promise<readonly Commit[]>;
  /** The newest `seq` of every snapshot that the ledger knows: one small query, to compare with the state. */
  heads(): Promise<{ readonly [id: SnapshotId]: number }>;
  /** The epoch of the newest switch of every environment that the warehouse has seen. */
  epochs(): Promise<{ readonly [environment: string]: number }>;
  /**
   * Makes the views of an environment those given, in one transaction: creates, replaces and drops only what
   * differs from what the warehouse records. Readers see the old set or the new one.
   *
   * @throws {EngineError} `ENGINE_SWITCH_REFUSED` when the warehouse has already seen `epoch` or a later one
   *   with other views.
   */
  switchViews(change: ViewSwitch): Promise<{ readonly changed: readonly NodeId[] }>;
  /** Rows of a SELECT for people and programs; cannot write. */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** Drops tables and ledger rows of snapshots nobody refers to any more. */
  drop(snapshots: readonly SnapshotId[]): Promise<void>;
  /** Interrupts what runs, then closes. The engine cannot be used afterwards. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** Aborting it interrupts the running query; the promise then rejects with `ENGINE_CANCELLED`. */
  readonly signal?: AbortSignal;
  /**
   * Called after the rows are staged and before they are published. What it throws is thrown by `run`, and
   * nothing is published: the last moment to notice that a file moved under the query.
   */
  readonly beforePublish?: () => Promise<void>;
}

/** What one name in the author's SQL stands for. */
export type CatalogEntry =
  | {
      readonly from: 'snapshot';
      readonly node: NodeId;
      readonly snapshot: SnapshotId;
      /** Rows outside are not there for the query; null: all. Applied to the time column, else to the hidden key. */
      readonly within: Partial<Interval> | null;
    }
  | {
      readonly from: 'file';
      readonly node: NodeId;
      readonly snapshot: SnapshotId;
      readonly file: FileSource;
      readonly within: Partial<Interval> | null;
    }
  | {
      readonly from: 'view';
      readonly node: NodeId;
      readonly snapshot: SnapshotId;
      readonly sql: string;
      /** What the view's own places stand for: names of other entries of the catalogue. */
      readonly places: { readonly [place: string]: NodeId };
    };

/** A file source with its paths resolved to this machine. */
export interface FileSource {
  readonly format: SourceSpec['format'];
  /** Absolute, sorted, at least one. */
  readonly paths: readonly string[];
  readonly options: JsonObject;
  readonly columns: readonly Column[];
  readonly timeColumn: string | null;
}

/** A check with its SQL rendered. */
export type RenderedCheck =
  | Exclude<Check, { readonly type: 'sql' }>
  | (Omit<Extract<Check, { readonly type: 'sql' }>, 'sql'> & { readonly sql: string });

/** Everything the engine needs to run one task; plain data. */
export interface Work {
  readonly run: string;
  readonly task: string;
  readonly node: NodeId;
  readonly snapshot: SnapshotId;
  /** Audits over existing rows come as a check. */
  readonly action: Exclude<TaskAction, 'audit'>;
  readonly materialization: Materialization;
  readonly range: Interval;
  readonly generation: number;
  readonly fence: number;
  /** The author's SELECT, rendered; for a check or an export over one input: null means that input. */
  readonly sql: string | null;
  /** What the names in the SQL stand for: every input, and whatever those that are views read. */
  readonly catalog: readonly CatalogEntry[];
  /** `input_0` and so on, to a node of the catalogue. */
  readonly places: { readonly [place: string]: NodeId };
  /** The interval's start for the hidden key column of an incremental table without a time column. */
  readonly timeColumn: string | null;
  readonly outOfRange: 'fail' | 'drop';
  /** Run on the new rows, as `__THIS__`, before they are published. */
  readonly checks: readonly RenderedCheck[];
  readonly export: { readonly format: 'csv' | 'parquet' | 'json' | 'jsonl'; readonly path: string } | null;
  /** For a load: the version of the files that was found before; written into the ledger. */
  readonly version: JsonObject | null;
  /** The clock of the command, for freshness checks. */
  readonly now: Instant;
}

/** What a check found; one that passed is listed too. */
export interface CheckResult {
  readonly type: Check['type'];
  readonly severity: Severity;
  readonly message: string;
  readonly place: Check['place'];
  /** Rows that break it; for `row_count` and `freshness`, 1 or 0. */
  readonly failures: number;
}

/** One line of the ledger. */
export interface Commit {
  readonly snapshot: SnapshotId;
  readonly node: NodeId;
  /** New at every creation of a table. */
  readonly tableId: number;
  readonly range: Interval;
  readonly generation: number;
  readonly fence: number;
  readonly seq: number;
  readonly run: string;
  readonly task: string;
  readonly rows: number;
  /** Rows left out by `out_of_range: drop`. */
  readonly dropped: number;
  /** Order-free hash of the rows, comparable only under the same engine version. */
  readonly digest: string;
  /** Stretches whose rows differ from those they replaced; empty where all are the same. */
  readonly changed: readonly Interval[];
  /** `seq` of each snapshot read, at the moment of reading. */
  readonly seen: { readonly [id: SnapshotId]: number };
  readonly columns: readonly Column[];
  readonly checks: readonly CheckResult[];
  readonly version: JsonObject | null;
  readonly finishedAt: Instant;
}

/** One view of an environment; `kept` leaves what is there as it is. */
export type View =
  | { readonly node: NodeId; readonly snapshot: SnapshotId; readonly from: 'kept' }
  | { readonly node: NodeId; readonly snapshot: SnapshotId; readonly from: 'table' }
  | { readonly node: NodeId; readonly snapshot: SnapshotId; readonly from: 'file'; readonly file: FileSource }
  | {
      readonly node: NodeId;
      readonly snapshot: SnapshotId;
      readonly from: 'view';
      readonly sql: string;
      readonly places: { readonly [place: string]: NodeId };
    };

export interface ViewSwitch {
  readonly environment: string;
  readonly epoch: number;
  /** In topological order. */
  readonly views: readonly View[];
}

export interface QueryOptions {
  /** Rows at most; default 1,000. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  readonly columns: readonly Column[];
  /** Numbers that a double cannot hold, decimals, dates and times come as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether `limit` cut rows off. */
  readonly truncated: boolean;
}

import type { Instant, Interval } from '@seeknal/intervals';
import type { Check, Column, JsonObject, NodeId, Severity, SourceSpec, UpsertKeys } from '@seeknal/manifest';
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
  /** What the newest switch of every environment said of itself; an environment that is not shown has none. */
  switchNotes(): Promise<{ readonly [environment: string]: JsonObject }>;
  /**
   * Makes the views of an environment those given, in one transaction: creates, replaces and drops only what
   * differs from what the warehouse records. Readers see the old set or the new one.
   *
   * @throws {EngineError} `ENGINE_SWITCH_REFUSED` when the warehouse has already seen `epoch` or a later one
   *   with other views.
   */
  switchViews(change: ViewSwitch): Promise<Switched>;
  /**
   * Drops the views of an environment, its schemas where nothing else is in them, and what the warehouse
   * records of it, in one transaction. Does nothing where there is none. Call it before an environment is
   * made whose name was in use: epochs of the one before would refuse its first switch.
   */
  removeViews(environment: string): Promise<{ readonly removed: readonly NodeId[] }>;
  /**
   * What the checks of a `check` find in the rows that are there. Writes nothing, and a check that fails is
   * told, not thrown.
   */
  check(work: Work, options?: Pick<RunOptions, 'signal'>): Promise<readonly CheckResult[]>;
  /** Rows of a SELECT for people and programs; cannot write. */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /**
   * What the engine's own parser makes of each query, as JSON text for `lowerDuckDb` of `@seeknal/sql-ast`; a
   * query it cannot read is an answer too. Runs nothing; well under a millisecond a query.
   */
  parse(sqls: readonly string[]): Promise<readonly string[]>;
  /**
   * Copies tables and ledger rows under new snapshot ids, all in one transaction. Where one of the copies has
   * read another's original, its ledger says that it has read the copy. A copy that is there already is left
   * as it is, and an original without rows has none.
   *
   * @returns The ids of the copies that were made.
   */
  fork(copies: readonly Fork[]): Promise<readonly SnapshotId[]>;
  /**
   * Drops tables and ledger rows of snapshots nobody refers to any more, in one transaction.
   *
   * @throws {EngineError} `ENGINE_SWITCH_REFUSED` while a view of an environment shows one of them: none is
   *   dropped then.
   */
  drop(snapshots: readonly SnapshotId[]): Promise<void>;
  /** Snapshots with a table or ledger rows that are not among those given: nobody will ever drop them. */
  orphans(known: readonly SnapshotId[]): Promise<readonly SnapshotId[]>;
  /**
   * Compares the rows that readers see of two snapshots, or of nodes in environments, whatever their order.
   * Several scans of each.
   *
   * @throws {EngineError} `ENGINE_INPUT_MISSING` when one has no table or view; `ENGINE_DUPLICATE_KEYS` when the
   *   keys do not tell its rows apart; `ENGINE_SQL` when a key is not a column of both.
   */
  diffData(
    a: SnapshotId | ShownNode,
    b: SnapshotId | ShownNode,
    options?: DataDiffOptions,
  ): Promise<DataDiff>;
  /**
   * The rows of a snapshot as far as these columns tell, range by range: equal digests under one version of
   * the engine mean equal rows, in whatever order. One scan;
   * of an upsert, one a range.
   *
   * @param ranges Half-open. A table without a time column has its rows under the start of their interval;
   *   one that is made as a whole has all its rows in every range.
   * @throws {EngineError} `ENGINE_INPUT_MISSING` when there is no table; `ENGINE_SQL` for a column it has not.
   */
  digestColumns(
    snapshot: SnapshotId,
    columns: readonly string[],
    ranges: readonly Interval[],
    options?: Pick<DigestOptions, 'oneIn'>,
  ): Promise<readonly RangeDigest[]>;
  /**
   * The rows that `run` would publish for a `build`: computed over the inputs as they are, digested and thrown
   * away. Runs no checks and writes nothing, the ledger included. Equal to what `digestColumns` tells of a
   * table for the same columns and range exactly if the rows are equal. Costs what the query costs.
   *
   * @throws {EngineError} as `run` does while rows are made: for the author's SQL, a missing input, rows outside
   *   the range; `ENGINE_SQL` for a column that the query does not give.
   */
  digestWork(work: Work, options?: DigestOptions & Pick<RunOptions, 'signal'>): Promise<WorkDigest>;
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
  /**
   * With the materialization `upsert_by_key`. Every interval's rows are kept, under the hidden key; whoever
   * reads sees one row a key.
   */
  readonly upsert?: UpsertKeys;
  readonly outOfRange: 'fail' | 'drop';
  /**
   * The table goes on under another definition: it takes the columns of these rows, with NULL in older rows for
   * those that it had not, and drops the others. Without it other columns are an error.
   */
  readonly reshapes?: true;
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
  /** Kept in the same transaction, so that whoever dies before telling the state is made good by the next. */
  readonly note?: JsonObject;
  /** In topological order. */
  readonly views: readonly View[];
}

/** What a switch did. */
export interface Switched {
  /** Nodes whose views were made, replaced or dropped. */
  readonly changed: readonly NodeId[];
  /** Statements that make, replace or drop something in the warehouse. */
  readonly statements: number;
}

/** One table to be copied. */
export interface Fork {
  readonly from: SnapshotId;
  readonly to: SnapshotId;
}

/** What an environment shows under the name of a node, be it a table or a view. */
export interface ShownNode {
  readonly environment: string;
  readonly node: NodeId;
}

export interface DataDiffOptions {
  /** Columns that together tell rows apart; default: rows are compared as wholes. */
  readonly keys?: readonly string[];
  /** Part of the rows to be compared, more than 0, at most 1; the same rows of both. Default: 1. */
  readonly sample?: number;
  /** Example rows of each kind at most; default 5. */
  readonly examples?: number;
}

/** How the rows of two snapshots differ. Columns that only one has are listed and not compared. */
export interface DataDiff {
  /** All rows, sampled or not. */
  readonly rows: { readonly a: number; readonly b: number };
  /** Rows compared; with a sample, fewer. */
  readonly compared: { readonly a: number; readonly b: number };
  /** By key where keys are given, else rows without an equal one on the other side. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Rows with the same key and other values; null without keys. */
  readonly changed: number | null;
  readonly columns: readonly ColumnDiff[];
  readonly examples: {
    /** What the values of the examples belong to. */
    readonly columns: readonly string[];
    readonly onlyA: readonly (readonly unknown[])[];
    readonly onlyB: readonly (readonly unknown[])[];
    readonly changed: readonly { readonly a: readonly unknown[]; readonly b: readonly unknown[] }[];
  };
}

export interface ColumnDiff {
  readonly name: string;
  /** Its type on each side; null: it is not there. */
  readonly a: string | null;
  readonly b: string | null;
  /**
   * With keys: rows of both sides whose values differ. Without: values of `a` that have no equal one in `b`.
   * Null for keys, and for a column that one side does not have. Values of different types are compared as text.
   */
  readonly differing: number | null;
}

/** The rows of one stretch of time. */
export interface RangeDigest {
  readonly range: Interval;
  readonly rows: number;
  /** Comparable as text. */
  readonly digest: string;
}

export interface DigestOptions {
  /** Default: all that the query gives. */
  readonly columns?: readonly string[];
  /**
   * Only one in about so many rows counts, chosen by its hash over the columns named: the same rows of
   * whatever is compared. Default: 1, every row.
   */
  readonly oneIn?: number;
}

/** The rows of a query that were not kept. */
export interface WorkDigest extends RangeDigest {
  /** All that the query gives, in its order. */
  readonly columns: readonly Column[];
}

export interface QueryOptions {
  /** Rows at most; default 1,000. */
  readonly limit?: number;
  /** The environment whose views the names of nodes stand for; default: `prod`. */
  readonly environment?: string;
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  readonly columns: readonly Column[];
  /** Numbers that a double cannot hold, decimals, dates and times come as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether `limit` cut rows off. */
  readonly truncated: boolean;
}

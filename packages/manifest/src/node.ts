import type { Instant } from '@seeknal/intervals';

/** `kind.name`, as written in YAML and SQL: `transform.orders`. */
export type NodeId = string;

/** Plain JSON: survives a file, a queue and a diff unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The kinds a project may hold. Those without a spec yet are refused by name when they would run. */
export type NodeKind =
  | 'source'
  | 'transform'
  | 'aggregation'
  | 'feature_group'
  | 'rule'
  | 'exposure'
  | 'model'
  | 'second_order_aggregation'
  | 'profile'
  | 'semantic_model'
  | 'metric';

/** A place in a file of the project; line and column count from 1. */
export interface Place {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Which intervals of an input one interval of the reader needs: the matching one, that and the `count`
 * before it (counted in the input's schedule), or everything that starts before the reader's interval ends.
 */
export type Reads =
  | { readonly kind: 'interval' }
  | { readonly kind: 'back'; readonly count: number }
  | { readonly kind: 'all' };

export interface NodeInput {
  readonly ref: NodeId;
  /** The name SQL may use besides the node's own: `input_0`, `input_1`, or the key of a map of inputs. */
  readonly place: string;
  readonly reads: Reads;
}

/** When a node's rows are due, and how its intervals are cut into tasks. */
export interface Timing {
  /** Five-field cron, shorthands expanded: `0 0 * * *`. */
  readonly schedule: string;
  /** IANA zone of the schedule's wall clock; `UTC` by default. */
  readonly timeZone: string;
  /** First instant wanted; null: taken from the inputs, else the newest ended interval. */
  readonly start: Instant | null;
  /** No interval that starts at or after this is wanted; null: no end. */
  readonly end: Instant | null;
  /** How many intervals before a newly due one are processed again. */
  readonly lookback: number;
  /** Intervals a task; null: a contiguous stretch is one task. Always 1 without a time column. */
  readonly batchSize: number | null;
  /** Tasks of this node at the same time; null: as many as the run allows. */
  readonly concurrency: number | null;
  /** One interval at a time, in order. */
  readonly dependsOnPast: boolean;
}

/** The author's SQL as a template, and where its first character stands. */
export interface SqlText {
  readonly template: string;
  readonly place: Place;
  /** Columns by which every line after the first is indented in the file (a YAML block). */
  readonly indent: number;
  /** Put together from other keys when the project was loaded: all of it stands at `place`. */
  readonly isGenerated?: true;
}

export type Severity = 'error' | 'warn';

/** A check of rows, run before anyone can see them. */
export type Check = {
  readonly severity: Severity;
  readonly message: string | null;
  readonly place: Place;
} & (
  | { readonly type: 'not_null'; readonly columns: readonly string[] }
  | { readonly type: 'unique'; readonly columns: readonly string[] }
  | {
      readonly type: 'accepted_values';
      readonly columns: readonly string[];
      readonly values: readonly Json[];
    }
  | { readonly type: 'row_count'; readonly min: number | null; readonly max: number | null }
  | { readonly type: 'range'; readonly column: string; readonly min: Json; readonly max: Json }
  | { readonly type: 'freshness'; readonly column: string; readonly maxAgeMs: number }
  /** A SELECT over `__THIS__` that returns the rows which break the rule: none is a pass. */
  | { readonly type: 'sql'; readonly sql: SqlText }
);

export interface Column {
  readonly name: string;
  /** As the engine spells it: `INTEGER`, `DATE`, `DECIMAL(18,3)`. */
  readonly type: string;
}

export interface SourceSpec {
  readonly kind: 'source';
  readonly format: 'csv' | 'parquet' | 'json' | 'jsonl';
  /** A file or a glob, relative to the project unless absolute; forward slashes. */
  readonly path: string;
  /** Options of the reader: `{ delim: ';', header: true, skip: 1 }`, in the engine's names. */
  readonly options: JsonObject;
  /** Declared types; columns not named keep the type the engine finds. */
  readonly columns: readonly Column[];
  /** With it, a corrected file re-opens only the days whose rows differ. */
  readonly timeColumn: string | null;
  readonly freshness: {
    readonly timeColumn: string;
    readonly warnAfterMs: number | null;
    readonly errorAfterMs: number | null;
  } | null;
  readonly checks: readonly Check[];
}

/** How an upsert table tells which of several rows with one key it shows. Keys are equal where both are NULL. */
export interface UpsertKeys {
  readonly keys: readonly string[];
  /** Of several rows with one key in one interval the greatest by these columns stays; none: several fail the task. */
  readonly orderBy: readonly string[];
  /** The greatest value here is shown, whichever interval it came with; null: the latest interval's row is. */
  readonly version: string | null;
}

export interface TransformSpec {
  readonly kind: 'transform';
  readonly mode: 'full' | 'incremental_by_time' | 'append' | 'upsert_by_key' | 'view';
  readonly sql: SqlText;
  /** Defaults for `{{ name }}` in the SQL. */
  readonly params: JsonObject;
  readonly inputs: readonly NodeInput[];
  readonly timing: Timing | null;
  readonly timeColumn: string | null;
  /** With the mode `upsert_by_key`, and only then. */
  readonly upsert?: UpsertKeys;
  /** What to do with rows whose time lies outside the task's intervals, or is NULL. */
  readonly outOfRange: 'fail' | 'drop';
  /** When a file or a `full` input of an incremental node changes: keep done intervals, or redo them. */
  readonly onChange: 'keep' | 'rebuild';
  /** Functions in the SQL that may give other values each time: `random`, `now`. In small letters. */
  readonly volatile: readonly string[];
  readonly checks: readonly Check[];
}

export interface RuleSpec {
  readonly kind: 'rule';
  readonly inputs: readonly NodeInput[];
  readonly checks: readonly Check[];
}

export interface ExposureSpec {
  readonly kind: 'exposure';
  readonly format: 'csv' | 'parquet' | 'json' | 'jsonl';
  /** Inside the project, relative to it. */
  readonly path: string;
  readonly inputs: readonly NodeInput[];
}

/** Known to the project format, not run by this version: named with the reason wherever it matters. */
export interface UnsupportedSpec {
  readonly kind: 'unsupported';
  readonly reason: string;
  readonly inputs: readonly NodeInput[];
}

export type NodeSpec = SourceSpec | TransformSpec | RuleSpec | ExposureSpec | UnsupportedSpec;

/**
 * A node of the manifest: the fields of the Python manifest, and beside them what this version resolved.
 */
export interface ManifestNode {
  readonly id: NodeId;
  readonly name: string;
  readonly type: NodeKind;
  readonly description: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** Names that it had before, by their ids, as the author says: an environment that has one of them moves it. */
  readonly renamedFrom?: readonly NodeId[];
  /** Declared columns: name to type. */
  readonly columns: { readonly [name: string]: string };
  /** The parsed YAML, params and SQL resolved. */
  readonly config: JsonObject;
  /** Relative to the project. */
  readonly file_path: string;
  readonly place: Place;
  readonly spec: NodeSpec;
  /**
   * Everything that decides the rows, without the inputs (they come in through the fingerprint), SQL as
   * canonical text with the run's own values left symbolic.
   */
  readonly definition: JsonObject;
  /** Hash of `definition` and of the inputs' fingerprints: a function of the manifest alone. */
  readonly fingerprint: string;
}

import type { Instant, Interval } from '@seeknal/intervals';
import type { JsonObject, NodeId, NodeKind } from '@seeknal/manifest';

import type { Impact } from '@seeknal/sql-ast';
import type { SqlEdit } from '@seeknal/sql-diff';

import type { Cause } from './reuse/node-impact.ts';
import type { Reach } from './reuse/reach.ts';
import type { Materialization, Proof, Snapshot, SnapshotId } from './snapshot.ts';

/**
 * What a task does: read a file's shape and version, fill a table, run a rule, write a file, look at a view,
 * or run a node's own changed audits over rows that it has already.
 */
export type TaskAction = 'load' | 'build' | 'check' | 'export' | 'view' | 'audit';

/** One snapshot × one batch of intervals: the unit that is claimed, run, audited and committed. */
export interface Task {
  /** `transform.daily@2024-01-01..2024-01-08`; `source.orders` for a node without a schedule. */
  readonly id: string;
  readonly node: NodeId;
  readonly snapshot: SnapshotId;
  readonly action: TaskAction;
  readonly range: Interval;
  /** Intervals of the schedule in `range`; 1 without a schedule. */
  readonly intervals: number;
}

/** What the plan does to a node, in the order a reader cares about. */
export type NodeAction = 'add' | 'change' | 'backfill' | 'keep' | 'remove' | 'blocked';

export type ChangeCategory = 'BREAKING' | 'NON_BREAKING' | 'METADATA';

/**
 * What a caller may say of a change: that everything which reads the node is to be built anew; or that it adds
 * only, so that what reads it stays if the rows that it reads turn out to be the same.
 */
export type SaidCategory = Exclude<ChangeCategory, 'METADATA'>;

export interface NodePlan {
  readonly node: NodeId;
  /** What the environment calls it until the plan is applied; null: the same. */
  readonly renamedFrom: NodeId | null;
  readonly kind: NodeKind;
  readonly materialization: Materialization | null;
  readonly action: NodeAction;
  /** Null for nodes that are new, removed or unchanged. */
  readonly category: ChangeCategory | null;
  /** One sentence: why this is done, or why nothing is. */
  readonly reason: string;
  /** The nodes through which a change above reached this one, nearest last; empty when the node itself changed. */
  readonly path: readonly NodeId[];
  readonly snapshot: SnapshotId | null;
  /** Whether the snapshot is made by this plan. */
  readonly isNew: boolean;
  /** The table that it goes on with, as it is, under another definition; null: its rows are all of one. */
  readonly continues: SnapshotId | null;
  /** What runs for certain, coalesced. */
  readonly missing: readonly Interval[];
  /** What runs again only if rows above turn out different, coalesced. */
  readonly maybe: readonly Interval[];
  /** Intervals in `missing`, and the tasks they are cut into. */
  readonly intervals: number;
  readonly tasks: number;
  /** What becomes of its rows and columns; null: nothing was compared. `rows` implies every column. */
  readonly impact: Impact | null;
  /** How its own query was edited, and what of its inputs differs. */
  readonly edits: readonly SqlEdit[];
  readonly causes: readonly Cause[];
  /** Who reads columns that it changes or takes away by its own edit. */
  readonly reach: readonly Reach[];
  /** Names in its query that stand for nothing, or for several things. */
  readonly problems: readonly string[];
  /** Its query before and now: canonical words over several lines. Null where it is the same, or no query. */
  readonly sql: { readonly old: string; readonly new: string } | null;
  /** What a comparison of the rows found where they are kept, or were to be, by a proof; null: none was made. */
  readonly verified: Verified | null;
  /** Things to know that change nothing: done intervals kept over a changed file, a volatile function. */
  readonly notes: readonly string[];
}

/** The rows of a kept table beside those that the new query gives over the same inputs. */
export interface Verified {
  /** Rows of the table that were compared. */
  readonly rows: number;
  /** Stretches that were compared, of which there may be more. */
  readonly ranges: number;
  /** Whether something was left out: then `same` proves nothing. */
  readonly sampled: boolean;
  readonly same: boolean;
  /** Stretches with other rows, coalesced. */
  readonly differing: readonly Interval[];
}

/** What must hold for the plan to be applied as shown. */
export interface PlanBase {
  readonly environment: {
    readonly name: string;
    /** 0: the plan makes it. */
    readonly epoch: number;
  };
  /** Epochs of the other environments: whose rows are shared, and which may be promoted to. */
  readonly others: { readonly [name: string]: number };
  /** Generation of every snapshot of the plan that already existed. */
  readonly generations: { readonly [id: SnapshotId]: number };
  /** Of every node of the manifest: a hash of what decides its rows, of its metadata and of its timing. */
  readonly nodes: { readonly [node: NodeId]: string };
}

/** The difference between an environment and a manifest, made into tasks. Plain JSON. */
export interface Plan {
  readonly version: 1;
  /** Hash of everything else but `createdAt`: the same situation gives the same id. */
  readonly id: string;
  readonly project: string;
  readonly warehouse: string;
  readonly environment: string;
  readonly createdAt: Instant;
  /** The clock the plan was made by. */
  readonly now: Instant;
  /** The range asked for, resolved; null: everything wanted up to now. */
  readonly range: Interval | null;
  /** What it was asked for beside the range, in the terms of whoever asked. */
  readonly asked: JsonObject;
  readonly base: PlanBase;
  /** Snapshots to be recorded before the first task. */
  readonly snapshots: readonly Snapshot[];
  /** Why fingerprints of the plan may use rows of others: recorded with the snapshots. */
  readonly proofs: readonly Proof[];
  /** Tables copied before anything else, so that others keep the rows that this plan makes anew. */
  readonly forks: readonly PlannedFork[];
  /** Stretches invalidated before the first task: look-back, restatement, full refresh. */
  readonly invalidations: readonly Invalidation[];
  /** In topological order. */
  readonly nodes: readonly NodePlan[];
  /** In an order that a single worker could run. */
  readonly tasks: readonly Task[];
  /** The pointers the environment gets once everything is done. */
  readonly pointers: { readonly [node: NodeId]: SnapshotId };
  readonly summary: PlanSummary;
}

/** A snapshot that is copied under an id of its own. */
export interface PlannedFork {
  readonly node: NodeId;
  readonly from: SnapshotId;
  readonly to: SnapshotId;
}

export interface Invalidation {
  readonly snapshot: SnapshotId;
  readonly range: Interval;
  readonly reason: string;
}

export interface PlanSummary {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  readonly backfill: number;
  readonly keep: number;
  readonly blocked: number;
  readonly tasks: number;
  readonly intervals: number;
}

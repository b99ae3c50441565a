import type { Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';
import type { SnapshotId, Task } from '@seeknal/plan';

/** Who calls the tasks of a run: this process, later Temporal or Prefect. */
export interface Orchestrator {
  readonly name: string;
  /** Runs every task once its waits are over; never rejects because a task failed. */
  run(job: Job): Promise<JobResult>;
}

/** A stretch of a snapshot that must not have unfinished tasks before another task starts. */
export interface Wait {
  readonly snapshot: SnapshotId;
  readonly range: Interval;
}

export interface Job {
  /** In topological order; several tasks of one snapshot by time. */
  readonly tasks: readonly Task[];
  /** What a task waits for, besides running tasks of its own snapshot that overlap it. */
  readonly waits: (task: Task) => readonly Wait[];
  /** Tasks of one node at the same time; null: as many as `maxWorkers`. */
  readonly concurrency: (node: NodeId) => number | null;
  /** Runs one task to its end; an outcome, not an exception, says how it went. */
  readonly execute: (task: Task, signal: AbortSignal) => Promise<TaskOutcome>;
  /** Tasks at the same time, from 1. */
  readonly maxWorkers: number;
  /** How often a task whose error may pass is tried again; 0: never. */
  readonly retries: number;
  /** Milliseconds before the first repetition; doubled by each further one, at most a minute. Default 500. */
  readonly backoffMs?: number;
  /** Aborting it interrupts running tasks and starts no more. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: TaskEvent) => void;
}

/**
 * - `done`: committed and recorded; `added` are the tasks of stretches it invalidated below.
 * - `unchanged`: there was nothing to do.
 * - `again`: what it did does not count, because something moved meanwhile; `added` run first.
 * - `failed`: nothing was published.
 */
export type TaskOutcome =
  | {
      readonly status: 'done';
      readonly rows: number;
      readonly dropped: number;
      /** Whether the rows differ from what they replaced. */
      readonly isChanged: boolean;
      readonly warnings: readonly string[];
      readonly added: readonly Task[];
    }
  | { readonly status: 'unchanged' }
  | { readonly status: 'again'; readonly reason: string; readonly added: readonly Task[] }
  | { readonly status: 'failed'; readonly error: unknown; readonly mayPass: boolean };

export type TaskEvent =
  | { readonly type: 'started'; readonly task: Task; readonly attempt: number }
  | {
      readonly type: 'finished';
      readonly task: Task;
      readonly durationMs: number;
      readonly outcome: TaskOutcome;
    }
  | { readonly type: 'retrying'; readonly task: Task; readonly reason: string; readonly inMs: number }
  | { readonly type: 'added'; readonly tasks: readonly Task[] }
  | { readonly type: 'skipped'; readonly task: Task; readonly because: string };

export interface JobResult {
  readonly done: readonly Task[];
  readonly unchanged: readonly Task[];
  readonly failed: readonly { readonly task: Task; readonly error: unknown }[];
  /** Not run because something they wait for failed, with the id of the task that did. */
  readonly skipped: readonly { readonly task: Task; readonly because: string }[];
  /** Not run, or interrupted, because the job was cancelled. */
  readonly cancelled: readonly Task[];
}

import type { Manifest, NodeId } from '@seeknal/manifest';
import type { JobResult, TaskEvent } from '@seeknal/orchestrator-adapter';
import type { SnapshotId, StateView } from '@seeknal/plan';
import type { NodeState } from '@seeknal/state';

/** What a run leaves behind for each node that it touched, in the terms of the Python state. */
export function nodeStates(
  manifest: Manifest,
  view: StateView,
  job: JobResult,
  durationMs: ReadonlyMap<NodeId, number>,
  now: number,
): { readonly [node: NodeId]: Partial<NodeState> } {
  const status = new Map<NodeId, NodeState['status']>();
  const snapshots = new Map<NodeId, SnapshotId>();
  const tasks = [...job.unchanged, ...job.done, ...[...job.skipped, ...job.failed].map(({ task }) => task)];
  for (const { node, snapshot } of tasks) snapshots.set(node, snapshot);
  // In this order: one failed task makes its node a failed one, whatever else of it was done.
  for (const { node } of job.unchanged) status.set(node, 'cached');
  for (const { node } of job.done) status.set(node, 'success');
  for (const { task } of job.skipped) status.set(task.node, 'skipped');
  for (const { task } of job.failed) status.set(task.node, 'failed');
  const states: Record<NodeId, Partial<NodeState>> = {};
  for (const [id, outcome] of status) {
    const fingerprint = manifest.nodes[id]?.fingerprint ?? '';
    const record = view.snapshots[snapshots.get(id) ?? fingerprint];
    const done = record?.schedule === undefined || record.schedule === null ? [] : record.done;
    states[id] = {
      hash: fingerprint,
      status: outcome,
      lastRun: now,
      durationMs: Math.round(durationMs.get(id) ?? 0),
      rowCount: record?.rows ?? 0,
      completedIntervals: done.map(({ start, end }) => [start, end] as const),
    };
  }
  return states;
}

/** Adds up how long the tasks of each node took. */
export function durations(): {
  readonly durationMs: ReadonlyMap<NodeId, number>;
  readonly note: (event: TaskEvent) => void;
} {
  const durationMs = new Map<NodeId, number>();
  const note = (event: TaskEvent): void => {
    if (event.type !== 'finished') return;
    const { node } = event.task;
    durationMs.set(node, (durationMs.get(node) ?? 0) + event.durationMs);
  };
  return { durationMs, note };
}

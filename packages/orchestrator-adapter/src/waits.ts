import { overlaps } from '@seeknal/intervals';
import { hasIntervals, needed, ALL_TIME, type ResolvedNode, type Task } from '@seeknal/plan';

import type { ExecutionContext } from './execution-context.ts';
import type { Wait } from './orchestrator.ts';

/**
 * What must not have unfinished tasks before a task starts: every stretch that it reads, every view that it
 * reads through, and for a node that depends on its past all of its own before.
 */
export function waitsOf(
  task: Task,
  { resolved, wanted }: Pick<ExecutionContext, 'resolved' | 'wanted'>,
): readonly Wait[] {
  // Audits look at all the rows of their node, once they are there.
  if (task.action === 'audit') return [{ snapshot: task.snapshot, range: ALL_TIME }];
  const own = resolved.get(task.node) as ResolvedNode;
  const waits: Wait[] = [];
  for (const { node, snapshot } of own.snapshot.inputs) {
    if (resolved.get(node)?.snapshot.materialization === 'view') waits.push({ snapshot, range: ALL_TIME });
  }
  for (const read of own.snapshot.reads) {
    const input = resolved.get(read.node);
    if (input === undefined) continue;
    const need = hasIntervals(input.snapshot)
      ? needed(read, input.snapshot, own.snapshot, task.range)
      : ALL_TIME;
    // A table that was never filled is not there at all: whatever fills it first is awaited, needed or not.
    const isThere = (input.record?.done ?? []).length > 0 || overlaps(wanted(read.node), need);
    // What has no intervals is awaited whole, a file's load included, whatever part of it is read.
    const range = isThere ? need : ALL_TIME;
    waits.push({ snapshot: read.snapshot, range });
  }
  if (own.timing?.dependsOnPast === true) {
    waits.push({ snapshot: task.snapshot, range: { start: ALL_TIME.start, end: task.range.start } });
  }
  return waits;
}

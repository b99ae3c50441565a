import type { Interval } from '@seeknal/intervals';

import { countOf, cut } from './due.ts';
import type { Finding } from './finding.ts';
import type { Task, TaskAction } from './plan.ts';
import type { ResolvedNode } from './resolve.ts';
import { ALL_TIME, type Materialization } from './snapshot.ts';
import { taskId } from './task-id.ts';

const ACTIONS: Record<Materialization, TaskAction> = {
  source: 'load',
  full: 'build',
  incremental_by_time: 'build',
  append: 'build',
  upsert_by_key: 'build',
  view: 'view',
  rule: 'check',
  exposure: 'export',
};

/** The task for one stretch of a snapshot. */
export function taskOf(
  { node, snapshot, timing }: Pick<ResolvedNode, 'node' | 'snapshot' | 'timing'>,
  range: Interval,
): Task {
  return {
    id: taskId(node.id, range),
    node: node.id,
    snapshot: snapshot.id,
    action: ACTIONS[snapshot.materialization],
    range,
    intervals: countOf({ timing, snapshot }, [range]),
  };
}

/** What one node has to run, by time; its audits last. */
export const tasksOf = ({ resolved, missing, audits }: Finding): readonly Task[] => [
  ...cut(resolved, missing).map((range) => taskOf(resolved, range)),
  ...(audits ? [auditTask(resolved)] : []),
];

/** Runs after the node's own tasks, over all of its rows. */
const auditTask = ({ node, snapshot }: ResolvedNode): Task => ({
  id: `${node.id} audits`,
  node: node.id,
  snapshot: snapshot.id,
  action: 'audit',
  range: ALL_TIME,
  intervals: 1,
});

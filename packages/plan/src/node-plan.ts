import { inputsOf, type Manifest, type NodeId } from '@seeknal/manifest';

import { hasIntervals } from './dependency.ts';
import { countOf } from './due.ts';
import type { Finding } from './finding.ts';
import type { NodeAction, NodePlan, PlanSummary, Task } from './plan.ts';
import type { ResolvedNode } from './resolve.ts';
import type { EnvironmentRecord, Pointer, StateView } from './snapshot.ts';

/** The line of the plan for a node that can run. */
export function nodePlan(id: NodeId, finding: Finding, tasks: number): NodePlan {
  const { resolved, change, missing, maybe, blocked } = finding;
  const { node, snapshot, record } = resolved;
  return {
    node: id,
    renamedFrom: change.renamedFrom,
    kind: node.type,
    materialization: snapshot.materialization,
    action: actionOf(finding),
    category: change.category,
    reason: reasonOf(finding),
    path: change.path,
    impact: change.impact?.impact ?? null,
    edits: change.impact?.edits ?? [],
    causes: change.impact?.causes ?? [],
    reach: [],
    problems: change.impact?.problems ?? [],
    sql: sqlOf(change.impact),
    verified: null,
    snapshot: snapshot.id,
    isNew: record === null,
    continues: null,
    missing: blocked === null ? missing : [],
    maybe,
    intervals: blocked === null ? countOf(resolved, missing) : 0,
    tasks,
    notes: notesOf(finding),
  };
}

const sqlOf = (impact: Finding['change']['impact']): NodePlan['sql'] => {
  const { old, new: now } = impact?.sql ?? { old: null, new: null };
  return old === null || now === null || old === now ? null : { old, new: now };
};

function notesOf({ keptOver, missing, behind, resolved, known }: Finding): readonly string[] {
  const { node } = resolved;
  const waits = behind.length === 0 ? [] : [behindText(resolved, behind)];
  const kept = keptOver.map((input) => `${input} changed: done intervals are kept (on_change: keep)`);
  const volatile = node.spec.kind === 'transform' && missing.length > 0 ? node.spec.volatile : [];
  const calls = volatile.map((name) => `${name} may give other values each time it runs`);
  return [...known, ...waits, ...kept, ...calls];
}

/** `behind prod: 2 intervals wait until its own run has filled them`. */
function behindText(resolved: ResolvedNode, behind: Finding['behind']): string {
  const count = countOf(resolved, behind);
  const what = hasIntervals(resolved.snapshot)
    ? count === 1
      ? '1 interval waits'
      : `${count} intervals wait`
    : 'it waits';
  return `behind prod: ${what} for the next run of prod`;
}

function actionOf({ blocked, waitsFor, change, missing }: Finding): NodeAction {
  if (blocked !== null) return 'blocked';
  if (waitsFor !== null) return 'keep';
  if (change.kind === 'added') return 'add';
  if (change.kind === 'changed' || change.kind === 'metadata') return 'change';
  return missing.length > 0 ? 'backfill' : 'keep';
}

function reasonOf(finding: Finding): string {
  const { blocked, waitsFor, change, missing, maybe, behind, due, resolved } = finding;
  const { record, snapshot } = resolved;
  if (blocked !== null) return blocked;
  if (waitsFor !== null) return `${waitsFor} has no rows yet`;
  const isOnlyRenamed = change.renamedFrom !== null && change.kind === 'metadata' && missing.length === 0;
  if (change.kind !== 'same') return isOnlyRenamed ? `${change.reason}; nothing is rebuilt` : change.reason;
  // Outside prod an exposure has a snapshot of its own, which a new environment has not filled.
  const isUnwritten = record === null && snapshot.materialization === 'exposure';
  if (missing.length > 0) {
    return due.again[0]?.reason ?? (isUnwritten ? 'its file is not written yet' : 'intervals are missing');
  }
  if (behind.length > 0) return 'behind prod';
  if (change.reason !== 'unchanged') return change.reason;
  return maybe.length > 0 ? 'runs again only if rows above differ' : 'up to date';
}

/** What the line of a node says of which nothing was compared and nothing runs. */
const NOTHING_RUNS = {
  renamedFrom: null,
  path: [],
  impact: null,
  edits: [],
  causes: [],
  reach: [],
  problems: [],
  sql: null,
  verified: null,
  isNew: false,
  continues: null,
  missing: [],
  maybe: [],
  intervals: 0,
  tasks: 0,
  notes: [],
} as const;

/** The line of the plan for a node that cannot run, or reads one that cannot. */
export function unsupported(
  manifest: Manifest,
  id: NodeId,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
): NodePlan {
  const node = manifest.nodes[id] as Manifest['nodes'][string];
  const lacking = inputsOf(node.spec).find(({ ref }) => !resolved.has(ref));
  return {
    node: id,
    kind: node.type,
    materialization: null,
    action: 'blocked',
    category: null,
    reason:
      node.spec.kind === 'unsupported'
        ? node.spec.reason
        : `it reads ${lacking?.ref}, which this version cannot run`,
    snapshot: null,
    ...NOTHING_RUNS,
  };
}

/**
 * The line of the plan for a node that the environment shows and the project no longer has. A former name is left
 * behind where only some nodes were selected when the rename was made.
 */
export function removed(
  id: NodeId,
  state: StateView,
  { pointers }: EnvironmentRecord,
  manifest: Manifest,
): NodePlan {
  const { snapshot } = pointers[id] as Pointer;
  const record = state.snapshots[snapshot];
  const now = Object.values(manifest.nodes).find(
    (node) => node.renamedFrom?.includes(id) === true && pointers[node.id]?.snapshot === snapshot,
  );
  return {
    node: id,
    kind: record?.kind ?? 'transform',
    materialization: record?.materialization ?? null,
    action: 'remove',
    category: now === undefined ? 'BREAKING' : 'METADATA',
    reason: now === undefined ? 'no longer in the project' : `its rows are shown as ${now.id}`,
    snapshot,
    ...NOTHING_RUNS,
  };
}

export function summaryOf(nodes: readonly NodePlan[], tasks: readonly Task[]): PlanSummary {
  const count = (action: NodeAction): number => nodes.filter((node) => node.action === action).length;
  return {
    add: count('add'),
    change: count('change'),
    remove: count('remove'),
    backfill: count('backfill'),
    keep: count('keep'),
    blocked: count('blocked'),
    tasks: tasks.length,
    intervals: tasks.reduce((sum, { intervals }) => sum + intervals, 0),
  };
}

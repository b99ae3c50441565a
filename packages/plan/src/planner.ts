import {
  difference,
  intersection,
  intervalSet,
  overlaps,
  union,
  type Interval,
  type IntervalSet,
} from '@seeknal/intervals';
import {
  canonicalJson,
  inputsOf,
  sha256,
  type JsonObject,
  type Manifest,
  type NodeId,
} from '@seeknal/manifest';

import { changes, metadataOf, type Change } from './change.ts';
import { affected, needed } from './dependency.ts';
import { countOf, cut, due, type Due, type Outside } from './due.ts';
import type { Invalidation, NodeAction, NodePlan, Plan, PlanSummary, Task, TaskAction } from './plan.ts';
import { resolveNodes, type ResolvedNode } from './resolve.ts';
import {
  ALL_TIME,
  type EnvironmentRecord,
  type Materialization,
  type Pointer,
  type SnapshotId,
  type StateView,
} from './snapshot.ts';
import { taskId } from './task-id.ts';

export interface PlanRequest {
  readonly manifest: Manifest;
  readonly state: StateView;
  readonly environment: string;
  /** The warehouse's id, or a word for one that does not exist yet. */
  readonly warehouse: string;
  /** The one clock of the command. */
  readonly now: number;
  /** The range asked for; null: everything wanted up to now. */
  readonly range: Interval | null;
  /** Nodes that may run; null: all. */
  readonly select: ReadonlySet<NodeId> | null;
  /** Run what is done again, too. */
  readonly full: boolean;
  /** What was found of sources' files and exposures' exports. */
  readonly outside: { readonly [node: NodeId]: Outside };
}

/** Everything the planner found out about one node; one step of it becomes one line of the plan. */
interface Found {
  readonly resolved: ResolvedNode;
  readonly change: Change;
  readonly due: Due;
  readonly missing: IntervalSet;
  readonly maybe: IntervalSet;
  readonly blocked: string | null;
  /** Whether rows that are there have to pass audits that they have not met. */
  readonly audits: boolean;
  /** Inputs that change while the done intervals stay, as the author asked. */
  readonly keptOver: readonly NodeId[];
}

/**
 * What has to run so that the environment has every wanted row of the manifest, and why. A function of its
 * arguments: the same situation gives the same plan. O(nodes + edges + tasks).
 */
export function plan(request: PlanRequest): Plan {
  const { manifest, state, select } = request;
  const environment = state.environments[request.environment] ?? null;
  const resolved = resolveNodes(manifest, state, environment, request.now, request.range);
  const changed = changes(resolved, state, environment);
  const found = new Map<NodeId, Found>();
  for (const [id, node] of resolved) {
    found.set(id, find(id, node, changed.get(id) as Change, found, request));
  }
  const nodes: NodePlan[] = [];
  const tasks: Task[] = [];
  for (const node of Object.values(manifest.nodes)) {
    const own = found.get(node.id);
    if (select !== null && !select.has(node.id)) continue;
    if (own === undefined) {
      nodes.push(unsupported(manifest, node.id, resolved));
      continue;
    }
    const ownTasks = own.blocked === null ? tasksOf(own) : [];
    for (const task of ownTasks) tasks.push(task);
    nodes.push(nodePlan(node.id, own, ownTasks.length));
  }
  if (select === null) {
    const gone = Object.keys(environment?.pointers ?? {}).filter((id) => !(id in manifest.nodes));
    for (const id of gone.toSorted()) nodes.push(removed(id, state, environment as EnvironmentRecord));
  }
  const used = [...found.values()].filter(({ resolved: { node } }) => select === null || select.has(node.id));
  const body: Omit<Plan, 'id' | 'createdAt'> = {
    version: 1,
    project: manifest.metadata.project,
    warehouse: request.warehouse,
    environment: request.environment,
    now: request.now,
    range: request.range,
    base: {
      environment: { name: request.environment, epoch: environment?.epoch ?? 0 },
      generations: Object.fromEntries(
        used.flatMap(({ resolved: { record } }) => (record === null ? [] : [[record.id, record.generation]])),
      ),
    },
    snapshots: used.flatMap(({ resolved: { record, snapshot } }) => (record === null ? [snapshot] : [])),
    invalidations: used.flatMap(invalidationsOf),
    nodes,
    tasks,
    pointers: pointersAfter(used, environment?.pointers ?? {}, select === null ? manifest : null),
    summary: summaryOf(nodes, tasks),
  };
  return { ...body, id: sha256(canonicalJson(body as never)).slice(0, 16), createdAt: request.now };
}

function find(
  id: NodeId,
  resolved: ResolvedNode,
  change: Change,
  above: ReadonlyMap<NodeId, Found>,
  request: PlanRequest,
): Found {
  const isSelected = request.select === null || request.select.has(id);
  const { now, range } = request;
  const dueNow = due(resolved, { now, range, full: request.full && isSelected }, request.outside[id]);
  const missing = isSelected ? dueNow.missing : [];
  const blocked = missing.length === 0 ? null : blockedBy(resolved, missing, above);
  const maybe = isSelected && blocked === null ? maybeOf(resolved, missing, above) : [];
  const audits = isSelected && blocked === null && meetsNewAudits(resolved, request);
  return {
    resolved,
    change,
    due: dueNow,
    missing,
    maybe,
    blocked,
    audits,
    keptOver: keptOver(resolved, above),
  };
}

/** Audits decide no rows, but whether they may be shown: changed ones run before the environment points there. */
function meetsNewAudits(
  { node, snapshot, record }: ResolvedNode,
  { state, environment }: PlanRequest,
): boolean {
  if (node.spec.kind !== 'transform' || node.spec.checks.length === 0) return false;
  if (record === null || record.done.length === 0) return false;
  const pointer = state.environments[environment]?.pointers[node.id];
  if (pointer?.snapshot !== snapshot.id) return true;
  return auditsIn(pointer.metadata) !== auditsIn(metadataOf(node));
}

const auditsIn = ({ audits = null }: JsonObject): string => canonicalJson(audits);

/** The first input that has no rows for what is needed and gets none from this plan, as a sentence. */
function blockedBy(
  { snapshot }: ResolvedNode,
  missing: IntervalSet,
  above: ReadonlyMap<NodeId, Found>,
): string | null {
  for (const { node } of snapshot.inputs) {
    const input = above.get(node);
    if (input !== undefined && input.blocked !== null) return `${node} cannot run: ${input.blocked}`;
  }
  for (const read of snapshot.reads) {
    const input = above.get(read.node);
    if (input === undefined) continue;
    const gaps = difference(input.due.missing, input.missing);
    if (gaps.length === 0) continue;
    for (const range of missing) {
      const need = needed(read, input.resolved.snapshot, snapshot, range);
      if (overlaps(gaps, need))
        return `${read.node} lacks rows that it reads; select it too: +${snapshot.node}`;
    }
  }
  return null;
}

/** Done stretches that run again if what runs above turns out to change rows. */
function maybeOf(
  { snapshot, record }: ResolvedNode,
  missing: IntervalSet,
  above: ReadonlyMap<NodeId, Found>,
): IntervalSet {
  if (record === null || record.done.length === 0) return [];
  const touched = snapshot.reads.flatMap((read) => {
    const input = above.get(read.node);
    if (input === undefined) return [];
    return union(input.missing, input.maybe).flatMap(
      (range) => affected(read, input.resolved.snapshot, snapshot, range) ?? [],
    );
  });
  return difference(intersection(intervalSet(touched), record.done), missing);
}

/** Inputs without intervals of their own that are built or loaded again, and leave the done intervals alone. */
function keptOver({ snapshot, record }: ResolvedNode, above: ReadonlyMap<NodeId, Found>): readonly NodeId[] {
  if (record === null || record.done.length === 0) return [];
  return snapshot.reads.flatMap((read) => {
    const input = above.get(read.node);
    if (input === undefined || input.resolved.record === null) return [];
    const isKept = input.missing.some(
      (range) => affected(read, input.resolved.snapshot, snapshot, range) === null,
    );
    return isKept ? [read.node] : [];
  });
}

const ACTIONS: Record<Materialization, TaskAction> = {
  source: 'load',
  full: 'build',
  incremental_by_time: 'build',
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

const tasksOf = ({ resolved, missing, audits }: Found): readonly Task[] => [
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

const invalidationsOf = ({ resolved, due: { again }, missing, blocked }: Found): readonly Invalidation[] =>
  missing.length === 0 || blocked !== null
    ? []
    : again.map(({ range, reason }) => ({ snapshot: resolved.snapshot.id, range, reason }));

function nodePlan(id: NodeId, found: Found, tasks: number): NodePlan {
  const { resolved, change, missing, maybe, blocked } = found;
  const { node, snapshot, record } = resolved;
  return {
    node: id,
    kind: node.type,
    materialization: snapshot.materialization,
    action: actionOf(found),
    category: change.category,
    reason: reasonOf(found),
    path: change.path,
    snapshot: snapshot.id,
    isNew: record === null,
    missing: blocked === null ? missing : [],
    maybe,
    intervals: blocked === null ? countOf(resolved, missing) : 0,
    tasks,
    notes: found.keptOver.map((input) => `${input} changed: done intervals are kept (on_change: keep)`),
  };
}

function actionOf({ blocked, change, missing }: Found): NodeAction {
  if (blocked !== null) return 'blocked';
  if (change.kind === 'added') return 'add';
  if (change.kind === 'changed' || change.kind === 'metadata') return 'change';
  return missing.length > 0 ? 'backfill' : 'keep';
}

function reasonOf({ blocked, change, missing, maybe, due: { again } }: Found): string {
  if (blocked !== null) return blocked;
  if (change.kind !== 'same') return change.reason;
  if (missing.length > 0) return again[0]?.reason ?? 'intervals are missing';
  return maybe.length > 0 ? 'runs again only if rows above differ' : 'up to date';
}

function unsupported(manifest: Manifest, id: NodeId, resolved: ReadonlyMap<NodeId, ResolvedNode>): NodePlan {
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
    path: [],
    snapshot: null,
    isNew: false,
    missing: [],
    maybe: [],
    intervals: 0,
    tasks: 0,
    notes: [],
  };
}

function removed(id: NodeId, state: StateView, { pointers }: EnvironmentRecord): NodePlan {
  const { snapshot } = pointers[id] as Pointer;
  const record = state.snapshots[snapshot];
  return {
    node: id,
    kind: record?.kind ?? 'transform',
    materialization: record?.materialization ?? null,
    action: 'remove',
    category: 'BREAKING',
    reason: 'no longer in the project',
    path: [],
    snapshot,
    isNew: false,
    missing: [],
    maybe: [],
    intervals: 0,
    tasks: 0,
    notes: [],
  };
}

/** Nodes that are not part of the plan keep their pointers; those gone from the project lose them. */
function pointersAfter(
  used: readonly Found[],
  before: { readonly [node: NodeId]: { readonly snapshot: SnapshotId } },
  whole: Manifest | null,
): Plan['pointers'] {
  const kept = Object.entries(before)
    .filter(([id]) => whole === null || id in whole.nodes)
    .map(([id, { snapshot }]) => [id, snapshot] as const);
  const moved = used
    .filter(({ blocked }) => blocked === null)
    .map(({ resolved: { node, snapshot } }) => [node.id, snapshot.id] as const);
  return Object.fromEntries([...kept, ...moved]);
}

function summaryOf(nodes: readonly NodePlan[], tasks: readonly Task[]): PlanSummary {
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

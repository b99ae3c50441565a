import { schedule, splitBySchedule, type Instant, type Interval } from '@seeknal/intervals';
import { inputsOf, sameJson, type NodeId } from '@seeknal/manifest';
import {
  ALL_TIME,
  continuationId,
  hasTable,
  isByInterval,
  restate,
  type Invalidation,
  type NodeImpact,
  type PlannedFork,
  type ResolvedNode,
  type SnapshotId,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';

import { freeForkId, withForks } from './forks.ts';
import type { Restating } from './restating.ts';

/** What a change that only counts from now on means, before anything is done about it. */
export interface Continuing extends Restating {
  /** Nodes that go on with the rows of the snapshot named. */
  readonly continued: ReadonlyMap<NodeId, SnapshotId>;
}

/**
 * Lets changed tables that are filled interval by interval go on with the rows that they have: each in a copy
 * of its own, which is nobody else's, since no definition alone would give these rows. So do the tables that
 * are made from them. Another materialization, schedule, time column or key makes a table anew all the same.
 *
 * @param effectiveFrom The first instant that the new definition makes anew; null: what is done stays.
 */
export function continuing(
  environment: string,
  now: Instant,
  effectiveFrom: Instant | null,
  selected: ReadonlySet<NodeId> | null,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  view: StateView,
  resolve: (view: StateView) => ReadonlyMap<NodeId, ResolvedNode>,
): Continuing {
  const { copies, changed } = copiesOf(environment, now, selected, resolved, impacts, view);
  const { view: forked, forks } = withForks(view, environment, copies, resolved, resolve);
  const continued = new Map(copies.map(({ node, from }) => [node, from]));
  if (copies.length === 0) return { view, forks, invalidations: [], continued };
  const pointed = resolve(forked);
  const made = new Set(forks.map(({ node }) => node));
  const reshaped = [...changed].filter((id) => made.has(id) && isReshaped(impacts.get(id)));
  const from = effectiveFrom === null ? null : { start: effectiveFrom, end: ALL_TIME.end };
  const invalidations = [
    ...(from === null ? [] : restate(pointed, changed, from, 'the new definition counts from here')),
    ...reshaped.flatMap((id) => newestOf((pointed.get(id) as ResolvedNode).record)),
  ];
  return { view: forked, forks, invalidations, continued };
}

/** Tables that go on, and those of them whose rows would be others now. */
function copiesOf(
  environment: string,
  now: Instant,
  selected: ReadonlySet<NodeId> | null,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  view: StateView,
): { readonly copies: readonly PlannedFork[]; readonly changed: ReadonlySet<NodeId> } {
  const pointers = view.environments[environment]?.pointers ?? {};
  const copies: PlannedFork[] = [];
  const changed = new Set<NodeId>();
  /** Nodes that have the rows that they had. */
  const steady = new Set<NodeId>();
  const continued = new Set<NodeId>();
  for (const [id, { node, snapshot }] of resolved) {
    const from = view.snapshots[pointers[id]?.snapshot ?? ''];
    const inputs = inputsOf(node.spec).map(({ ref }) => ref);
    const isOver = inputs.every((ref) => steady.has(ref));
    const isSame = from?.id === snapshot.id;
    const isView = snapshot.materialization === 'view';
    const isOwn = !isSame && (impacts.get(id)?.isOwn ?? true);
    // A view over a table that goes on is made over the copy.
    if (isView && inputs.some((ref) => continued.has(ref))) continued.add(id);
    if (isView ? isOver && !isOwn : isSame) steady.add(id);
    if (from === undefined || (selected !== null && !selected.has(id))) continue;
    if (isSame && !inputs.some((ref) => continued.has(ref))) continue;
    const isGoingOn = isByInterval(snapshot.materialization) ? true : isOver && !isOwn;
    if (!isGoingOn || !isContinuable(from, snapshot)) {
      steady.delete(id);
      continue;
    }
    steady.add(id);
    continued.add(id);
    if (!isSame) changed.add(id);
    const to = freeForkId(continuationId(node.fingerprint, environment, now), view);
    copies.push({ node: id, from: from.id, to });
  }
  return { copies, changed };
}

/** Whether rows of the new definition can stand beside those of the old one. */
const isContinuable = (from: SnapshotRecord, to: ResolvedNode['snapshot']): boolean =>
  hasTable(to.materialization) &&
  from.materialization === to.materialization &&
  from.timeColumn === to.timeColumn &&
  sameJson(from.schedule, to.schedule) &&
  DECISIVE.every((key) => sameJson(from.definition[key] ?? null, to.definition[key] ?? null));

/** Keys of a definition by which rows are placed and replaced. */
const DECISIVE = ['mode', 'unique_keys', 'order_by', 'version_column', 'depends_on_past', 'start'];

const isReshaped = (impact: NodeImpact | undefined): boolean =>
  impact !== undefined && impact.impact.added.length + impact.impact.removed.length > 0;

/** The newest interval is made anew where columns come or go, so that the table has them at once. */
function newestOf(record: SnapshotRecord | null): readonly Invalidation[] {
  const stretch = record?.done.at(-1);
  if (record === null || stretch === undefined || record.schedule === null) return [];
  const { expression, timeZone } = record.schedule;
  let newest: Interval = stretch;
  for (const each of splitBySchedule([stretch], schedule(expression, { timeZone }))) newest = each;
  return [
    { snapshot: record.id, range: newest, reason: 'its columns changed: the newest interval shows them' },
  ];
}

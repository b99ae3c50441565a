import { PRODUCTION } from '@seeknal/environments';
import { difference, intervalSet, type Instant, type Interval } from '@seeknal/intervals';
import { manifestGraph, withDescendants, type Manifest, type NodeId } from '@seeknal/manifest';
import {
  ALL_TIME,
  continuationId,
  forkId,
  hasTable,
  isContinued,
  restate,
  withFormerNames,
  type Invalidation,
  type PlannedFork,
  type ResolvedNode,
  type SnapshotId,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';

import { freeForkId, withForks } from './forks.ts';

/** What a restatement means, before anything is done about it. */
export interface Restating {
  /** The state as it will be: copies are there, and what is made anew is not done. */
  readonly view: StateView;
  readonly invalidations: readonly Invalidation[];
  readonly forks: readonly PlannedFork[];
}

/**
 * Makes stretches of some nodes anew in one environment, and everything downstream that was made from them.
 * In `prod` that reaches every snapshot of those nodes, whoever shows it. Elsewhere tables that another
 * environment shows are copied first, so that they keep their rows; a file is nobody's own, and is not
 * restated there.
 */
export function restating(
  environment: string,
  now: Instant,
  nodes: ReadonlySet<NodeId>,
  range: Interval | null,
  reason: string,
  manifest: Manifest,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
  resolve: (view: StateView) => ReadonlyMap<NodeId, ResolvedNode>,
): Restating {
  const stretch = range ?? ALL_TIME;
  if (environment === PRODUCTION) {
    const invalidations = restateEverywhere(resolved, view, nodes, stretch, reason);
    return { view: withoutDone(view, invalidations), invalidations, forks: [] };
  }
  const own = new Set([...nodes].filter((id) => resolved.get(id)?.snapshot.materialization !== 'source'));
  const found = restate(resolved, own, stretch, reason);
  const copies = forksOf(environment, now, found, manifest, resolved, view);
  const renamed = new Map(copies.map(({ from, to }) => [from, to]));
  const { view: forked, forks } = withForks(view, environment, copies, resolved, resolve);
  // What has no table is made over the copies under a name of its own: the one before is not touched.
  const shown = new Set([...resolve(forked).values()].map(({ snapshot }) => snapshot.id));
  const invalidations = found
    .map((part) => ({ ...part, snapshot: renamed.get(part.snapshot) ?? part.snapshot }))
    .filter(({ snapshot }) => shown.has(snapshot));
  return { view: withoutDone(forked, invalidations), invalidations, forks };
}

/**
 * What is to be made anew of every snapshot of these nodes and of all that was made from them: those of other
 * environments, and those that nothing shows at the moment.
 */
export function restateEverywhere(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  { snapshots }: StateView,
  nodes: ReadonlySet<NodeId>,
  range: Interval,
  reason: string,
): readonly Invalidation[] {
  const every = new Map<SnapshotId, ResolvedNode>();
  const add = (record: SnapshotRecord): void => {
    if (every.has(record.id)) return;
    for (const { snapshot } of record.reads) {
      const read = snapshots[snapshot];
      if (read !== undefined && read.id !== record.id) add(read);
    }
    const isInOrder =
      record.materialization === 'upsert_by_key' || record.definition['depends_on_past'] === true;
    const timing = isInOrder ? { dependsOnPast: true } : null;
    // A restatement asks nothing of the node itself: of most of these there is none any more.
    every.set(record.id, {
      snapshot: record,
      record,
      timing,
      start: record.start,
    } as unknown as ResolvedNode);
  };
  for (const record of Object.values(snapshots)) add(record);
  // Rows that a node had under another name are its own, unless they are those of another node now.
  const names = withFormerNames(nodes, resolved, { snapshots });
  const others = new Set([...resolved].flatMap(([id, { snapshot }]) => (nodes.has(id) ? [] : [snapshot.id])));
  const named = Object.values(snapshots).filter(
    ({ id, node }) => nodes.has(node) || (names.has(node) && !others.has(id)),
  );
  const found = [
    ...restate(resolved, nodes, range, reason),
    ...restate(every, new Set(named.map(({ id }) => id)), range, reason),
  ];
  const bySnapshot = new Map<SnapshotId, Interval[]>();
  for (const { snapshot, range: part } of found) {
    const parts = bySnapshot.get(snapshot);
    if (parts === undefined) bySnapshot.set(snapshot, [part]);
    else parts.push(part);
  }
  return [...bySnapshot].flatMap(([snapshot, parts]) =>
    intervalSet(parts).map((part) => ({ snapshot, range: part, reason })),
  );
}

/**
 * Whatever is made anew and is shown elsewhere, and all that reads it: rows made from a copy are not those that
 * others with the same fingerprint would have, so what is below has copies too.
 */
function forksOf(
  environment: string,
  now: Instant,
  invalidations: readonly Invalidation[],
  manifest: Manifest,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
): readonly PlannedFork[] {
  const elsewhere = new Set(
    Object.values(view.environments).flatMap(({ name, pointers }) =>
      name === environment ? [] : Object.values(pointers).map(({ snapshot }) => snapshot),
    ),
  );
  const touched = new Set(invalidations.map(({ snapshot }) => snapshot));
  const first = [...resolved].filter(
    ([, { snapshot }]) =>
      touched.has(snapshot.id) && elsewhere.has(snapshot.id) && hasTable(snapshot.materialization),
  );
  const reached = withDescendants(manifestGraph(manifest), new Set(first.map(([id]) => id)));
  return [...resolved].flatMap(([id, { node, snapshot, record }]) => {
    if (!reached.has(id) || record === null || !hasTable(snapshot.materialization)) return [];
    const name = isContinued(snapshot.id) ? continuationId : forkId;
    const to = name(node.fingerprint, environment, now);
    return [{ node: id, from: snapshot.id, to: freeForkId(to, view) }];
  });
}

/** The state once these stretches are not done any more. */
export function withoutDone(view: StateView, invalidations: readonly Invalidation[]): StateView {
  const snapshots: Record<SnapshotId, SnapshotRecord> = { ...view.snapshots };
  for (const { snapshot, range } of invalidations) {
    const record = snapshots[snapshot];
    if (record !== undefined) snapshots[snapshot] = { ...record, done: difference(record.done, [range]) };
  }
  return { ...view, snapshots };
}

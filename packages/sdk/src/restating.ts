import { PRODUCTION } from '@seeknal/environments';
import { difference, intervalSet, type Interval } from '@seeknal/intervals';
import { manifestGraph, withDescendants, type Manifest, type NodeId } from '@seeknal/manifest';
import {
  ALL_TIME,
  hasTable,
  metadataOf,
  restate,
  type Invalidation,
  type PlannedFork,
  type Pointer,
  type ResolvedNode,
  type SnapshotId,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';

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
  nodes: ReadonlySet<NodeId>,
  range: Interval | null,
  reason: string,
  manifest: Manifest,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
): Restating {
  const stretch = range ?? ALL_TIME;
  if (environment === PRODUCTION) {
    const invalidations = restateEverywhere(resolved, view, nodes, stretch, reason);
    return { view: withoutDone(view, invalidations), invalidations, forks: [] };
  }
  const own = new Set([...nodes].filter((id) => resolved.get(id)?.snapshot.materialization !== 'source'));
  const found = restate(resolved, own, stretch, reason);
  const forks = forksOf(environment, found, manifest, resolved, view);
  const renamed = new Map(forks.map(({ from, to }) => [from, to]));
  const invalidations = found.map((part) => ({
    ...part,
    snapshot: renamed.get(part.snapshot) ?? part.snapshot,
  }));
  return {
    view: withoutDone(withForks(view, environment, forks, resolved), invalidations),
    invalidations,
    forks,
  };
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
  const named = Object.values(snapshots).filter(({ node }) => nodes.has(node));
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

/** Whatever is made anew and is shown elsewhere, and what reads it. */
function forksOf(
  environment: string,
  invalidations: readonly Invalidation[],
  manifest: Manifest,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  { environments, snapshots }: StateView,
): readonly PlannedFork[] {
  const elsewhere = new Set(
    Object.values(environments).flatMap(({ name, pointers }) =>
      name === environment ? [] : Object.values(pointers).map(({ snapshot }) => snapshot),
    ),
  );
  const touched = new Set(invalidations.map(({ snapshot }) => snapshot));
  const first = [...resolved].filter(
    ([, { snapshot }]) =>
      touched.has(snapshot.id) && elsewhere.has(snapshot.id) && hasTable(snapshot.materialization),
  );
  const reached = withDescendants(manifestGraph(manifest), new Set(first.map(([id]) => id)));
  return [...resolved].flatMap(([node, { snapshot, record }]) => {
    const isShared = reached.has(node) && elsewhere.has(snapshot.id) && record !== null;
    if (!isShared || snapshot.materialization === 'exposure') return [];
    return [{ node, from: snapshot.id, to: freeId(`${snapshot.fingerprint}@${environment}`, snapshots) }];
  });
}

function freeId(base: string, snapshots: StateView['snapshots']): SnapshotId {
  for (let number = 1; ; number += 1) {
    const id = `${base}.${number}`;
    if (snapshots[id] === undefined) return id;
  }
}

/** The state as it is once the copies are made, and the environment points at them. */
function withForks(
  view: StateView,
  environment: string,
  forks: readonly PlannedFork[],
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
): StateView {
  const record = view.environments[environment];
  if (record === undefined || forks.length === 0) return view;
  const renamed = new Map(forks.map(({ from, to }) => [from, to]));
  const named = (id: SnapshotId): SnapshotId => renamed.get(id) ?? id;
  const snapshots: Record<SnapshotId, SnapshotRecord> = { ...view.snapshots };
  const pointers: Record<NodeId, Pointer> = { ...record.pointers };
  for (const { node, from, to } of forks) {
    const of = resolved.get(node) as ResolvedNode;
    snapshots[to] = {
      ...(view.snapshots[from] as SnapshotRecord),
      id: to,
      fingerprint: of.node.fingerprint,
      inputs: of.snapshot.inputs.map((input) => ({ ...input, snapshot: named(input.snapshot) })),
      reads: of.snapshot.reads.map((read) => ({ ...read, snapshot: named(read.snapshot) })),
    };
    const metadata = pointers[node]?.metadata ?? metadataOf(of.node);
    pointers[node] = { snapshot: to, fingerprint: of.node.fingerprint, metadata };
  }
  return {
    ...view,
    snapshots,
    environments: { ...view.environments, [environment]: { ...record, pointers } },
  };
}

function withoutDone(view: StateView, invalidations: readonly Invalidation[]): StateView {
  const snapshots: Record<SnapshotId, SnapshotRecord> = { ...view.snapshots };
  for (const { snapshot, range } of invalidations) {
    const record = snapshots[snapshot];
    if (record !== undefined) snapshots[snapshot] = { ...record, done: difference(record.done, [range]) };
  }
  return { ...view, snapshots };
}

import {
  metadataOf,
  type PlannedFork,
  type Pointer,
  type ResolvedNode,
  type SnapshotId,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';
import type { NodeId } from '@seeknal/manifest';

/** An id that a run which died gave to a copy is given again; one that an environment shows is not. */
export function freeForkId(base: SnapshotId, { environments }: Pick<StateView, 'environments'>): SnapshotId {
  const shown = new Set(
    Object.values(environments).flatMap(({ pointers }) =>
      Object.values(pointers).map(({ snapshot }) => snapshot),
    ),
  );
  let id = base;
  for (let number = 2; shown.has(id); number += 1) id = `${base}.${number}`;
  return id;
}

/** The copies still to be made, and the state as it is once they are. */
export interface Forked {
  readonly view: StateView;
  readonly forks: readonly PlannedFork[];
}

/**
 * The state once the copies are made and the environment points at them. A copy that a run which died has
 * made already is taken as that run left it.
 *
 * @param resolve Finds the snapshots of a state: what a copy is made from is what the environment has then.
 */
export function withForks(
  view: StateView,
  environment: string,
  copies: readonly PlannedFork[],
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  resolve: (view: StateView) => ReadonlyMap<NodeId, ResolvedNode>,
): Forked {
  const record = view.environments[environment];
  if (record === undefined || copies.length === 0) return { view, forks: [] };
  const forks = copies.filter(({ to }) => (view.snapshots[to]?.seq ?? 0) === 0);
  const snapshots: Record<SnapshotId, SnapshotRecord> = { ...view.snapshots };
  for (const { node: id, from, to } of forks) {
    const { node } = resolved.get(id) as ResolvedNode;
    const original = view.snapshots[from] as SnapshotRecord;
    snapshots[to] = { ...original, id: to, fingerprint: node.fingerprint, definition: node.definition };
  }
  const pointers: Record<NodeId, Pointer> = { ...record.pointers };
  for (const { node: id, to } of copies) {
    const { node } = resolved.get(id) as ResolvedNode;
    const metadata = pointers[id]?.metadata ?? metadataOf(node);
    pointers[id] = { snapshot: to, fingerprint: node.fingerprint, metadata };
  }
  const environments = { ...view.environments, [environment]: { ...record, pointers } };
  const pointed = resolve({ ...view, snapshots, environments });
  for (const { node, to } of forks) {
    const { inputs, reads, node: name, formerNodes } = (pointed.get(node) as ResolvedNode).snapshot;
    const names = { node: name, ...(formerNodes !== undefined && { formerNodes }) };
    snapshots[to] = { ...(snapshots[to] as SnapshotRecord), ...names, inputs, reads };
  }
  return { view: { ...view, snapshots, environments }, forks };
}

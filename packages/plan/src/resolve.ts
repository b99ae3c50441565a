import type { Instant, Interval } from '@seeknal/intervals';
import {
  inputsOf,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type Reads,
  type Timing,
} from '@seeknal/manifest';

import { identityOf, isSalted, proofKey } from './identity.ts';
import { renamesIn, withRenames } from './renames.ts';
import { provenSnapshot } from './reuse/proofs.ts';
import { refutationOf } from './reuse/refutation.ts';
import type {
  EnvironmentRecord,
  Materialization,
  Snapshot,
  SnapshotId,
  SnapshotRead,
  SnapshotRecord,
  StateView,
} from './snapshot.ts';
import { startOf } from './wanted.ts';

/** A node of the manifest with the snapshot that stands for it. */
export interface ResolvedNode {
  readonly node: ManifestNode;
  /** Under the node's name of now, whatever it was called when the rows were made. */
  readonly snapshot: Snapshot;
  /** What rows of its own are called, made from these inputs. */
  readonly identity: SnapshotId;
  /** Null while the state does not know the snapshot. */
  readonly record: SnapshotRecord | null;
  readonly timing: Timing | null;
  /** Where its history begins; null without a schedule. */
  readonly start: Instant | null;
}

export const materializationOf = ({ spec }: ManifestNode): Materialization | null => {
  if (spec.kind === 'unsupported') return null;
  return spec.kind === 'transform' ? spec.mode : spec.kind;
};

export const timingOf = ({ spec }: ManifestNode): Timing | null =>
  spec.kind === 'transform' ? spec.timing : null;

/**
 * Finds the snapshot of every node that can run, inputs first: one that the state knows under the node's
 * fingerprint, else a new one. A node that cannot run, or reads one that cannot, is left out.
 */
export function resolveNodes(
  manifest: Manifest,
  state: StateView,
  shown: EnvironmentRecord | null,
  now: Instant,
  range: Interval | null,
): ReadonlyMap<NodeId, ResolvedNode> {
  const environment = withRenames(shown, renamesIn(manifest, shown));
  const resolved = new Map<NodeId, ResolvedNode>();
  const taken = new Set<SnapshotId>();
  for (const node of Object.values(manifest.nodes)) {
    const materialization = materializationOf(node);
    const inputs = inputsOf(node.spec).map((input) => ({ ...input, resolved: resolved.get(input.ref) }));
    if (materialization === null || inputs.some((input) => input.resolved === undefined)) continue;
    // What a kept snapshot reads may have moved since it was made.
    const links = {
      inputs: inputs.map(({ place, ref, resolved: input }) => ({
        place,
        node: ref,
        snapshot: (input as ResolvedNode).snapshot.id,
      })),
      reads: readsOf(node, resolved),
    };
    const identity = ownIdentity(node, links.inputs, environment);
    const found = snapshotIdOf(node, identity, environment, state);
    const id = taken.has(found) || isOfAnother(node, state.snapshots[found], manifest) ? identity : found;
    taken.add(id);
    const record = state.snapshots[id] ?? null;
    const pointed = state.snapshots[environment?.pointers[node.id]?.snapshot ?? ''] ?? null;
    const timing = timingOf(node);
    const inputStarts = inputs.flatMap((input) => input.resolved?.start ?? []);
    const start = timing === null ? null : startOf(timing, inputStarts, record?.start ?? null, now, range);
    const made = {
      id,
      node: node.id,
      kind: node.type,
      fingerprint: node.fingerprint,
      definition: node.definition,
      materialization,
      schedule: timing === null ? null : { expression: timing.schedule, timeZone: timing.timeZone },
      timeColumn: node.spec.kind === 'source' || node.spec.kind === 'transform' ? node.spec.timeColumn : null,
      start,
      createdAt: now,
    };
    const names = formerNodes(node, [record, pointed]);
    const snapshot: Snapshot = { ...(record ?? made), ...links, node: node.id, ...names };
    resolved.set(node.id, { node, snapshot, identity, record, timing, start });
  }
  return resolved;
}

/**
 * Whether rows that a node was to use are those of another one: a former name that came back, with the definition
 * that they were made by. No two nodes have one table.
 */
const isOfAnother = (node: ManifestNode, record: SnapshotRecord | undefined, { nodes }: Manifest): boolean =>
  record !== undefined && record.node !== node.id && nodes[record.node]?.fingerprint === record.fingerprint;

/** Names that a node had before: those its author tells, and those that its rows were made under. */
function formerNodes(
  { id, renamedFrom = [] }: ManifestNode,
  records: readonly (SnapshotRecord | null)[],
): Pick<Snapshot, 'formerNodes'> {
  const made = records.flatMap((record) =>
    record === null ? [] : [record.node, ...(record.formerNodes ?? [])],
  );
  const names = new Set([...renamedFrom, ...made]);
  names.delete(id);
  return names.size === 0 ? {} : { formerNodes: [...names].toSorted() };
}

/**
 * What new rows of a node are called. A file that an environment writes is its own, whatever it is made from:
 * its pointer says whose it is, and what it is made from is told behind a dot.
 */
function ownIdentity(
  node: ManifestNode,
  inputs: Snapshot['inputs'],
  environment: EnvironmentRecord | null,
): SnapshotId {
  const identity = identityOf(node, inputs);
  if (node.spec.kind !== 'exposure') return identity;
  const pointer = environment?.pointers[node.id];
  const own = pointer?.fingerprint === node.fingerprint ? pointer.snapshot : node.fingerprint;
  return `${own.replace(/\^.*/u, '')}${identity.slice(node.fingerprint.length)}`;
}

/**
 * A pointer made under the same fingerprint may name another snapshot: a copy, or one that was proved to have
 * the same rows. So may a proof, where there is no table of the fingerprint's own. Rows that anybody with the
 * fingerprint may use are never made from a copy: what reads one has rows of its own.
 */
function snapshotIdOf(
  node: ManifestNode,
  identity: SnapshotId,
  environment: EnvironmentRecord | null,
  state: StateView,
): SnapshotId {
  const pointer = environment?.pointers[node.id];
  if (node.spec.kind === 'exposure') {
    // A proof is about the file that the environment has, and nobody else's.
    const isKept = pointer !== undefined && provenSnapshot(identity, state)?.id === pointer.snapshot;
    return isKept ? pointer.snapshot : identity;
  }
  if (pointer?.fingerprint === node.fingerprint && (isSalted(pointer.snapshot) || !isSalted(identity))) {
    const pointed = state.snapshots[pointer.snapshot];
    const key = proofKey(node, identity, pointer.snapshot);
    const isProved = state.proofs[key]?.snapshot === pointed?.id && refutationOf(key, state) === undefined;
    // A proof that was taken back is believed no more, whoever points by it.
    if (pointed === undefined || pointed.fingerprint === node.fingerprint || isProved)
      return pointer.snapshot;
  }
  if (identity in state.snapshots) return identity;
  const own = pointer === undefined ? identity : proofKey(node, identity, pointer.snapshot);
  return (provenSnapshot(own, state) ?? provenSnapshot(identity, state))?.id ?? identity;
}

/** What a node's rows come from, views seen through: a view hands on everything that it reads. */
function readsOf(node: ManifestNode, resolved: ReadonlyMap<NodeId, ResolvedNode>): readonly SnapshotRead[] {
  const reads = new Map<string, SnapshotRead>();
  const onChange = node.spec.kind === 'transform' ? node.spec.onChange : 'rebuild';
  for (const input of inputsOf(node.spec)) {
    const { snapshot } = resolved.get(input.ref) as ResolvedNode;
    const through =
      snapshot.materialization === 'view'
        ? snapshot.reads.map((read) => ({ ...read, reads: { kind: 'all' } as const }))
        : [{ node: input.ref, snapshot: snapshot.id, reads: input.reads }];
    for (const read of through) {
      const known = reads.get(read.snapshot);
      reads.set(read.snapshot, {
        node: read.node,
        snapshot: read.snapshot,
        reads: known === undefined ? read.reads : widest(known.reads, read.reads),
        onChange,
      });
    }
  }
  return [...reads.values()];
}

/** Several ways to the same rows need what the widest of them needs. */
export function widest(a: Reads, b: Reads): Reads {
  if (a.kind === 'all' || b.kind === 'all') return { kind: 'all' };
  const count = Math.max(a.kind === 'back' ? a.count : 0, b.kind === 'back' ? b.count : 0);
  return count === 0 ? { kind: 'interval' } : { kind: 'back', count };
}

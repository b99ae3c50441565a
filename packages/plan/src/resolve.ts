import type { Instant, Interval } from '@seeknal/intervals';
import {
  inputsOf,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type Reads,
  type Timing,
} from '@seeknal/manifest';

import { provenSnapshot } from './reuse/proofs.ts';
import { refutationOf } from './reuse/refutation.ts';
import type {
  EnvironmentRecord,
  Materialization,
  Snapshot,
  SnapshotRead,
  SnapshotRecord,
  StateView,
} from './snapshot.ts';
import { startOf } from './wanted.ts';

/** A node of the manifest with the snapshot that stands for it. */
export interface ResolvedNode {
  readonly node: ManifestNode;
  readonly snapshot: Snapshot;
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
  environment: EnvironmentRecord | null,
  now: Instant,
  range: Interval | null,
): ReadonlyMap<NodeId, ResolvedNode> {
  const resolved = new Map<NodeId, ResolvedNode>();
  for (const node of Object.values(manifest.nodes)) {
    const materialization = materializationOf(node);
    const inputs = inputsOf(node.spec).map((input) => ({ ...input, resolved: resolved.get(input.ref) }));
    if (materialization === null || inputs.some((input) => input.resolved === undefined)) continue;
    const id = snapshotIdOf(node, environment, state);
    const record = state.snapshots[id] ?? null;
    const timing = timingOf(node);
    const inputStarts = inputs.flatMap((input) => input.resolved?.start ?? []);
    const start = timing === null ? null : startOf(timing, inputStarts, record?.start ?? null, now, range);
    // What a kept snapshot reads may have moved since it was made.
    const links = {
      inputs: inputs.map(({ place, ref, resolved: input }) => ({
        place,
        node: ref,
        snapshot: (input as ResolvedNode).snapshot.id,
      })),
      reads: readsOf(node, resolved),
    };
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
    const snapshot: Snapshot = { ...(record ?? made), ...links };
    resolved.set(node.id, { node, snapshot, record, timing, start });
  }
  return resolved;
}

/**
 * A pointer made under the same fingerprint may name another snapshot: a fork, or one that was proved to have
 * the same rows. So may a proof, where there is no table of the fingerprint's own.
 */
function snapshotIdOf(node: ManifestNode, environment: EnvironmentRecord | null, state: StateView): string {
  const pointer = environment?.pointers[node.id];
  const pointed = state.snapshots[pointer?.snapshot ?? ''];
  const isProved =
    state.proofs[node.fingerprint]?.snapshot === pointed?.id &&
    refutationOf(node.fingerprint, state) === undefined;
  if (pointer?.fingerprint === node.fingerprint) {
    // A proof that was taken back is believed no more, whoever points by it.
    if (pointed === undefined || pointed.fingerprint === node.fingerprint || isProved)
      return pointer.snapshot;
  }
  if (node.fingerprint in state.snapshots) return node.fingerprint;
  return provenSnapshot(node.fingerprint, state)?.id ?? node.fingerprint;
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

import type { Instant } from '@seeknal/intervals';
import type { JsonObject, NodeId } from '@seeknal/manifest';

import { proofKey } from '../identity.ts';
import type { ResolvedNode } from '../resolve.ts';
import type { Proof, SnapshotRecord, StateView } from '../snapshot.ts';
import type { NodeImpact } from './node-impact.ts';

/**
 * Names the rules by which reuse is proved. Raised with every change that could make one of them answer
 * otherwise: proofs of another version are not believed.
 */
export const ANALYSER = 'meaning-2';

/** What a state remembers of the nodes whose rows may stay. */
export function proofsOf(
  impacts: ReadonlyMap<NodeId, NodeImpact>,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  state: StateView,
  now: Instant,
): readonly Proof[] {
  return [...impacts].flatMap(([id, impact]): readonly Proof[] => {
    const node = resolved.get(id);
    const from = state.snapshots[impact.from];
    if (!impact.isKept || node === undefined || from === undefined) return [];
    const evidence: JsonObject = {
      ...(impact.onWord.length > 0 && { onWord: [...impact.onWord] }),
      edits: impact.edits.map(({ sentence }) => sentence),
      causes: impact.causes.map(({ node: cause, columns }) => ({ node: cause, columns: [...columns] })),
      reads: Object.fromEntries(Object.entries(impact.reads).map(([read, columns]) => [read, [...columns]])),
    };
    return [
      {
        fingerprint: proofKey(node.node, node.identity, impact.from),
        snapshot: impact.from,
        from: from.fingerprint,
        analyser: ANALYSER,
        reason: from.node === id ? reasonFor(impact) : `made as ${from.node}; ${reasonFor(impact)}`,
        evidence,
        madeAt: now,
      },
    ];
  });
}

const reasonFor = ({ isOwn, edits }: NodeImpact): string => {
  if (!isOwn) return 'nothing that it reads differs';
  return edits.length === 0
    ? 'its query is the same, written otherwise'
    : 'its rows and columns are the same';
};

/** The snapshot that a proof lets a fingerprint use; undefined: none that can be believed. */
export function provenSnapshot(
  fingerprint: string,
  { proofs, snapshots }: StateView,
): SnapshotRecord | undefined {
  const proof = proofs[fingerprint];
  if (proof === undefined || proof.analyser !== ANALYSER) return undefined;
  const record = snapshots[proof.snapshot];
  return record?.dropping === true ? undefined : record;
}

/** The state with these proofs in it. */
export const withProofs = (state: StateView, proofs: readonly Proof[]): StateView =>
  proofs.length === 0
    ? state
    : {
        ...state,
        proofs: { ...state.proofs, ...Object.fromEntries(proofs.map((proof) => [proof.fingerprint, proof])) },
      };

import type { Instant } from '@seeknal/intervals';

import type { Verified } from '../plan.ts';
import { proofKey } from '../identity.ts';
import type { ResolvedNode } from '../resolve.ts';
import type { Proof, SnapshotId, StateView } from '../snapshot.ts';

/**
 * Stands where a proof names what found it. A refutation is kept in the place of the proof that it refutes, so
 * that the same mistake is not made by the next plan; it goes once the node has rows of its own.
 */
export const REFUTED = 'refuted';

/** That the rows of a fingerprint were compared with those of the snapshot it was to use, and are others. */
export function refutation(
  { node, identity, snapshot }: Pick<ResolvedNode, 'node' | 'identity' | 'snapshot'>,
  {
    rows,
    differing,
    isOnlyFloating,
  }: Pick<Verified, 'rows' | 'differing'> & { readonly isOnlyFloating: boolean },
  now: Instant,
): Proof {
  return {
    fingerprint: proofKey(node, identity, snapshot.id),
    snapshot: snapshot.id,
    from: snapshot.fingerprint,
    analyser: REFUTED,
    reason: 'verification found other rows',
    evidence: { rows, differing: differing.map(({ start, end }) => ({ start, end })), isOnlyFloating },
    madeAt: now,
  };
}

/** What is known against the reuse of other rows by a fingerprint. */
export function refutationOf(fingerprint: string, { proofs }: Pick<StateView, 'proofs'>): Proof | undefined {
  const proof = proofs[fingerprint];
  return proof?.analyser === REFUTED ? proof : undefined;
}

/** Where to tell of a mistake in the analysis. */
const REPORTS = 'https://github.com/seeknal/seeknal/issues';

/** Why a node is built anew after a comparison. @param unstable Why its query may give other rows by itself. */
export function refutedText({ evidence }: Proof, unstable: readonly string[]): string {
  const found = 'verification found other rows';
  if (evidence['isOnlyFloating'] === true) {
    return `${found}: floating sums differ by the order in which they are added, so it is built anew`;
  }
  const [why] = unstable;
  return why === undefined
    ? `${found}; this is a bug of the analysis, please report it: ${REPORTS}`
    : `${found}: ${why}, so it is built anew`;
}

/** Whether a node has its rows by a proof that a comparison could refute. */
export function isProved(
  { node, identity, snapshot }: Pick<ResolvedNode, 'node' | 'identity' | 'snapshot'>,
  { proofs }: Pick<StateView, 'proofs'>,
): boolean {
  const key = proofKey(node, identity, snapshot.id);
  return (
    snapshot.fingerprint !== node.fingerprint &&
    proofs[key]?.snapshot === snapshot.id &&
    refutationOf(key, { proofs }) === undefined
  );
}

/** Refutations that are of no use any more, because their nodes get rows of their own. */
export const settledRefutations = (
  made: readonly { readonly id: SnapshotId }[],
  state: StateView,
): readonly string[] => made.flatMap(({ id }) => (refutationOf(id, state) === undefined ? [] : [id]));

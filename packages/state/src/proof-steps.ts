import { canonicalJson } from '@seeknal/manifest';
import type { Proof } from '@seeknal/plan';

import { requireKept } from './snapshot-steps.ts';
import { entry } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

export function addProofs(proofs: readonly Proof[]): ScopeStep<void> {
  return (scope) => {
    for (const { snapshot } of proofs) requireKept(scope, snapshot);
    const before = scope.proofs ?? {};
    const added = new Map<string, Proof>();
    for (const proof of proofs) {
      const known = added.get(proof.fingerprint) ?? entry(before, proof.fingerprint);
      if (known && (saysTheSame(known, proof) || known.madeAt > proof.madeAt)) continue;
      added.set(proof.fingerprint, proof);
    }
    if (added.size === 0) return answered(scope, undefined);
    return answered({ ...scope, proofs: { ...before, ...Object.fromEntries(added) } }, undefined);
  };
}

export function removeProofs(fingerprints: readonly string[]): ScopeStep<void> {
  return (scope) => {
    const gone = new Set(fingerprints);
    const proofs = Object.values(scope.proofs ?? {});
    const kept = proofs.filter(({ fingerprint }) => !gone.has(fingerprint));
    return answered(
      kept.length === proofs.length ? scope : { ...scope, proofs: byFingerprint(kept) },
      undefined,
    );
  };
}

export const byFingerprint = (proofs: readonly Proof[]): { readonly [fingerprint: string]: Proof } =>
  Object.fromEntries(proofs.map((proof) => [proof.fingerprint, proof]));

const saysTheSame = (a: Proof, b: Proof): boolean =>
  canonicalJson({ ...a, madeAt: 0 }) === canonicalJson({ ...b, madeAt: 0 });

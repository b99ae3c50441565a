import type { Instant } from '@seeknal/intervals';

import { entry, type StateDocument } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

/** A manifest is saved before the environment moves to it: for this long it may be without a reference. */
const UNREFERENCED_MS = 3_600_000;

/** Notes that a manifest was saved now. Its text is kept beside the document. */
export function noteManifest(id: string): ScopeStep<void> {
  return (scope, { now }) =>
    entry(scope.manifests ?? {}, id) === now
      ? answered(scope, undefined)
      : answered({ ...scope, manifests: { ...scope.manifests, [id]: now } }, undefined);
}

/** Forgets those to which no environment refers; answers their ids. */
export function collectManifests(): ScopeStep<readonly string[]> {
  return (scope, { now }) => {
    const used = new Set(
      Object.values(scope.environments).flatMap(({ manifest, previousManifest }) => [
        manifest,
        previousManifest,
      ]),
    );
    const saved: readonly (readonly [string, Instant])[] = Object.entries(scope.manifests ?? {});
    const gone = saved.filter(([id, at]) => !used.has(id) && now - at > UNREFERENCED_MS).map(([id]) => id);
    if (gone.length === 0) return answered(scope, []);
    const kept = saved.filter(([id]) => !gone.includes(id));
    return answered({ ...scope, manifests: Object.fromEntries(kept) }, gone);
  };
}

/** Whether any project refers to the text. */
export const isManifestKept = ({ scopes }: StateDocument, id: string): boolean =>
  Object.values(scopes).some(({ manifests }) => entry(manifests ?? {}, id) !== undefined);

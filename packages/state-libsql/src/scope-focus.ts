import {
  DocumentBackend,
  scopeKey,
  type DocumentStore,
  type ScopedState,
  type ScopeName,
} from '@seeknal/state';

import { KEPT, type Focus, type Item } from './focus.ts';
import { checkText } from './names.ts';

type Methods = { readonly [M in keyof ScopedState]: ScopedState[M] };

const snapshot = (id: string): Item => ['snapshots', id];
const snapshots = (named: readonly { readonly snapshot: string }[]): readonly Item[] =>
  named.map((one) => snapshot(one.snapshot));

/**
 * The state of one scope, each method with the rows that its answer depends on, so that those who work on
 * different snapshots do not wait for each other. A method that is not listed depends on the whole scope.
 */
export function focusedScope(focused: (focus: Focus) => DocumentStore, name: ScopeName): ScopedState {
  const key = scopeKey(name);
  const by = (focus: Focus): ScopedState => new DocumentBackend(focused(focus)).scope(name);
  const only = (items: readonly Item[], usesClock = false): ScopedState =>
    by({ parts: [{ kind: 'scope', key, only: items }], usesClock });
  const narrow: Partial<Methods> = {
    addSnapshots: async (added) => {
      for (const { id, node } of added) {
        checkText('snapshot id', id);
        checkText('node id', node);
      }
      await only([['fence', ''], ...added.map(({ id }) => snapshot(id))]).addSnapshots(added);
    },
    invalidate: (token, invalidations, at) =>
      only([['keys', ''], ...snapshots(invalidations)]).invalidate(token, invalidations, at),
    complete: (completions, at) => only(snapshots(completions)).complete(completions, at),
    claim: (request) => only([snapshot(request.snapshot)], true).claim(request),
    renew: (id, fence, leaseMs) => only([snapshot(id)], true).renew(id, fence, leaseMs),
    release: (id, fence) => only([snapshot(id)]).release(id, fence),
    record: (commit, needs, below) =>
      only(snapshots([commit, ...needs, ...below])).record(commit, needs, below),
    rebuild: (id, from) => only([snapshot(id)]).rebuild(id, from),
    switchEnvironment: async (change) => {
      checkText('environment', change.name);
      // A new name is compared with all others.
      return only([['environments', null], KEPT]).switchEnvironment(change);
    },
    link: (links) => only(snapshots(links)).link(links),
    addProofs: async (proofs) => {
      for (const { fingerprint } of proofs) checkText('fingerprint', fingerprint);
      const items = proofs.map(({ fingerprint }): Item => ['proofs', fingerprint]);
      await only([KEPT, ...items]).addProofs(proofs);
    },
    touchEnvironment: (environment, expiresAt) =>
      only([['environments', environment]]).touchEnvironment(environment, expiresAt),
    saveManifest: (id, text) => only([['manifests', id]], true).saveManifest(id, text),
    // Texts are shared by all scopes.
    collectManifests: () =>
      by({
        parts: [{ kind: 'scope', key, only: null }, { kind: 'manifests' }],
        usesClock: true,
      }).collectManifests(),
  };
  return { ...by({ parts: [{ kind: 'scope', key, only: null }], usesClock: true }), ...narrow };
}

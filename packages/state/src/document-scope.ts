import { checkContentId, checkName, checkRange, checkWhole, plainCopy } from './arguments.ts';
import { claim, releaseClaim, renewClaim } from './claim-steps.ts';
import { complete } from './completion-steps.ts';
import { EVENTS_LISTED, type DocumentStore } from './document-store.ts';
import { markDropping, removeSnapshots } from './dropping-steps.ts';
import { removeEnvironment, switchEnvironment, touchEnvironment } from './environment-steps.ts';
import { invalidate } from './invalidation-steps.ts';
import { collectManifests, isManifestKept, noteManifest } from './manifest-steps.ts';
import { link } from './link-steps.ts';
import { addProofs, removeProofs } from './proof-steps.ts';
import { record } from './record-step.ts';
import type { ScopedState } from './scoped-state.ts';
import { addSnapshots, rebuildSnapshot, viewOf } from './snapshot-steps.ts';
import { EMPTY_SCOPE, entry, scopeKey, type ScopeName } from './state-document.ts';
import { inScope, type ScopeStep } from './step.ts';

/** The part of a document that belongs to one project on one warehouse, as a `ScopedState`. */
export function documentScope(store: DocumentStore, name: ScopeName): ScopedState {
  checkName('project', name.project);
  checkName('warehouse', name.warehouse);
  const take = <T>(step: ScopeStep<T>): Promise<T> => store.step(inScope(name, step));
  return {
    read: async () => {
      const document = await store.read();
      return viewOf(entry(document.scopes, scopeKey(name)) ?? EMPTY_SCOPE);
    },
    addSnapshots: async (snapshots) => {
      for (const { id, node } of snapshots) {
        checkName('snapshot id', id);
        checkName('node id', node);
      }
      await take(addSnapshots(plainCopy(snapshots)));
    },
    invalidate: async (key, invalidations, at) => {
      checkName('key', key);
      for (const { range } of invalidations) checkRange(range);
      await take(invalidate(key, plainCopy(invalidations), at));
    },
    complete: async (completions, at) => {
      for (const { range } of completions) checkRange(range);
      await take(complete(plainCopy(completions), at));
    },
    claim: async (request) => {
      checkName('run', request.run);
      checkName('task', request.task);
      checkName('holder', request.holder);
      checkRange(request.range);
      checkWhole('lease', request.leaseMs, 1);
      return take(claim(plainCopy(request)));
    },
    renew: async (snapshot, fence, leaseMs) => {
      checkWhole('lease', leaseMs, 1);
      await take(renewClaim(snapshot, fence, leaseMs));
    },
    release: (snapshot, fence) => take(releaseClaim(snapshot, fence)),
    record: async (commit, needs, below) => {
      for (const { range } of [commit, ...needs, ...below]) checkRange(range);
      for (const range of commit.changed) checkRange(range);
      checkWhole('seq', commit.seq, 1);
      return take(record(plainCopy(commit), needs, plainCopy(below)));
    },
    rebuild: async (snapshot, from) => {
      for (const range of from.done) checkRange(range);
      checkWhole('seq', from.seq, 0);
      await take(rebuildSnapshot(snapshot, plainCopy(from)));
    },
    link: (links) => take(link(plainCopy(links))),
    addProofs: async (proofs) => {
      for (const { fingerprint } of proofs) checkName('fingerprint', fingerprint);
      await take(addProofs(plainCopy(proofs)));
    },
    removeProofs: (fingerprints) => take(removeProofs([...fingerprints])),
    markDropping: (ids, { forgetPreviousBefore = null } = {}) =>
      take(markDropping([...ids], forgetPreviousBefore)),
    removeSnapshots: (ids) => take(removeSnapshots([...ids])),
    switchEnvironment: async (change) => {
      checkName('environment', change.name);
      return take(switchEnvironment(plainCopy(change)));
    },
    touchEnvironment: (environment, expiresAt) => take(touchEnvironment(environment, expiresAt)),
    removeEnvironment: (removal) => take(removeEnvironment({ ...removal })),
    saveManifest: async (id, text) => {
      checkContentId(id);
      await store.texts.write(id, text);
      await take(noteManifest(id));
    },
    manifest: async (id) => {
      checkContentId(id);
      const scope = entry((await store.read()).scopes, scopeKey(name));
      return entry(scope?.manifests ?? {}, id) === undefined ? null : store.texts.read(id);
    },
    collectManifests: async () => {
      const gone = await take(collectManifests());
      const document = await store.read();
      for (const id of gone) if (!isManifestKept(document, id)) await store.texts.remove(id);
      return gone;
    },
    events: (filter) => store.events(name, { limit: EVENTS_LISTED, ...filter }),
  };
}

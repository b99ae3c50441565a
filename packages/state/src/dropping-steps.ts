import type { Instant } from '@seeknal/intervals';
import type { EnvironmentRecord, Proof, SnapshotId } from '@seeknal/plan';

import { byFingerprint } from './proof-steps.ts';
import { fresh, withSnapshots } from './snapshot-steps.ts';
import { entry, type Entries, type ScopeDocument, type SnapshotState } from './state-document.ts';
import { answered, type ScopeStep, type StepContext } from './step.ts';

/** Marks those to which nothing refers; answers those that are marked now, in the order asked for. */
export function markDropping(
  ids: readonly SnapshotId[],
  forgetPreviousBefore: Instant | null,
): ScopeStep<readonly SnapshotId[]> {
  return (scope, context) => {
    const forgetting = withoutOldPrevious(scope, forgetPreviousBefore);
    const referred = referredTo(forgetting, context);
    const free = new Set(ids.filter((id) => entry(scope.snapshots, id) && !referred.has(id)));
    const cone = coneOf(scope, (id) => !free.has(id));
    const going = [...free].filter((id) => !(cone.has(id) && isEmpty(scope.snapshots[id] as SnapshotState)));
    const fresh = going.filter((id) => scope.snapshots[id]?.record.dropping !== true);
    if (fresh.length === 0) return answered(scope, going);
    const marked = new Set(fresh);
    const states = fresh.map((id): SnapshotState => {
      const state = scope.snapshots[id] as SnapshotState;
      return { ...state, record: { ...state.record, dropping: true } };
    });
    const environments = withoutPreviousOf(scope, forgetting, marked);
    return answered(
      {
        ...withSnapshots(scope, states),
        environments,
        ...withoutProofsOf(scope, marked),
        claims: scope.claims.filter(({ snapshot }) => !marked.has(snapshot)),
      },
      going,
    );
  };
}

/** Forgets those that are marked; of one that stands in the cone of another the definition is kept. */
export function removeSnapshots(ids: readonly SnapshotId[]): ScopeStep<void> {
  return (scope) => {
    const gone = new Set(ids.filter((id) => entry(scope.snapshots, id)?.record.dropping === true));
    if (gone.size === 0) return answered(scope, undefined);
    const cone = coneOf(scope, (id) => !gone.has(id));
    // A number given out for a snapshot that is gone must not be given out again for one that comes back.
    const fence = Math.max(
      scope.fence ?? 0,
      ...[...gone].map((id) => (scope.snapshots[id] as SnapshotState).fence + 1),
    );
    const left = Object.entries(scope.snapshots).flatMap(([id, state]) => {
      if (!gone.has(id)) return [[id, state] as const];
      return cone.has(id) ? [[id, fresh(state.record, fence)] as const] : [];
    });
    return answered({ ...scope, fence, snapshots: Object.fromEntries(left) }, undefined);
  };
}

type Environments = Entries<EnvironmentRecord>;

/** The environments as they would be if those switched before the instant had no way back. */
const withoutOldPrevious = (scope: ScopeDocument, before: Instant | null): ScopeDocument =>
  before === null
    ? scope
    : {
        ...scope,
        environments: Object.fromEntries(
          Object.entries(scope.environments).map(([name, record]) => [
            name,
            record.switchedAt < before ? { ...record, previous: null, previousManifest: null } : record,
          ]),
        ),
      };

/** Only an environment whose way back leads to one of those marked gives it up. */
const withoutPreviousOf = (
  { environments }: ScopeDocument,
  forgetting: ScopeDocument,
  marked: ReadonlySet<SnapshotId>,
): Environments =>
  Object.fromEntries(
    Object.entries(environments).map(([name, record]) => {
      const leads = Object.values(record.previous ?? {}).some(({ snapshot }) => marked.has(snapshot));
      return [name, leads ? (forgetting.environments[name] as EnvironmentRecord) : record];
    }),
  );

const withoutProofsOf = (
  { proofs }: ScopeDocument,
  marked: ReadonlySet<SnapshotId>,
): { readonly proofs?: Entries<Proof> } =>
  proofs === undefined
    ? {}
    : { proofs: byFingerprint(Object.values(proofs).filter(({ snapshot }) => !marked.has(snapshot))) };

/** What pointers, the proofs they stand on and unexpired claims name, and what is read under those. */
function referredTo(scope: ScopeDocument, { now, isGone }: StepContext): ReadonlySet<SnapshotId> {
  const referred = new Set<SnapshotId>();
  for (const { pointers, previous } of Object.values(scope.environments)) {
    for (const { snapshot, fingerprint } of [...Object.values(pointers), ...Object.values(previous ?? {})]) {
      referred.add(snapshot);
      const proof = entry(scope.proofs ?? {}, fingerprint);
      if (proof) referred.add(proof.snapshot);
    }
  }
  for (const { snapshot, expiresAt, holder } of scope.claims) {
    if (expiresAt <= now || isGone(holder)) continue;
    referred.add(snapshot);
    for (const read of entry(scope.snapshots, snapshot)?.record.reads ?? []) referred.add(read.snapshot);
  }
  return referred;
}

/** Everything that the snapshots chosen were made from, over any number of steps. */
function coneOf(
  { snapshots }: ScopeDocument,
  isChosen: (id: SnapshotId) => boolean,
): ReadonlySet<SnapshotId> {
  const cone = new Set<SnapshotId>();
  const waiting = Object.keys(snapshots).filter(isChosen);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const { snapshot } of entry(snapshots, id)?.record.inputs ?? []) {
      if (cone.has(snapshot)) continue;
      cone.add(snapshot);
      waiting.push(snapshot);
    }
  }
  return cone;
}

const isEmpty = ({ record }: SnapshotState): boolean =>
  record.seq === 0 && record.done.length === 0 && record.dropping !== true;

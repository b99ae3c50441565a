import { difference, overlaps, slice, type Instant } from '@seeknal/intervals';
import type { Invalidation } from '@seeknal/plan';

import { folded } from './claim-steps.ts';
import { noted } from './notes.ts';
import type { IntervalEvent } from './scoped-state.ts';
import { requireSnapshot, withSnapshots } from './snapshot-steps.ts';
import { entry, type ScopeDocument, type SnapshotState } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

/** Keys remembered at most. */
const KEYS_KEPT = 1000;

export function invalidate(
  key: string,
  invalidations: readonly Invalidation[],
  at: Instant,
): ScopeStep<void> {
  return (scope) => {
    for (const { snapshot } of invalidations) requireSnapshot(scope, snapshot);
    if (scope.keys.includes(key)) return answered(scope, undefined);
    const { scope: after, taken } = withoutDone(scope, invalidations, () => true);
    const keys = [...scope.keys, key].slice(-KEYS_KEPT);
    return {
      scope: { ...after, keys },
      answer: undefined,
      events: taken.map((part) => invalidatedEvent(after, part, at, null)),
    };
  };
}

/** As the effect of a commit: a snapshot of which nothing is done or under way there is left alone. */
export const invalidateBelow = (scope: ScopeDocument, below: readonly Invalidation[]): Invalidated =>
  withoutDone(
    scope,
    below,
    (state, { range }) => overlaps(state.record.done, range) || isClaimed(scope, state, range),
  );

export interface Invalidated {
  readonly scope: ScopeDocument;
  /** What was done and is no longer. */
  readonly taken: readonly Invalidation[];
}

export const invalidatedEvent = (
  scope: ScopeDocument,
  { snapshot, range, reason }: Invalidation,
  at: Instant,
  run: string | null,
): IntervalEvent => ({
  at,
  snapshot,
  node: requireSnapshot(scope, snapshot).record.node,
  range,
  kind: 'invalidated',
  run,
  reason,
});

/** Takes the stretches out of done; every snapshot concerned goes up by one generation, whatever their number. */
function withoutDone(
  scope: ScopeDocument,
  invalidations: readonly Invalidation[],
  concerns: (state: SnapshotState, invalidation: Invalidation) => boolean,
): Invalidated {
  const tick = scope.tick + 1;
  const touched = new Map<string, SnapshotState>();
  const taken: Invalidation[] = [];
  for (const invalidation of invalidations) {
    const { snapshot, range, reason } = invalidation;
    const before = entry(scope.snapshots, snapshot);
    if (!before || !concerns(before, invalidation)) continue;
    const generation = before.record.generation + 1;
    const state = touched.get(snapshot) ?? before;
    taken.push(...slice(state.record.done, range).map((part) => ({ snapshot, range: part, reason })));
    touched.set(snapshot, {
      ...state,
      record: { ...state.record, generation, done: difference(state.record.done, [range]) },
      invalidations: noted(state.invalidations, range, generation, tick),
    });
  }
  if (touched.size === 0) return { scope, taken };
  const states = [...touched.values()].map((state) => folded(scope, state));
  return { scope: { ...withSnapshots(scope, states), tick }, taken };
}

const isClaimed = (scope: ScopeDocument, state: SnapshotState, range: Invalidation['range']): boolean =>
  scope.claims.some((held) => held.snapshot === state.record.id && overlaps([held.range], range));

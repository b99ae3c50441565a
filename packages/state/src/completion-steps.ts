import { difference, union, type Instant } from '@seeknal/intervals';
import type { Invalidation } from '@seeknal/plan';

import type { IntervalEvent } from './scoped-state.ts';
import { requireSnapshot, withDone, withSnapshots } from './snapshot-steps.ts';
import type { SnapshotState } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

/** Adds stretches to done on somebody's word. Nothing of the ledger changes, so a rebuild forgets it. */
export function complete(completions: readonly Invalidation[], at: Instant): ScopeStep<void> {
  return (scope) => {
    const touched = new Map<string, SnapshotState>();
    const events: IntervalEvent[] = [];
    for (const { snapshot, range, reason } of completions) {
      const state = touched.get(snapshot) ?? requireSnapshot(scope, snapshot);
      const added = difference([range], state.record.done);
      if (added.length === 0) continue;
      touched.set(snapshot, withDone(state, union(state.record.done, [range])));
      for (const part of added) {
        events.push({ at, snapshot, node: state.record.node, range: part, kind: 'done', run: null, reason });
      }
    }
    if (touched.size === 0) return answered(scope, undefined);
    return { scope: withSnapshots(scope, [...touched.values()]), answer: undefined, events };
  };
}

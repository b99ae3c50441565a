import type { SnapshotRead } from '@seeknal/plan';

import type { SnapshotLinks } from './scoped-state.ts';
import { requireKept, withSnapshots } from './snapshot-steps.ts';
import { answered, type ScopeStep } from './step.ts';

/** Inputs are replaced. What was read before stays read: rows made from it are still there. */
export function link(links: readonly SnapshotLinks[]): ScopeStep<void> {
  return (scope) => {
    const linked = links.map(({ snapshot, inputs, reads }) => {
      const state = requireKept(scope, snapshot);
      const now = new Map<string, SnapshotRead>(state.record.reads.map((read) => [read.snapshot, read]));
      for (const read of reads) now.set(read.snapshot, read);
      return { ...state, record: { ...state.record, inputs: [...inputs], reads: [...now.values()] } };
    });
    return answered(linked.length === 0 ? scope : withSnapshots(scope, linked), undefined);
  };
}

import {
  alignOutward,
  intersection,
  intervalSet,
  schedule,
  type Interval,
  type IntervalSet,
} from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';

import { affected, hasIntervals } from './dependency.ts';
import type { Invalidation } from './plan.ts';
import type { ResolvedNode } from './resolve.ts';
import { ALL_TIME, type Snapshot, type SnapshotId } from './snapshot.ts';

/**
 * What of the done has to run again when a stretch of some nodes is to be made anew: those intervals, and
 * everything downstream that was made from them. A node that depends on its past runs again from there on.
 *
 * @param resolved In topological order.
 */
export function restate(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  nodes: ReadonlySet<NodeId>,
  range: Interval,
  reason: string,
): readonly Invalidation[] {
  const touched = new Map<SnapshotId, { readonly snapshot: Snapshot; readonly again: IntervalSet }>();
  const invalidations: Invalidation[] = [];
  for (const [id, { snapshot, record, timing }] of resolved) {
    const from = snapshot.reads.flatMap((read) => {
      const input = touched.get(read.snapshot);
      if (input === undefined) return [];
      return input.again.flatMap((changed) => affected(read, input.snapshot, snapshot, changed) ?? []);
    });
    const reached = intervalSet([...(nodes.has(id) ? [wholeIntervals(snapshot, range)] : []), ...from]);
    const onward =
      timing?.dependsOnPast === true ? reached.map(({ start }) => ({ start, end: ALL_TIME.end })) : reached;
    const again = intersection(intervalSet(onward), record?.done ?? []);
    if (again.length > 0) touched.set(snapshot.id, { snapshot, again });
    for (const stretch of again) invalidations.push({ snapshot: snapshot.id, range: stretch, reason });
  }
  return invalidations;
}

/** The intervals that a range touches, as one stretch; everything, for a node that has only one. */
function wholeIntervals(snapshot: Snapshot, range: Interval): Interval {
  if (!hasIntervals(snapshot)) return ALL_TIME;
  const { expression, timeZone } = snapshot.schedule as NonNullable<Snapshot['schedule']>;
  return alignOutward(range, schedule(expression, { timeZone }));
}

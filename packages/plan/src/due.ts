import {
  batches,
  countIntervals,
  covers,
  intersection,
  missing,
  withLookback,
  type Interval,
  type IntervalSet,
} from '@seeknal/intervals';

import { hasIntervals } from './dependency.ts';
import type { ResolvedNode } from './resolve.ts';
import { ALL_TIME } from './snapshot.ts';
import { newestEnded, scheduleOfTiming, wanted } from './wanted.ts';

/** What of one node has to run, and what of the done is given up for it. */
export interface Due {
  readonly wanted: IntervalSet;
  readonly missing: IntervalSet;
  /** Done stretches that run again all the same, with the reason. */
  readonly again: readonly { readonly range: Interval; readonly reason: string }[];
}

/** What was found outside the warehouse: a source's files, an exposure's export. */
export interface Outside {
  readonly isChanged: boolean;
  /** `its file changed`, `its export is gone`. */
  readonly reason: string;
}

export function due(
  resolved: ResolvedNode,
  at: { readonly now: number; readonly range: Interval | null; readonly full: boolean },
  outside: Outside | undefined,
): Due {
  const { record, timing, snapshot } = resolved;
  const done = record?.done ?? [];
  const want = wantedOf(resolved, at.now, at.range);
  const whole = want[0];
  // A file's contents prove what a load would find: a refresh is about tables.
  if (timing === null) return dueOnce(done, at.full && snapshot.materialization !== 'source', outside);
  if (whole === undefined) return { wanted: [], missing: [], again: [] };
  if (!hasIntervals(snapshot)) {
    // The table holds one state of the world: a newer one than asked for is not turned back.
    const isDone = done.some(({ end }) => end >= whole.end);
    if (isDone && !at.full) return { wanted: want, missing: [], again: [] };
    return { wanted: want, missing: want, again: isDone ? [{ range: whole, reason: 'full refresh' }] : [] };
  }
  if (at.full) return { wanted: want, missing: want, again: again(want, done, 'full refresh') };
  const schedule = scheduleOfTiming(timing);
  const gaps = missing({ wanted: want, done, schedule });
  if (gaps.length === 0) return { wanted: want, missing: [], again: [] };
  const due = withLookback(gaps, schedule, timing.lookback, whole);
  if (timing.dependsOnPast) {
    const rest = [{ start: (due[0] as Interval).start, end: whole.end }];
    return { wanted: want, missing: rest, again: again(rest, done, 'depends on the past') };
  }
  return { wanted: want, missing: due, again: again(due, done, `look-back of ${timing.lookback}`) };
}

const again = (due: IntervalSet, done: IntervalSet, reason: string): Due['again'] =>
  intersection(due, done).map((range) => ({ range, reason }));

function dueOnce(done: IntervalSet, full: boolean, outside: Outside | undefined): Due {
  if (!covers(done, ALL_TIME)) return { wanted: [ALL_TIME], missing: [ALL_TIME], again: [] };
  const reason = outside?.isChanged ? outside.reason : full ? 'full refresh' : null;
  if (reason === null) return { wanted: [ALL_TIME], missing: [], again: [] };
  return { wanted: [ALL_TIME], missing: [ALL_TIME], again: [{ range: ALL_TIME, reason }] };
}

/**
 * Cuts stretches into the ranges of tasks. One interval a task unless the node says that its query may
 * cover several: a query that names `start` in its SELECT list gives other rows when it covers a month.
 */
export function cut(
  { timing, snapshot }: Pick<ResolvedNode, 'timing' | 'snapshot'>,
  set: IntervalSet,
): readonly Interval[] {
  if (timing === null || !hasIntervals(snapshot)) return set;
  const size = snapshot.timeColumn === null || timing.dependsOnPast ? 1 : (timing.batchSize ?? 1);
  return batches(set, scheduleOfTiming(timing), size);
}

/** What a node should have rows for now: a function of the clock and the range, not of what is done. */
export function wantedOf(
  { timing, start, snapshot }: Pick<ResolvedNode, 'timing' | 'start' | 'snapshot'>,
  now: number,
  range: Interval | null,
): IntervalSet {
  if (timing === null || start === null) return [ALL_TIME];
  if (hasIntervals(snapshot)) {
    // A history in which each interval needs the one before has no gaps: a range can end it, not begin it.
    const within = timing.dependsOnPast && range !== null ? { start, end: range.end } : range;
    return wanted(timing, start, now, within);
  }
  const newest = newestEnded(timing, now, range);
  return newest === null ? [] : [newest];
}

/** Intervals in a set, counted in the node's schedule. */
export const countOf = (
  { timing, snapshot }: Pick<ResolvedNode, 'timing' | 'snapshot'>,
  set: IntervalSet,
): number =>
  timing === null || !hasIntervals(snapshot) ? set.length : countIntervals(set, scheduleOfTiming(timing));

import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';

/**
 * A set of instants, as the fewest intervals that cover it: sorted, none empty, none touching.
 * Only this module builds one, so two equal sets are always deep-equal.
 */
export type IntervalSet = readonly Interval[];

/**
 * Builds a set from intervals in any order; overlapping and touching ones are joined, empty ones
 * dropped. O(n log n).
 *
 * @throws {IntervalError} `INTERVAL_REVERSED` when an interval ends before it starts.
 */
export function intervalSet(intervals: readonly Interval[]): IntervalSet {
  const joined: Interval[] = [];
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    if (!(start <= end)) throw IntervalError.reversed({ start, end }); // NaN is refused too
    if (start === end) continue;
    const last = joined.at(-1);
    if (last && start <= last.end) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    } else {
      joined.push({ start, end });
    }
  }
  return joined;
}

/** The instants in either set. */
export const union = (a: IntervalSet, b: IntervalSet): IntervalSet => combine(a, b, (inA, inB) => inA || inB);

/** The instants in both sets. */
export const intersection = (a: IntervalSet, b: IntervalSet): IntervalSet =>
  combine(a, b, (inA, inB) => inA && inB);

/** The instants of `a` that are not in `b`: what is missing, given what is wanted and what is done. */
export const difference = (a: IntervalSet, b: IntervalSet): IntervalSet =>
  combine(a, b, (inA, inB) => inA && !inB);

/** The part of the set inside the interval. O(n). */
export const slice = (set: IntervalSet, interval: Interval): IntervalSet =>
  intersection(set, intervalSet([interval]));

/** Whether every instant of the interval is in the set; so an empty interval always is. O(n). */
export const covers = (set: IntervalSet, { start, end }: Interval): boolean =>
  start === end || set.some((part) => part.start <= start && end <= part.end);

/** Whether some instant of the interval is in the set; so an empty interval never does. O(n). */
export const overlaps = (set: IntervalSet, { start, end }: Interval): boolean =>
  start < end && set.some((part) => part.start < end && start < part.end);

/** Walks the edges of both sets in time order and keeps the stretches where `keep` holds. O(n + m). */
function combine(a: IntervalSet, b: IntervalSet, keep: (inA: boolean, inB: boolean) => boolean): IntervalSet {
  const edgesA = a.flatMap(({ start, end }) => [start, end]);
  const edgesB = b.flatMap(({ start, end }) => [start, end]);
  const kept: Interval[] = [];
  let start: Instant | undefined;
  for (let i = 0, j = 0; i < edgesA.length || j < edgesB.length;) {
    const at = Math.min(edgesA[i] ?? Infinity, edgesB[j] ?? Infinity);
    // Only intervalSet makes sets, and refuses NaN; a list that was made otherwise would never end here.
    if (Number.isNaN(at)) throw IntervalError.timeInvalid(at);
    if (edgesA[i] === at) i += 1;
    if (edgesB[j] === at) j += 1;
    // To have crossed an odd number of a set's edges is to be inside it.
    const inside = keep(i % 2 === 1, j % 2 === 1);
    if (inside) start ??= at;
    else if (start !== undefined) {
      kept.push({ start, end: at });
      start = undefined;
    }
  }
  return kept;
}

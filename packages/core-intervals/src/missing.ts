import { alignOutward } from './align.ts';
import type { Interval } from './interval.ts';
import { difference, intervalSet, slice } from './interval-set.ts';
import type { IntervalSet } from './interval-set.ts';
import { back } from './reach.ts';
import type { Schedule } from './schedule.ts';

export interface MissingOptions {
  /** What is to exist, from tick to tick. */
  readonly wanted: IntervalSet;
  /** What exists. */
  readonly done: IntervalSet;
  /**
   * Widens each hole to whole intervals, so that one done in part is missing as a whole. Needed
   * only where `done` may have been cut by another schedule.
   */
  readonly schedule?: Schedule;
}

/**
 * What is wanted and not done, as ranges. The cost grows with the number of holes, not of ticks:
 * cut the result, not the input.
 */
export function missing({ wanted, done, schedule }: MissingOptions): IntervalSet {
  const holes = difference(wanted, done);
  return schedule ? intervalSet(holes.map((hole) => alignOutward(hole, schedule))) : holes;
}

/**
 * Adds the n intervals before each missing stretch, since data that came late may have changed
 * them; nothing outside `within`. Where nothing is missing nothing is added.
 */
export function withLookback(
  holes: IntervalSet,
  schedule: Schedule,
  n: number,
  within: Interval,
): IntervalSet {
  return slice(intervalSet(holes.map((hole) => back(hole, schedule, n))), within);
}

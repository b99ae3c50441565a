import { alignInward } from './align.ts';
import { IntervalError } from './errors.ts';
import type { Interval } from './interval.ts';
import type { IntervalSet } from './interval-set.ts';
import { MOST_INTERVALS } from './limit.ts';
import type { Schedule } from './schedule.ts';

/**
 * Cuts a set at the ticks of a schedule, earliest first, one interval at a time. Only whole
 * intervals come out: what sticks out at either end of a stretch is left out.
 */
export function* splitBySchedule(set: IntervalSet, schedule: Schedule): Generator<Interval> {
  for (const stretch of set) {
    const whole = alignInward(stretch, schedule);
    if (whole === null) continue;
    for (let { start } = whole; start < whole.end;) {
      const end = schedule.next(start)!; // whole.end is a tick, so there is one
      yield { start, end };
      start = end;
    }
  }
}

/**
 * The intervals that `splitBySchedule` makes, as a list.
 *
 * @throws {IntervalError} `TOO_MANY_INTERVALS` above a million.
 */
export function listIntervals(set: IntervalSet, schedule: Schedule): Interval[] {
  const listed: Interval[] = [];
  for (const each of splitBySchedule(set, schedule)) {
    if (listed.length === MOST_INTERVALS) {
      throw IntervalError.tooManyIntervals(MOST_INTERVALS, schedule.expression);
    }
    listed.push(each);
  }
  return listed;
}

/** How many intervals `splitBySchedule` would make. Costs as `Schedule.count` does. */
export function countIntervals(set: IntervalSet, schedule: Schedule): number {
  let count = 0;
  for (const stretch of set) {
    const whole = alignInward(stretch, schedule);
    if (whole !== null) count += schedule.count(whole.start, whole.end);
  }
  return count;
}

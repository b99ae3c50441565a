import { alignInward } from './align.ts';
import type { Interval } from './interval.ts';
import type { IntervalSet } from './interval-set.ts';
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
 * How many intervals `splitBySchedule` would make. Arithmetic where the schedule has a period,
 * else one step an interval.
 */
export function countIntervals(set: IntervalSet, schedule: Schedule): number {
  const { periodMs } = schedule;
  let count = 0;
  if (periodMs === null) {
    for (const _ of splitBySchedule(set, schedule)) count += 1;
    return count;
  }
  for (const stretch of set) {
    const whole = alignInward(stretch, schedule);
    if (whole !== null) count += (whole.end - whole.start) / periodMs;
  }
  return count;
}

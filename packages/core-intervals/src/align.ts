import type { Interval } from './interval.ts';
import type { Schedule } from './schedule.ts';

/**
 * The largest stretch of whole intervals inside an interval: what can be called done when it is
 * done. Null when not one fits.
 */
export function alignInward({ start, end }: Interval, schedule: Schedule): Interval | null {
  const first = schedule.ceil(start);
  const last = schedule.floor(end);
  return first !== null && last !== null && first < last ? { start: first, end: last } : null;
}

/**
 * The smallest stretch of whole intervals around an interval: what is to be run again when it is
 * no longer right. An empty interval on a tick stays empty.
 */
export function alignOutward({ start, end }: Interval, schedule: Schedule): Interval {
  return { start: schedule.floor(start) ?? start, end: schedule.ceil(end) ?? end };
}

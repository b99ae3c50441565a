import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';
import { MOST_INTERVALS } from './limit.ts';
import type { Schedule } from './schedule.ts';

/**
 * The interval with its start moved back over n more intervals: what a node that looks back reads.
 *
 * @throws {IntervalError} `TOO_MANY_INTERVALS` above a million of a schedule without a period.
 */
export const back = ({ start, end }: Interval, schedule: Schedule, n: number): Interval => ({
  start: step(start, n, schedule, -1),
  end,
});

/**
 * The interval with its end moved on over n more intervals: whose reading reaches back into it. Fails
 * as `back` does.
 */
export const ahead = ({ start, end }: Interval, schedule: Schedule, n: number): Interval => ({
  start,
  end: step(end, n, schedule, 1),
});

/** Takes n steps along the ticks; the first may be a short one, onto a tick. Stops where they end. */
function step(
  from: Instant,
  n: number,
  { periodMs, next, prev, expression }: Schedule,
  sign: 1 | -1,
): Instant {
  let at = from;
  for (let taken = 0; taken < n; taken += 1) {
    const tick = sign === 1 ? next(at) : prev(at);
    if (tick === null) break;
    if (periodMs !== null) return tick + sign * (n - 1) * periodMs;
    if (taken === MOST_INTERVALS) throw IntervalError.tooManyIntervals(MOST_INTERVALS, expression);
    at = tick;
  }
  return at;
}

import type { Instant, Interval } from './interval.ts';
import type { Schedule } from './schedule.ts';

/** The interval with its start moved back over n more intervals: what a node that looks back reads. */
export const back = ({ start, end }: Interval, schedule: Schedule, n: number): Interval => ({
  start: step(start, n, schedule.periodMs, -1, schedule.prev),
  end,
});

/** The interval with its end moved on over n more intervals: whose reading reaches back into it. */
export const ahead = ({ start, end }: Interval, schedule: Schedule, n: number): Interval => ({
  start,
  end: step(end, n, schedule.periodMs, 1, schedule.next),
});

/** Takes n steps along the ticks; the first may be a short one, onto a tick. Stops where they end. */
function step(
  from: Instant,
  n: number,
  periodMs: number | null,
  sign: 1 | -1,
  one: (at: Instant) => Instant | null,
): Instant {
  let at = from;
  for (let taken = 0; taken < n; taken += 1) {
    const tick = one(at);
    if (tick === null) break;
    if (periodMs !== null) return tick + sign * (n - 1) * periodMs;
    at = tick;
  }
  return at;
}

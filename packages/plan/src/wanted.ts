import { schedule, type Instant, type Interval, type Schedule } from '@seeknal/intervals';
import type { Timing } from '@seeknal/manifest';

import { ALL_TIME } from './snapshot.ts';

export const scheduleOfTiming = (timing: Timing): Schedule =>
  schedule(timing.schedule, { timeZone: timing.timeZone });

/**
 * Which instants a node should have rows for: whole intervals that start at or after `start`, and have
 * ended by `now`. With a range, only the intervals that start in it.
 */
export function wanted(
  timing: Timing,
  start: Instant,
  now: Instant,
  range: Interval | null,
): readonly Interval[] {
  const ticks = scheduleOfTiming(timing);
  const ended = ticks.floor(now);
  const first = ticks.ceil(Math.max(start, range?.start ?? start));
  if (ended === null || first === null) return [];
  const ends = [timing.end, range?.end ?? null].flatMap((end) =>
    end === null ? [] : (ticks.ceil(end) ?? []),
  );
  const last = Math.min(ended, ...ends);
  return first < last ? [{ start: first, end: last }] : [];
}

/** The newest interval that has ended by `now` (and by the end of the range): what a `full` node is due for. */
export function newestEnded(timing: Timing, now: Instant, range: Interval | null): Interval | null {
  const ticks = scheduleOfTiming(timing);
  const end = ticks.floor(Math.min(now, timing.end ?? now, range?.end ?? now));
  const start = end === null ? null : ticks.prev(end);
  return end === null || start === null ? null : { start, end };
}

/**
 * Where a node's history begins: its own `start`, else the earliest of its inputs', else what was fixed
 * when its snapshot was made, else the start of the range asked for, else the newest ended interval.
 */
export function startOf(
  timing: Timing,
  inputStarts: readonly Instant[],
  fixed: Instant | null,
  now: Instant,
  range: Interval | null,
): Instant {
  if (timing.start !== null) return timing.start;
  if (inputStarts.length > 0) return Math.min(...inputStarts);
  if (fixed !== null) return fixed;
  if (range !== null && range.start > ALL_TIME.start) return range.start;
  return newestEnded(timing, now, range)?.start ?? now;
}

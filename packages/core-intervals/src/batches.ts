import { alignInward } from './align.ts';
import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';
import type { IntervalSet } from './interval-set.ts';
import { MOST_INTERVALS } from './limit.ts';
import type { Schedule } from './schedule.ts';

/**
 * Cuts each stretch of a set into batches of `size` intervals, the last of a stretch may be
 * smaller; with null a stretch is one batch. Earliest first, whole intervals only.
 *
 * @throws {IntervalError} `BATCH_SIZE_INVALID` unless the size is a whole number from 1 on,
 *   `TOO_MANY_INTERVALS` above a million batches.
 */
export function batches(set: IntervalSet, schedule: Schedule, size: number | null): Interval[] {
  const stretches = set
    .map((stretch) => alignInward(stretch, schedule))
    .filter((stretch) => stretch !== null);
  if (size === null) return stretches;
  if (!Number.isInteger(size) || size < 1) throw IntervalError.batchSize(size);

  const cut: Interval[] = [];
  for (const stretch of stretches) {
    for (let { start } = stretch; start < stretch.end;) {
      if (cut.length === MOST_INTERVALS) {
        throw IntervalError.tooManyIntervals(MOST_INTERVALS, schedule.expression);
      }
      const end = batchEnd(start, stretch.end, schedule, size);
      cut.push({ start, end });
      start = end;
    }
  }
  return cut;
}

/** The tick `size` intervals on, or the last one of the stretch. */
function batchEnd(start: Instant, last: Instant, { periodMs, next }: Schedule, size: number): Instant {
  if (periodMs !== null) return Math.min(start + size * periodMs, last);
  let end = start;
  for (let taken = 0; taken < size && end < last; taken += 1) end = next(end)!; // last is a tick
  return end;
}

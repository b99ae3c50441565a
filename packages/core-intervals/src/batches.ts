import { alignInward } from './align.ts';
import { IntervalError } from './errors.ts';
import type { Interval } from './interval.ts';
import type { IntervalSet } from './interval-set.ts';
import { ahead } from './reach.ts';
import type { Schedule } from './schedule.ts';

/**
 * Cuts each stretch of a set into batches of `size` intervals, the last of a stretch may be
 * smaller; with null a stretch is one batch. Earliest first, whole intervals only.
 *
 * @throws {IntervalError} `BATCH_SIZE_INVALID` unless the size is a whole number from 1 on.
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
      const batch = ahead({ start, end: start }, schedule, size);
      cut.push({ start, end: Math.min(batch.end, stretch.end) });
      start = batch.end;
    }
  }
  return cut;
}

import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';
import { formatInstant, formatInterval } from './interval-text.ts';
import { readTime } from './time-text.ts';
import type { Moment, TimeInput } from './time-text.ts';

export interface RangeOptions {
  readonly start: TimeInput;
  /** `now` when left out. */
  readonly end?: TimeInput | undefined;
  readonly now: Instant;
  /** Where dates and relative texts are read. UTC when left out. */
  readonly timeZone?: string | undefined;
}

export interface ResolvedRange {
  /** Half-open, as is everything after this point. */
  readonly range: Interval;
  /** What the texts were read as, to tell a date from an instant. */
  readonly start: Moment;
  readonly end: Moment;
  /** The range in UTC, to be printed: `2024-01-01 to 2024-02-01`. */
  readonly text: string;
}

/**
 * Reads a range as people say it. An end that is a date (also a month, or `yesterday`) is included,
 * whatever the schedule: `2024-01-01` to `2024-01-01` is one day. An end that is an instant (a
 * timestamp, a Date, a number, `1 hour ago`) is not.
 *
 * @throws {IntervalError} `RANGE_REVERSED` when it ends before it starts; as `readTime`.
 */
export function resolveRange({ start, end, now, timeZone }: RangeOptions): ResolvedRange {
  const first = readTime(start, { now, timeZone });
  const last = readTime(end ?? now, { now, timeZone });
  const range = { start: first.start, end: last.end };
  // A date covers something, so a range that ends with it is never empty.
  if (range.start > range.end || (last.kind === 'date' && range.start === range.end)) {
    throw IntervalError.rangeReversed(formatInstant(first.start), formatInstant(last.start));
  }
  return { range, start: first, end: last, text: formatInterval(range) };
}

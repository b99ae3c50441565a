import { alignInward } from './align.ts';
import { IntervalError } from './errors.ts';
import { isInstant } from './interval.ts';
import type { Instant, Interval } from './interval.ts';
import type { Schedule } from './schedule.ts';
import { readInterval } from './stored-interval.ts';
import type { IntervalInput } from './stored-interval.ts';
import { parseInstant, readTime } from './time-text.ts';
import { instantAt, wallClock } from './wall-clock.ts';

const DAY = 86_400_000;

/**
 * `2024-01-01T05:00:00Z`, with ms only where there are any.
 *
 * @throws {IntervalError} `TIME_INVALID` for NaN and what no Date can hold.
 */
export const formatInstant = (instant: Instant): string => `${timestamp(instant)}Z`;

/**
 * `2024-01-01 to 2024-01-02` where both ends are midnights in UTC, else
 * `2024-01-01T05:00:00 to 2024-01-01T06:00:00`. In UTC, the end is not included.
 */
export function formatInterval({ start, end }: Interval): string {
  const whole = start % DAY === 0 && end % DAY === 0;
  const format = whole ? (each: Instant): string => timestamp(each).slice(0, -9) : timestamp;
  return `${format(start)} to ${format(end)}`;
}

/** `formatInterval` for an interval in any of the forms that callers have it in. */
export const intervalToString = (interval: IntervalInput): string => formatInterval(readInterval(interval));

/** The date whose first instant this is, as `2024-01-31`; null in the middle of one. */
export function dateStarting(instant: Instant, timeZone = 'UTC'): string | null {
  const midnight = Math.floor(wallClock(instant, timeZone) / DAY) * DAY;
  return instantAt(midnight, timeZone) === instant ? timestamp(midnight).slice(0, -9) : null;
}

/**
 * Reads what `formatInterval` writes, dates and timestamps mixed as one likes.
 *
 * @throws {IntervalError} `INTERVAL_TEXT_INVALID`, `INTERVAL_REVERSED` or `TIME_INVALID`.
 */
export function stringToInterval(text: string): Interval {
  const ends = text.trim().split(/\s+to\s+/);
  if (ends.length !== 2) throw IntervalError.intervalTextInvalid(text);
  const [start, end] = ends.map((each) => parseInstant(each)) as [Instant, Instant];
  if (start > end) throw IntervalError.reversed({ start, end });
  return { start, end };
}

/**
 * What a user means by `--interval`. `A to B` is that stretch. A date is the stretch of all
 * intervals within it or, where none lies within, the one interval that starts on it.
 *
 * @throws {IntervalError} as `stringToInterval`; `INTERVAL_NOT_SCHEDULED` when no interval starts
 *   on the date.
 */
export function namedInterval(text: string, schedule: Schedule): Interval {
  if (/\sto\s/.test(text)) return stringToInterval(text);
  const date = readTime(text, { timeZone: schedule.timeZone });
  if (date.kind !== 'date') throw IntervalError.intervalTextInvalid(text);
  const within = alignInward(date, schedule);
  if (within !== null) return within;
  const start = schedule.ceil(date.start);
  const end = start === null ? null : schedule.next(start);
  if (start === null || end === null || start >= date.end) {
    throw IntervalError.notScheduled(text, schedule.expression);
  }
  return { start, end };
}

function timestamp(instant: Instant): string {
  if (!isInstant(instant)) throw IntervalError.timeInvalid(instant);
  return new Date(instant).toISOString().replace(/(?:\.000)?Z$/, '');
}

import { IntervalError } from './errors.ts';
import type { Instant } from './interval.ts';
import type { IntervalSet } from './interval-set.ts';
import type { Schedule } from './schedule.ts';
import { listIntervals } from './split.ts';
import { wallClock } from './wall-clock.ts';

const DAY = 86_400_000;

/**
 * The partition that an instant falls into, by a strftime format: `%Y-%m-%d` makes `2024-01-31`.
 * Understands the numeric directives: `%Y %y %m %d %H %M %S %j %u %w %G %V %F %T %%`.
 *
 * @throws {IntervalError} `PARTITION_FORMAT_INVALID` for any other.
 */
export function partitionKey(instant: Instant, format: string, timeZone = 'UTC'): string {
  const date = new Date(wallClock(instant, timeZone));
  const write = (text: string): string =>
    text.replace(/%(.?)/gsu, (directive) => {
      const long = LONG[directive];
      const value = SHORT[directive];
      if (long !== undefined) return write(long);
      if (value === undefined) throw IntervalError.partitionFormat(format, directive);
      return value(date);
    });
  return write(format);
}

/**
 * The partitions that the whole intervals of a set start in, in order, each once.
 *
 * @throws {IntervalError} `TOO_MANY_INTERVALS` above a million intervals; as `partitionKey`.
 */
export function partitionKeys(set: IntervalSet, schedule: Schedule, format: string): string[] {
  const keys = new Set<string>();
  for (const { start } of listIntervals(set, schedule)) {
    keys.add(partitionKey(start, format, schedule.timeZone));
  }
  return [...keys];
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const LONG: Readonly<Record<string, string>> = { '%F': '%Y-%m-%d', '%T': '%H:%M:%S' };

const SHORT: Readonly<Record<string, (date: Date) => string>> = {
  '%Y': (date) => pad(date.getUTCFullYear(), 4),
  '%y': (date) => pad(date.getUTCFullYear() % 100),
  '%m': (date) => pad(date.getUTCMonth() + 1),
  '%d': (date) => pad(date.getUTCDate()),
  '%H': (date) => pad(date.getUTCHours()),
  '%M': (date) => pad(date.getUTCMinutes()),
  '%S': (date) => pad(date.getUTCSeconds()),
  '%j': (date) => pad(dayOfYear(date), 3),
  '%u': (date) => String(date.getUTCDay() || 7),
  '%w': (date) => String(date.getUTCDay()),
  '%G': (date) => pad(thursday(date).getUTCFullYear(), 4),
  '%V': (date) => pad(Math.ceil(dayOfYear(thursday(date)) / 7)),
  '%%': () => '%',
};

const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1;

/** The Thursday of a date's week, whose year is the year of the week (ISO 8601). */
const thursday = (date: Date): Date => {
  const weekday = date.getUTCDay() || 7;
  return new Date(date.getTime() + (4 - weekday) * DAY);
};

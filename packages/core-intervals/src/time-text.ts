import { IntervalError } from './errors.ts';
import { isInstant } from './interval.ts';
import type { Instant } from './interval.ts';
import { relativeTime } from './relative-time.ts';
import { instantAt } from './wall-clock.ts';

/** How a caller may say a time. A number is ms since the epoch. */
export type TimeInput = string | Date | Instant;

/** What a text stands for: a date lasts from `start` to `end`, an instant does not (`start` = `end`). */
export interface Moment {
  readonly kind: 'date' | 'instant';
  readonly start: Instant;
  readonly end: Instant;
}

export interface TimeOptions {
  /** What relative texts start from. They are refused without it. */
  readonly now?: Instant | undefined;
  /** Where texts without an offset are read, as an IANA name. UTC when left out. */
  readonly timeZone?: string | undefined;
}

/**
 * Reads a date (`2024-01-31`, `20240131`, a month `2024-01`, a year `2024`), a timestamp in ISO
 * 8601, with a space for the `T` or not, ms since the epoch, or a relative text (`now`, `today`,
 * `yesterday`, `tomorrow`, `1 week ago`, `in 2 days`). Relative texts of whole days are dates, those
 * with hours, minutes or seconds are instants. Finer digits than ms are cut off.
 *
 * @throws {IntervalError} `TIME_INVALID`, `TIME_RELATIVE` or `TIME_ZONE_UNKNOWN`.
 */
export function readTime(input: TimeInput, options: TimeOptions = {}): Moment {
  const { now, timeZone = 'UTC' } = options;
  if (typeof input === 'number') return instant(input, input);
  if (isDate(input)) return instant(input.getTime(), input);
  if (typeof input !== 'string') throw IntervalError.timeInvalid(input); // from JSON, or plain JavaScript

  const text = input.trim();
  const moment = readDate(text, timeZone) ?? readTimestamp(text, timeZone) ?? readEpoch(text, input);
  if (moment) return moment;
  const relative = relativeTime(text, now, timeZone);
  if (relative) return relative;
  throw IntervalError.timeInvalid(input);
}

/** The instant a text stands for; a date stands for its first one. Fails as `readTime` does. */
export const parseInstant = (input: TimeInput, options: TimeOptions = {}): Instant =>
  readTime(input, options).start;

/** Asked for by its method, for Dates of other realms. */
const isDate = (input: TimeInput): input is Date =>
  typeof input === 'object' && input !== null && typeof input.getTime === 'function';

function instant(start: number, input: TimeInput): Moment {
  if (!Number.isInteger(start) || !isInstant(start)) throw IntervalError.timeInvalid(input);
  return { kind: 'instant', start, end: start };
}

function readDate(text: string, timeZone: string): Moment | null {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map((part) => part && Number(part)) as [
    number,
    number | undefined,
    number | undefined,
  ];
  const first = civil(text, year, month, day);
  const next = Date.UTC(
    month === undefined ? year + 1 : year,
    day === undefined && month !== undefined ? month : (month ?? 1) - 1,
    day === undefined ? 1 : day + 1,
  );
  return { kind: 'date', start: instantAt(first, timeZone), end: instantAt(next, timeZone) };
}

const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(Z|[+-]\d{2}:?\d{2})?$/i;

function readTimestamp(text: string, timeZone: string): Moment | null {
  const match = TIMESTAMP.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second = 0] = match
    .slice(1, 7)
    .map((part) => part && Number(part)) as [number, number, number, number, number, number?];
  if (hour > 23 || minute > 59 || second > 59) throw IntervalError.timeInvalid(text);
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const wall = civil(text, year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
  const start = match[8] ? wall - offsetMs(match[8]) : instantAt(wall, timeZone);
  return { kind: 'instant', start, end: start };
}

/** Reads `Z`, `+05:00` or `+0500`. */
function offsetMs(text: string): number {
  if (/z/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Seconds or a month without its dash would be read as an instant in 1970, so those are refused. */
function readEpoch(text: string, input: TimeInput): Moment | null {
  return /^(?:0|-?\d{12,})$/.test(text) ? instant(Number(text), input) : null;
}

/** Midnight of a date, as the clocks show it. Refuses 30 February, and years before 1000. */
function civil(text: string, year: number, month = 1, day = 1): number {
  const wall = Date.UTC(year, month - 1, day);
  const date = new Date(wall);
  if (year < 1000 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw IntervalError.timeInvalid(text);
  }
  return wall;
}

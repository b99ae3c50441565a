import { IntervalError } from './errors.ts';
import { isInstant } from './interval.ts';
import type { Instant } from './interval.ts';
import type { Moment } from './time-text.ts';
import { instantAt, wallClock } from './wall-clock.ts';
import type { WallClock } from './wall-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What one of each unit is: ms that pass, or days or months on the calendar. */
const UNITS: ReadonlyMap<string, { kind: 'ms' | 'days' | 'months'; size: number }> = new Map([
  ['second', { kind: 'ms', size: 1000 }],
  ['minute', { kind: 'ms', size: MINUTE }],
  ['hour', { kind: 'ms', size: 60 * MINUTE }],
  ['day', { kind: 'days', size: 1 }],
  ['week', { kind: 'days', size: 7 }],
  ['month', { kind: 'months', size: 1 }],
  ['quarter', { kind: 'months', size: 3 }],
  ['year', { kind: 'months', size: 12 }],
  ['decade', { kind: 'months', size: 120 }],
]);
const DAYS: ReadonlyMap<string, string> = new Map([
  ['today', 'in 0 days'],
  ['yesterday', '1 day ago'],
  ['tomorrow', 'in 1 day'],
]);

/**
 * Reads `now`, `today`, `yesterday`, `tomorrow`, `2 weeks ago`, `1 year 5 days ago`, `in 3 hours`;
 * null for any other text. Counts from the start of the current minute; the 31st becomes the last
 * day of a shorter month. Whole days are dates, anything finer is an instant.
 *
 * @throws {IntervalError} `TIME_RELATIVE` where `now` is needed and not given, `TIME_INVALID` where
 *   the calendar ends.
 */
export function relativeTime(text: string, now: Instant | undefined, timeZone: string): Moment | null {
  const lower = text.toLowerCase();
  const shift = readShift(DAYS.get(lower) ?? lower);
  if (lower !== 'now' && shift === null) return null;
  if (now === undefined) throw IntervalError.timeRelative(text);
  if (!isInstant(now)) throw IntervalError.timeInvalid(now);
  if (shift === null) return { kind: 'instant', start: now, end: now };

  const base = now - (((now % MINUTE) + MINUTE) % MINUTE);
  const { ms = 0, days = 0, months = 0 } = shift;
  const wall = shiftMonths(wallClock(base, timeZone), months) + days * DAY;
  const year = new Date(wall).getUTCFullYear();
  if (!(year >= 1000 && year <= 9999)) throw IntervalError.timeInvalid(text);
  if (shift.ms === undefined) {
    const midnight = Math.floor(wall / DAY) * DAY;
    const [start, end] = [instantAt(midnight, timeZone), instantAt(midnight + DAY, timeZone)];
    return { kind: 'date', start, end };
  }
  // Time that passes is counted on instants, so that a repeated hour is not lost.
  const start = (months === 0 && days === 0 ? base : instantAt(wall, timeZone)) + ms;
  return { kind: 'instant', start, end: start };
}

/** How far to move, in the units that were named. */
interface Shift {
  ms?: number;
  days?: number;
  months?: number;
}

/** Reads pairs of a number and a unit, after `in` or before `ago`. */
function readShift(text: string): Shift | null {
  const words = text.split(/[\s,]+/);
  const ago = words.at(-1) === 'ago';
  if (ago === (words[0] === 'in')) return null;
  const pairs = ago ? words.slice(0, -1) : words.slice(1);
  if (pairs.length === 0 || pairs.length % 2 === 1) return null;

  const shift: Shift = {};
  for (let i = 0; i < pairs.length; i += 2) {
    const number = pairs[i]!.replace(/^an?$/, '1');
    const unit = UNITS.get(pairs[i + 1]!.replace(/s$/, ''));
    if (!/^\d{1,6}$/.test(number) || !unit) return null;
    const moved = (ago ? -1 : 1) * Number(number) * unit.size;
    shift[unit.kind] = (shift[unit.kind] ?? 0) + moved;
  }
  return shift;
}

function shiftMonths(wall: WallClock, months: number): WallClock {
  const date = new Date(wall);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const last = new Date(first);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  const day = Math.min(date.getUTCDate(), last.getUTCDate());
  return first + (day - 1) * DAY + (((wall % DAY) + DAY) % DAY);
}

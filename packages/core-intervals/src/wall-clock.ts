import { IntervalError } from './errors.ts';
import { isInstant } from './interval.ts';
import type { Instant } from './interval.ts';

/**
 * What a clock on the wall shows, as if it hung in UTC: 14:00 in Berlin is the number of 14:00 in
 * UTC. Days of it are whole multiples of 24 hours, so calendar arithmetic is done on it.
 */
export type WallClock = number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** As far as clocks are moved when they are: two hours at most, but for changes of the date. */
const NEAR = 3 * HOUR;
const OFFSETS_CACHED = 20_000;
const offsets = new Map<string, Around>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws {IntervalError} `TIME_ZONE_UNKNOWN`. */
export const requireTimeZone = (timeZone: string): void => void formatIn(timeZone);

/**
 * What the clocks of a zone show at an instant.
 *
 * @throws {IntervalError} `TIME_INVALID` for NaN and what no Date can hold; `TIME_ZONE_UNKNOWN`.
 */
export function wallClock(instant: Instant, timeZone: string): WallClock {
  if (!isInstant(instant)) throw IntervalError.timeInvalid(instant);
  if (timeZone === 'UTC') return instant;
  const parts = formatIn(timeZone).formatToParts(instant);
  const [year, month, day, hour, minute, second] = PARTS.map((wanted) =>
    Number(parts.find(({ type }) => type === wanted)!.value),
  ) as [number, number, number, number, number, number];
  const millisecond = ((instant % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

/**
 * When the clocks of a zone show a time: the first time where they show it twice, and the first
 * valid instant after it where daylight saving skips it.
 */
export function instantAt(wall: WallClock, timeZone: string): Instant {
  if (timeZone === 'UTC') return wall;
  // No clock is a day off, so the offsets a day before and after are those around the time.
  const [early, late] = [wall - DAY, wall + DAY]
    .map((near) => wall - (wallClock(near, timeZone) - near))
    .toSorted((a, b) => a - b) as [Instant, Instant];
  for (const candidate of [early, late]) {
    if (wallClock(candidate, timeZone) === wall) return candidate;
  }
  // Skipped: halve the stretch between a moment before the clocks change and one after.
  let before = early;
  let after = late;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallClock(middle, timeZone) > wall) after = middle;
    else before = middle;
  }
  return after;
}

/** A stretch of time that is far from any change of a zone's clocks, or near one. */
export interface SteadyStretch {
  /** How far the clocks are ahead of UTC, in ms; null near a change that may decide what they show. */
  readonly offset: number | null;
  readonly end: Instant;
}

/**
 * What is known of the clocks from an instant on. Near a change means within three hours of it, or a day of
 * one that skips a date. No zone has had two changes within three days that undo each other. Cached.
 */
export function steadyStretch(instant: Instant, timeZone: string): SteadyStretch {
  const day = offsetsAround(instant, DAY, DAY, timeZone);
  if (day.before === day.after) return { offset: day.after, end: day.end };
  const hour = offsetsAround(instant, HOUR, NEAR, timeZone);
  const isSmall = Math.abs(day.before - day.after) <= NEAR;
  return { offset: isSmall && hour.before === hour.after ? hour.after : null, end: hour.end };
}

/** The offsets some way before and after the day or hour that an instant is in. */
function offsetsAround(instant: Instant, unit: number, margin: number, timeZone: string): Around {
  const start = Math.floor(instant / unit) * unit;
  const key = `${timeZone} ${unit} ${start}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const end = start + unit;
  const [before, after] = [start - margin, end + margin].map((near) => wallClock(near, timeZone) - near) as [
    number,
    number,
  ];
  if (offsets.size === OFFSETS_CACHED) offsets.clear();
  const around = { before, after, end };
  offsets.set(key, around);
  return around;
}

interface Around {
  readonly before: number;
  readonly after: number;
  readonly end: Instant;
}

const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
    return format;
  } catch (error) {
    throw IntervalError.timeZoneUnknown(timeZone, error);
  }
}

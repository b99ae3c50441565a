import { CronPattern } from 'croner';

import { IntervalError } from './errors.ts';
import type { Instant } from './interval.ts';
import type { Ticks } from './ticks.ts';
import { isPlain, utcTicks } from './utc-ticks.ts';
import { requireTimeZone } from './wall-clock.ts';
import { CRON_OPTIONS, zonedTicks } from './zoned-ticks.ts';

/**
 * When a node is due. Consecutive ticks bound its intervals, so the intervals tile the line.
 * Ticks lie in the years 1000 to 9998; beyond, and for NaN, the answers are null.
 */
export interface Schedule {
  /** As it was given. */
  readonly expression: string;
  readonly timeZone: string;
  /** The distance between any two consecutive ticks, in ms; null where it varies. */
  readonly periodMs: number | null;
  /** Whether no calendar day of the zone has more than one tick. */
  readonly dailyOrCoarser: boolean;
  /** Whether every tick is a midnight in UTC: what a time column of type DATE needs. */
  readonly midnightUtc: boolean;
  /** The first tick strictly after an instant. */
  readonly next: (after: Instant) => Instant | null;
  /** The last tick strictly before an instant. */
  readonly prev: (before: Instant) => Instant | null;
  /** The latest tick at or before an instant. */
  readonly floor: (at: Instant) => Instant | null;
  /** The earliest tick at or after an instant. */
  readonly ceil: (at: Instant) => Instant | null;
  /**
   * How many ticks lie from `start` on and before `end`. Arithmetic, or a step a day; a step a tick for
   * patterns with `L`, `W` or `#`, and for the days around a change of the clocks.
   */
  readonly count: (start: Instant, end: Instant) => number;
}

export interface ScheduleOptions {
  /** An IANA name. Moves the ticks, never what is stored. UTC when left out. */
  readonly timeZone?: string;
}

/** Where ticks begin. */
export const EARLIEST: Instant = Date.UTC(1000, 0, 1);
const LATEST = Date.UTC(9999, 0, 1);
const CACHED = 1000;
const cache = new Map<string, Schedule>();

/**
 * Reads a five-field cron expression, a shorthand (`@daily`) or a preset (`daily`). Parsed once
 * for each expression and zone.
 *
 * `0` and `7` are Sunday. Where day and weekday are both restricted either will do, and a step
 * (`2-30/2`) counts as restricted; `+MON` asks for both. `L`, `W` and `#` are understood.
 *
 * @throws {IntervalError} `SCHEDULE_INVALID`, `SCHEDULE_NEVER_FIRES` (30 February) or
 *   `TIME_ZONE_UNKNOWN`.
 */
export function schedule(expression: string, options: ScheduleOptions = {}): Schedule {
  const { timeZone = 'UTC' } = options;
  const key = `${timeZone} ${expression}`;
  const known = cache.get(key);
  if (known) return known;

  const pattern = cronPattern(expression);
  requireTimeZone(timeZone);
  const ticks = timeZone === 'UTC' && isPlain(pattern) ? utcTicks(pattern) : zonedTicks(pattern, timeZone);
  if (ticks.next(0) === null) throw IntervalError.scheduleNeverFires(expression);

  const made = withTicks(ticks, {
    expression,
    timeZone,
    periodMs: ticks.periodMs,
    ...timesOfDay(pattern, timeZone),
  });
  // What is forgotten is only parsed again; a process that lives long must not grow with it.
  if (cache.size === CACHED) cache.clear();
  cache.set(key, made);
  return made;
}

/**
 * Parses an expression into croner's fields: arrays of 0 and 1 for minute, hour, day and month.
 *
 * @throws {IntervalError} `SCHEDULE_INVALID`.
 */
export function cronPattern(expression: string): CronPattern {
  try {
    // What comes from YAML or JSON may be no text: then this fails, too.
    const text = expression.trim();
    const preset = /^(?:hourly|daily|weekly|monthly|yearly)$/i.test(text);
    return new CronPattern(preset ? `@${text}` : text, undefined, CRON_OPTIONS);
  } catch (error) {
    throw IntervalError.scheduleInvalid(expression, error);
  }
}

function timesOfDay({ hour, minute }: CronPattern, timeZone: string) {
  const once = [hour, minute].every((field) => field.indexOf(1) === field.lastIndexOf(1));
  const midnight = hour[0] === 1 && minute[0] === 1;
  return { dailyOrCoarser: once, midnightUtc: once && midnight && timeZone === 'UTC' };
}

function withTicks(
  ticks: Ticks,
  facts: Omit<Schedule, 'next' | 'prev' | 'floor' | 'ceil' | 'count'>,
): Schedule {
  const inYears = (tick: Instant | null): Instant | null =>
    tick !== null && tick >= EARLIEST && tick < LATEST ? tick : null;
  const next = (after: Instant): Instant | null =>
    after < LATEST ? inYears(ticks.next(Math.max(after, EARLIEST - 1))) : null;
  const prev = (before: Instant): Instant | null =>
    before > EARLIEST ? inYears(ticks.prev(Math.min(before, LATEST))) : null;
  // Instants are whole milliseconds, so "at or before" is "before the next one".
  const floor = (at: Instant): Instant | null => prev(at + 1);
  const ceil = (at: Instant): Instant | null => next(at - 1);
  const count = (start: Instant, end: Instant): number =>
    start < end ? ticks.count(Math.max(start, EARLIEST), Math.min(end, LATEST)) : 0;
  return Object.freeze({ ...facts, next, prev, floor, ceil, count });
}

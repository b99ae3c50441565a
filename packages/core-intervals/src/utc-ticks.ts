import type { CronPattern } from 'croner';

import type { Instant } from './interval.ts';
import type { Ticks } from './ticks.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MINUTES_PER_DAY = 1440;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;
/** The Gregorian calendar, weekdays included, repeats after this many days (400 years). */
const CALENDAR_CYCLE = 146_097;
/** What croner writes for a weekday that counts in every week of the month. */
const EVERY_WEEK = 0b111111;

/** Whether lists of months, days and weekdays say all of a pattern: no `L`, `W` or `#`. */
export const isPlain = (pattern: CronPattern): boolean =>
  !pattern.lastDayOfMonth &&
  !pattern.lastWeekday &&
  !pattern.nearestWeekdays.includes(1) &&
  pattern.dayOfWeek.every((weeks) => weeks === 0 || weeks === EVERY_WEEK);

/**
 * The ticks of a plain five-field pattern in UTC. Where they are equally far apart a step is
 * arithmetic, else it walks the calendar, skipping the months that do not match.
 */
export function utcTicks(pattern: CronPattern): Ticks {
  const times = timesOfDay(pattern);
  return evenTicks(pattern, times) ?? calendarTicks(pattern, times);
}

/** The minutes of a day at which the pattern fires, ascending. Never empty. */
function timesOfDay({ hour, minute }: CronPattern): number[] {
  return Array.from({ length: MINUTES_PER_DAY }, (_, time) => time).filter(
    (time) => hour[Math.floor(time / 60)] === 1 && minute[time % 60] === 1,
  );
}

/** Ticks that repeat week by week and are equally far apart, else null. */
function evenTicks(pattern: CronPattern, times: readonly number[]): Ticks | null {
  if (!pattern.starDOM || pattern.month.includes(0)) return null;
  const week = [0, 1, 2, 3, 4, 5, 6]
    .filter((day) => pattern.dayOfWeek[(day + 4) % 7] !== 0) // day 0 of the epoch is a Thursday
    .flatMap((day) => times.map((time) => day * MINUTES_PER_DAY + time));
  const first = week[0]!;
  const period = MINUTES_PER_WEEK / week.length;
  if (!week.every((tick, i) => tick === first + i * period)) return null;

  const offset = first * MINUTE;
  const periodMs = period * MINUTE;
  return {
    next: (after) => offset + (Math.floor((after - offset) / periodMs) + 1) * periodMs,
    prev: (before) => offset + (Math.ceil((before - offset) / periodMs) - 1) * periodMs,
    count: (start, end) => Math.ceil((end - offset) / periodMs) - Math.ceil((start - offset) / periodMs),
    periodMs,
  };
}

function calendarTicks(pattern: CronPattern, times: readonly number[]): Ticks {
  const at = (day: number, time: number): Instant => day * DAY + time * MINUTE;
  return {
    next(after) {
      const today = Math.floor(after / DAY);
      const time = times.find((each) => at(today, each) > after);
      if (time !== undefined && firesOn(pattern, new Date(today * DAY))) return at(today, time);
      return firstOn(pattern, times[0]!, today + 1, 1);
    },
    prev(before) {
      const today = Math.floor(before / DAY);
      const time = times.findLast((each) => at(today, each) < before);
      if (time !== undefined && firesOn(pattern, new Date(today * DAY))) return at(today, time);
      return firstOn(pattern, times.at(-1)!, today - 1, -1);
    },
    count(start, end) {
      let ticks = 0;
      for (let day = Math.floor(start / DAY); day * DAY < end; day += 1) {
        if (!firesOn(pattern, new Date(day * DAY))) continue;
        const isWhole = start <= day * DAY && (day + 1) * DAY <= end;
        ticks += isWhole
          ? times.length
          : times.filter((time) => start <= at(day, time) && at(day, time) < end).length;
      }
      return ticks;
    },
    periodMs: null,
  };
}

/** The time on the nearest day that matches, from a day on in the direction of `step`. */
function firstOn(pattern: CronPattern, time: number, from: number, step: 1 | -1): Instant | null {
  for (let day = from; Math.abs(day - from) <= CALENDAR_CYCLE;) {
    const date = new Date(day * DAY);
    if (firesOn(pattern, date)) return day * DAY + time * MINUTE;
    if (pattern.month[date.getUTCMonth()] === 1) day += step;
    else {
      // The first day of the next month, or the last of the one before.
      const month = date.getUTCMonth() + (step === 1 ? 1 : 0);
      day = Date.UTC(date.getUTCFullYear(), month, step === 1 ? 1 : 0) / DAY;
    }
  }
  return null;
}

function firesOn(pattern: CronPattern, date: Date): boolean {
  if (pattern.month[date.getUTCMonth()] !== 1) return false;
  const byDate = pattern.day[date.getUTCDate() - 1] === 1;
  const byWeekday = pattern.dayOfWeek[date.getUTCDay()] !== 0;
  // Cron's oldest rule: where both are restricted, either will do (unless the weekday has a "+").
  const both = pattern.starDOM || pattern.starDOW || pattern.useAndLogic;
  return both ? byDate && byWeekday : byDate || byWeekday;
}

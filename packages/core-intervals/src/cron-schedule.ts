import type { CronPattern } from 'croner';

import type { Instant } from './interval.ts';
import { cronPattern, schedule } from './schedule.ts';
import type { Schedule, ScheduleOptions } from './schedule.ts';
import { parseInstant } from './time-text.ts';
import type { TimeInput } from './time-text.ts';

/** Every value that a field allows, ascending. */
export interface CronFields {
  /** 0 to 59. */
  readonly minute: readonly number[];
  /** 0 to 23. */
  readonly hour: readonly number[];
  /** 1 to 31. */
  readonly day: readonly number[];
  /** 1 to 12. */
  readonly month: readonly number[];
  /** 0 to 6, from **Monday** on, other than in the expression, where 0 is Sunday. */
  readonly dayOfWeek: readonly number[];
}

/** A schedule that can also be taken apart. Each number is the smallest value its field allows. */
export interface CronSchedule extends Omit<Schedule, 'next' | 'prev'> {
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 1 to 31. */
  readonly day: number;
  /** 1 to 12. */
  readonly month: number;
  /** 0 to 6, **Monday** is 0. */
  readonly dayOfWeek: number;
  readonly fields: CronFields;
  /** The first tick strictly after a time. */
  readonly next: (after: TimeInput) => Instant | null;
  /** The last tick strictly before a time. */
  readonly prev: (before: TimeInput) => Instant | null;
}

/**
 * Parses a five-field cron expression, a shorthand (`@daily`) or a preset (`daily`).
 *
 * @throws {IntervalError} as `schedule`.
 */
export function parseCronSchedule(expression: string, options: ScheduleOptions = {}): CronSchedule {
  const ticks = schedule(expression, options);
  const fields = fieldsOf(cronPattern(expression));
  const { timeZone } = ticks;
  return {
    ...ticks,
    minute: fields.minute[0]!,
    hour: fields.hour[0]!,
    day: fields.day[0]!,
    month: fields.month[0]!,
    dayOfWeek: fields.dayOfWeek[0]!,
    fields,
    next: (after) => ticks.next(parseInstant(after, { timeZone })),
    prev: (before) => ticks.prev(parseInstant(before, { timeZone })),
  };
}

function fieldsOf(pattern: CronPattern): CronFields {
  const { minute, hour, day, month, dayOfWeek, nearestWeekdays } = pattern;
  // The last day of a month is the 28th at the earliest, its last weekday the 26th.
  const lastFrom = pattern.lastWeekday ? 26 : pattern.lastDayOfMonth ? 28 : Infinity;
  return {
    minute: allowed(minute, 0),
    hour: allowed(hour, 0),
    day: allowed(
      day.map((each, i) => each || nearestWeekdays[i]! || Number(i + 1 >= lastFrom)),
      1,
    ),
    month: allowed(month, 1),
    dayOfWeek: allowed([...dayOfWeek.slice(1), dayOfWeek[0]!], 0),
  };
}

const allowed = (field: readonly number[], first: number): number[] =>
  field.flatMap((each, i) => (each === 0 ? [] : [i + first]));

import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';
import { dateStarting, formatInstant } from './interval-text.ts';
import type { Schedule } from './schedule.ts';
import type { IntervalInput } from './stored-interval.ts';
import { parseInstant, readTime } from './time-text.ts';
import type { TimeInput } from './time-text.ts';

/**
 * Whether an end that is a date (or a midnight) is included. `auto`: for schedules that tick at
 * most once a day. `inclusive-date`: for every schedule. `exclusive`: never.
 */
export type EndRule = 'auto' | 'inclusive-date' | 'exclusive';

/** Start and end may be spelt either way. */
export interface CalculateOptions {
  readonly startDate?: TimeInput | undefined;
  readonly start?: TimeInput | undefined;
  readonly endDate?: TimeInput | undefined;
  readonly end?: TimeInput | undefined;
  /** The calculator's own when left out. */
  readonly schedule?: string | undefined;
  readonly endRule?: EndRule | undefined;
}

export interface PendingOptions extends CalculateOptions {
  readonly completedIntervals?: readonly IntervalInput[];
  /** Where the newest completed interval begins: the one after it is the first pending. */
  readonly lastCompleted?: TimeInput | undefined;
  /** The current instant: the end when none is given. Only intervals that have ended by then. */
  readonly now?: Instant | undefined;
}

/** What the range holds, both ends given, as at most one stretch of whole intervals. */
export function wantedIn(options: CalculateOptions, by: Schedule, rule: EndRule): Interval[] {
  const { timeZone } = by;
  const from = options.startDate ?? options.start;
  const to = options.endDate ?? options.end;
  if (from === undefined) throw IntervalError.rangeIncomplete('start');
  if (to === undefined) throw IntervalError.rangeIncomplete('end');
  const start = parseInstant(from, { timeZone });
  const end = parseInstant(to, { timeZone });
  if (start > end) throw IntervalError.rangeReversed(formatInstant(start), formatInstant(end));
  return startingIn(start, exclusiveEnd(to, by, options.endRule ?? rule), by);
}

/** As `wantedIn`, after filling in the start or the end; then an end before the start is no error. */
export function pendingIn(
  options: PendingOptions,
  by: Schedule,
  completedUntil: Instant | undefined,
): Interval[] {
  const { timeZone } = by;
  const { now, lastCompleted, endRule = 'auto' } = options;
  const from = options.startDate ?? options.start;
  const to = options.endDate ?? options.end;
  if (from !== undefined && to !== undefined) return wantedIn(options, by, endRule);

  const after = lastCompleted ?? completedUntil;
  if (from === undefined && after === undefined) throw IntervalError.rangeIncomplete('start');
  if (to === undefined && now === undefined) throw IntervalError.rangeIncomplete('end');
  const start =
    from === undefined && lastCompleted !== undefined
      ? by.next(parseInstant(lastCompleted, { timeZone }))
      : parseInstant((from ?? completedUntil)!, { timeZone });
  // Up to the last tick, so that only intervals that have ended are pending.
  const end = to === undefined ? by.floor(now!) : exclusiveEnd(to, by, endRule);
  return startingIn(start, end, by);
}

/** The whole intervals that start from an instant on and before another, as at most one stretch. */
function startingIn(start: Instant | null, end: Instant | null, by: Schedule): Interval[] {
  const first = by.ceil(start ?? NaN); // where a tick was sought in vain there is none here either
  const last = by.ceil(end ?? NaN);
  return first !== null && last !== null && first < last ? [{ start: first, end: last }] : [];
}

function exclusiveEnd(to: TimeInput, by: Schedule, rule: EndRule): Instant {
  const { timeZone } = by;
  const moment = readTime(to, { timeZone });
  if (rule === 'exclusive' || (rule === 'auto' && !by.dailyOrCoarser)) return moment.start;
  if (moment.kind === 'date') return moment.end;
  const date = dateStarting(moment.start, timeZone);
  return date === null ? moment.start : readTime(date, { timeZone }).end;
}

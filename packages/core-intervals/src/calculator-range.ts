import { IntervalError } from './errors.ts';
import type { Instant, Interval } from './interval.ts';
import { dateStarting, formatInstant } from './interval-text.ts';
import { EARLIEST } from './schedule.ts';
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
  if (start < EARLIEST) throw IntervalError.timeOutOfRange(start);
  return between(by.ceil(start), lastTick(to, by, options.endRule ?? rule));
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
      : by.ceil(parseInstant((from ?? completedUntil)!, { timeZone }));
  // Up to the last tick, so that only intervals that have ended are pending.
  const end = to === undefined ? by.floor(parseInstant(now!)) : lastTick(to, by, endRule);
  return between(start, end);
}

/** The stretch between two ticks; none where either was sought in vain, or they are the wrong way round. */
const between = (start: Instant | null, end: Instant | null): Interval[] =>
  start !== null && end !== null && start < end ? [{ start, end }] : [];

/** The end of the last interval that starts in a range with this end. */
function lastTick(to: TimeInput, by: Schedule, rule: EndRule): Instant {
  const said = parseInstant(to, { timeZone: by.timeZone });
  const last = by.ceil(said) === null ? null : by.ceil(exclusiveEnd(to, by, rule));
  if (last === null) throw IntervalError.timeOutOfRange(said);
  return last;
}

function exclusiveEnd(to: TimeInput, by: Schedule, rule: EndRule): Instant {
  const { timeZone } = by;
  const moment = readTime(to, { timeZone });
  if (rule === 'exclusive' || (rule === 'auto' && !by.dailyOrCoarser)) return moment.start;
  if (moment.kind === 'date') return moment.end;
  const date = dateStarting(moment.start, timeZone);
  return date === null ? moment.start : readTime(date, { timeZone }).end;
}

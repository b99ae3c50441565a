import { pendingIn, wantedIn } from './calculator-range.ts';
import type { CalculateOptions, PendingOptions } from './calculator-range.ts';
import { IntervalError } from './errors.ts';
import type { Interval } from './interval.ts';
import { intervalSet } from './interval-set.ts';
import { missing } from './missing.ts';
import { schedule } from './schedule.ts';
import type { Schedule, ScheduleOptions } from './schedule.ts';
import { listIntervals } from './split.ts';
import { readInterval, readIntervals } from './stored-interval.ts';
import type { IntervalInput } from './stored-interval.ts';
import type { TimeInput } from './time-text.ts';

export interface MissingIntervalsOptions extends CalculateOptions {
  readonly completedIntervals: readonly IntervalInput[];
}

/** As much of a run state as is read here, in either spelling. */
export interface RunStateIntervals {
  readonly nodes: Readonly<
    Record<
      string,
      {
        readonly completed_intervals?: readonly IntervalInput[];
        readonly completedIntervals?: readonly IntervalInput[];
      }
    >
  >;
}

/**
 * Cuts ranges into the intervals of a schedule and finds those not done. Intervals start at the
 * ticks from the start on and before the end, and are never cut off at the end. Times may be texts
 * (without an offset: in the calculator's zone), Dates or ms since the epoch.
 *
 * @throws {IntervalError} from every method: `SCHEDULE_MISSING` when neither the call nor the
 *   calculator has a schedule, `TIME_OUT_OF_RANGE` beyond the years of a schedule,
 *   `TOO_MANY_INTERVALS` where it would list more than a million; and as `schedule` and `readTime`.
 */
export class IntervalCalculator {
  readonly #expression: string | undefined;
  readonly #options: ScheduleOptions;

  constructor(expression?: string, options: ScheduleOptions = {}) {
    this.#expression = expression;
    this.#options = options;
    if (expression !== undefined) this.#schedule(expression);
  }

  /**
   * Every interval of a range. A date as the end is included where the schedule ticks at most once
   * a day, see `EndRule`: January by days has 31, a day by hours 24.
   *
   * @throws {IntervalError} `RANGE_REVERSED` when the start is after the end.
   */
  calculateIntervals(start: TimeInput, end: TimeInput, expression?: string): Interval[];
  calculateIntervals(options: CalculateOptions): Interval[];
  calculateIntervals(first: TimeInput | CalculateOptions, end?: TimeInput, expression?: string): Interval[] {
    const options = isOptions(first) ? first : { start: first, end, schedule: expression };
    const by = this.#schedule(options.schedule);
    return listIntervals(wantedIn(options, by, 'auto'), by);
  }

  /** The interval that begins at the first tick at or after the end of another. */
  getNextInterval(current: IntervalInput, expression?: string): Interval {
    const by = this.#schedule(expression);
    const previous = readInterval(current);
    const start = by.ceil(previous.end);
    const end = start === null ? null : by.next(start);
    if (start === null || end === null) throw IntervalError.timeOutOfRange(previous.end);
    return { start, end };
  }

  /** The completed intervals of every node, in order of start; those of older files half-open. */
  getCompletedIntervals(runState: RunStateIntervals): Record<string, Interval[]> {
    return Object.fromEntries(
      Object.entries(runState.nodes).map(([id, node]) => [
        id,
        readIntervals(node.completed_intervals ?? node.completedIntervals ?? []),
      ]),
    );
  }

  /**
   * The intervals of a range that are not completed; one completed in part is pending as a whole.
   * The start, when left out, follows `lastCompleted`, or else the newest completed interval.
   *
   * @throws {IntervalError} `RANGE_INCOMPLETE` when there is nothing to tell the start or end by.
   */
  getPendingIntervals(
    completed: readonly IntervalInput[],
    start: TimeInput,
    end: TimeInput,
    expression?: string,
  ): Interval[];
  getPendingIntervals(options: PendingOptions): Interval[];
  getPendingIntervals(
    first: readonly IntervalInput[] | PendingOptions,
    start?: TimeInput,
    end?: TimeInput,
    expression?: string,
  ): Interval[] {
    const options: PendingOptions = isList(first)
      ? { start, end, schedule: expression, completedIntervals: first }
      : first;
    const by = this.#schedule(options.schedule);
    const done = intervalSet(readIntervals(options.completedIntervals ?? []));
    const wanted = pendingIn(options, by, done.at(-1)?.end);
    return listIntervals(missing({ wanted, done, schedule: by }), by);
  }

  /**
   * The holes of a range: as `getPendingIntervals`, but the end is never included, be it a date.
   *
   * @throws {IntervalError} `RANGE_REVERSED` when the start is after the end.
   */
  getMissingIntervals(
    completed: readonly IntervalInput[],
    start: TimeInput,
    end: TimeInput,
    expression?: string,
  ): Interval[];
  getMissingIntervals(options: MissingIntervalsOptions): Interval[];
  getMissingIntervals(
    first: readonly IntervalInput[] | MissingIntervalsOptions,
    start?: TimeInput,
    end?: TimeInput,
    expression?: string,
  ): Interval[] {
    const options: MissingIntervalsOptions = isList(first)
      ? { start, end, schedule: expression, completedIntervals: first }
      : first;
    const by = this.#schedule(options.schedule);
    const wanted = wantedIn(options, by, 'exclusive');
    const done = intervalSet(readIntervals(options.completedIntervals));
    return listIntervals(missing({ wanted, done, schedule: by }), by);
  }

  /** Joins intervals that overlap or touch. */
  mergeIntervals(intervals: readonly IntervalInput[]): Interval[] {
    return [...intervalSet(readIntervals(intervals))];
  }

  #schedule(expression = this.#expression): Schedule {
    if (expression === undefined) throw IntervalError.scheduleMissing();
    return schedule(expression, this.#options);
  }
}

/** A calculator whose methods go by this schedule where a call names none. */
export const createIntervalCalculator = (
  expression: string,
  options: ScheduleOptions = {},
): IntervalCalculator => new IntervalCalculator(expression, options);

const isList = <T>(first: readonly T[] | object): first is readonly T[] => Array.isArray(first);

/** Options are the only object that is not a Date; asked for by its method, for other realms. */
const isOptions = (first: TimeInput | CalculateOptions): first is CalculateOptions =>
  typeof first === 'object' && first !== null && !('getTime' in first);

import type { Interval } from './interval.ts';

/** Stable across minor versions: match on the code, never on the message. */
export type IntervalErrorCode =
  | 'BATCH_SIZE_INVALID'
  | 'INTERVAL_REVERSED'
  | 'INTERVAL_TEXT_INVALID'
  | 'INTERVAL_NOT_SCHEDULED'
  | 'PARTITION_FORMAT_INVALID'
  | 'RANGE_INCOMPLETE'
  | 'RANGE_REVERSED'
  | 'SCHEDULE_INVALID'
  | 'SCHEDULE_MISSING'
  | 'SCHEDULE_NEVER_FIRES'
  | 'TIME_INVALID'
  | 'TIME_OUT_OF_RANGE'
  | 'TIME_RELATIVE'
  | 'TIME_ZONE_UNKNOWN'
  | 'TOO_MANY_INTERVALS';

const FIELDS =
  'Write five fields (minute hour day month weekday), such as "0 2 * * *", or one of ' +
  '@yearly @monthly @weekly @daily @hourly.';
const TIMES = 'Write 2024-01-31, 2024-01-31T05:00:00Z, "yesterday" or "3 days ago".';

/** The only error this package throws on purpose. */
export class IntervalError extends Error {
  override readonly name = 'IntervalError';
  readonly code: IntervalErrorCode;
  /** One sentence on what to do next, for the CLI to print under the message. */
  readonly hint: string;

  constructor(code: IntervalErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }

  static reversed({ start, end }: Interval): IntervalError {
    return new IntervalError(
      'INTERVAL_REVERSED',
      `Not an interval: [${show(start)}, ${show(end)})`,
      'Swap the start and the end.',
    );
  }

  static batchSize(size: number): IntervalError {
    return new IntervalError(
      'BATCH_SIZE_INVALID',
      `Not a batch size: ${size}`,
      'Write a whole number of intervals, 1 or more.',
    );
  }

  static rangeReversed(start: string, end: string): IntervalError {
    return new IntervalError(
      'RANGE_REVERSED',
      `The range ends before it starts: ${start} to ${end}`,
      'Swap the start and the end.',
    );
  }

  static rangeIncomplete(what: 'start' | 'end'): IntervalError {
    return new IntervalError(
      'RANGE_INCOMPLETE',
      `The range has no ${what}`,
      what === 'start'
        ? 'Give a start, or intervals that are completed, to go on from.'
        : 'Give an end, or the current instant as now.',
    );
  }

  static tooManyIntervals(most: number, expression: string): IntervalError {
    return new IntervalError(
      'TOO_MANY_INTERVALS',
      `More than ${most} intervals of the schedule "${expression}"`,
      'Name a shorter range, or work on ranges: missing() finds holes without listing, ' +
        'countIntervals() counts, splitBySchedule() makes one interval at a time.',
    );
  }

  static scheduleInvalid(expression: unknown, cause: unknown): IntervalError {
    const reason = (cause as Error).message.replace(/^CronPattern: /, '');
    return new IntervalError(
      'SCHEDULE_INVALID',
      `Not a schedule: "${String(expression)}" (${reason})`,
      FIELDS,
      {
        cause,
      },
    );
  }

  static scheduleNeverFires(expression: string): IntervalError {
    return new IntervalError(
      'SCHEDULE_NEVER_FIRES',
      `The schedule "${expression}" never fires: no date matches its day, month and weekday`,
      'Name a day that the month has.',
    );
  }

  static scheduleMissing(): IntervalError {
    return new IntervalError(
      'SCHEDULE_MISSING',
      'No schedule is given, and the calculator has none of its own',
      FIELDS,
    );
  }

  static timeZoneUnknown(timeZone: string, cause: unknown): IntervalError {
    return new IntervalError(
      'TIME_ZONE_UNKNOWN',
      `Unknown time zone: "${timeZone}"`,
      'Write an IANA name, such as Europe/Berlin or UTC.',
      { cause },
    );
  }

  static timeInvalid(value: unknown): IntervalError {
    return new IntervalError('TIME_INVALID', `Not a date or time: "${String(value)}"`, TIMES);
  }

  static timeOutOfRange(instant: number): IntervalError {
    return new IntervalError(
      'TIME_OUT_OF_RANGE',
      `No schedule reaches ${show(instant)}`,
      'Give times in the years 1000 to 9998.',
    );
  }

  static timeRelative(text: string): IntervalError {
    return new IntervalError(
      'TIME_RELATIVE',
      `"${text}" is relative to the current instant, which is not given`,
      'Write a date, or give the current instant as now.',
    );
  }

  static intervalTextInvalid(text: unknown): IntervalError {
    return new IntervalError(
      'INTERVAL_TEXT_INVALID',
      `Not an interval: "${String(text)}"`,
      'Write a start and an end, such as "2024-01-01 to 2024-01-02".',
    );
  }

  static notScheduled(text: string, expression: string): IntervalError {
    return new IntervalError(
      'INTERVAL_NOT_SCHEDULED',
      `No interval of the schedule "${expression}" starts on ${text}`,
      'Name the date on which the interval starts, or write "<start> to <end>".',
    );
  }

  static partitionFormat(format: string, directive: string): IntervalError {
    return new IntervalError(
      'PARTITION_FORMAT_INVALID',
      `Unknown directive "${directive}" in the partition format "${format}"`,
      'Use %Y %y %m %d %H %M %S %j %u %w %G %V %F %T or %%.',
    );
  }
}

/** ISO 8601 where the instant is one, so that a broken one can still be printed. */
function show(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString();
}

import { IntervalError } from './errors.ts';
import type { Interval } from './interval.ts';
import { parseInstant } from './time-text.ts';
import type { TimeInput } from './time-text.ts';

/** An interval as a caller or a state file has it. Texts without an offset are UTC. */
export type IntervalInput =
  | { readonly start: TimeInput; readonly end: TimeInput }
  | readonly [start: TimeInput, end: TimeInput];

const SECOND = 1000;
const MINUTE = 60_000;

/**
 * Makes an interval half-open. An end in the last second of a minute (`23:59:59`) is the inclusive
 * form of older files and becomes the full minute: no schedule has a tick within a minute.
 *
 * @throws {IntervalError} `INTERVAL_REVERSED`, `TIME_INVALID` or, for anything that is no pair of times,
 *   `INTERVAL_TEXT_INVALID`.
 */
export function readInterval(input: IntervalInput): Interval {
  if (typeof input !== 'object' || input === null) throw IntervalError.intervalTextInvalid(input);
  const [from, to] = 'start' in input ? [input.start, input.end] : input;
  const start = parseInstant(from);
  const said = parseInstant(to);
  const rest = ((said % MINUTE) + MINUTE) % MINUTE;
  const end = rest >= MINUTE - SECOND ? said - rest + MINUTE : said;
  if (start > end) throw IntervalError.reversed({ start, end });
  return { start, end };
}

/** An interval between two times in any form. Reads an end of `23:59:59` as `readInterval` does. */
export const interval = (start: TimeInput, end: TimeInput): Interval => readInterval([start, end]);

/**
 * Reads intervals as `readInterval` does, in order of start. One that ends a second or less before
 * the next begins is drawn out to it.
 */
export function readIntervals(inputs: readonly IntervalInput[]): Interval[] {
  const sorted = inputs.map(readInterval).toSorted((a, b) => a.start - b.start);
  return sorted.map(({ start, end }, i) => {
    const gap = (sorted[i + 1]?.start ?? end) - end;
    return { start, end: gap > 0 && gap <= SECOND ? end + gap : end };
  });
}

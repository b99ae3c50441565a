import type { Interval } from '@seeknal/intervals';

import { StateError } from './errors.ts';

/** Longer names are a mistake, and would be written again and again. */
const LONGEST_NAME = 1024;

/** @throws `STATE_INVALID_ARGUMENT` unless it is a text of 1 to 1,024 characters. */
export function checkName(what: string, value: string): void {
  if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME) return;
  const shown = typeof value === 'string' ? `a text of ${value.length} characters` : typeof value;
  throw invalid(`The ${what} is ${shown}`, `Give a ${what} of 1 to ${LONGEST_NAME} characters.`);
}

/** @throws `STATE_INVALID_ARGUMENT` unless it can name a file anywhere. */
export function checkContentId(id: string): void {
  if (typeof id === 'string' && /^[a-z0-9][a-z0-9_-]{0,127}$/.test(id)) return;
  throw invalid(
    `Not the id of a manifest: ${JSON.stringify(id)?.slice(0, 80)}`,
    'Give the hash of its text: 1 to 128 small letters, digits, - and _.',
  );
}

/** @throws `STATE_INVALID_ARGUMENT` unless both ends are whole milliseconds and the start comes first. */
export function checkRange({ start, end }: Interval): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start < end) return;
  throw invalid(
    `Not a range of time: [${start}, ${end})`,
    'Give whole milliseconds since the epoch, the start before the end.',
  );
}

/** @throws `STATE_INVALID_ARGUMENT` unless it is a whole number of at least `least`. */
export function checkWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw invalid(`The ${what} is ${value}`, `Give a whole number of at least ${least}.`);
}

/** A deep copy that holds what JSON can hold, so that nobody outside shares it. */
export const plainCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const invalid = (message: string, hint: string): StateError =>
  new StateError('STATE_INVALID_ARGUMENT', message, hint);

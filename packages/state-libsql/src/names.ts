import { StateError } from '@seeknal/state';

/** Half of a character, or the character that ends a text in C: a database would store something else. */
const UNSTORABLE = /\p{Surrogate}|\0/u;

/** @throws {StateError} `STATE_INVALID_ARGUMENT` for a text that would not come back as it is. */
export function checkText(what: string, value: string): string {
  if (typeof value !== 'string' || !UNSTORABLE.test(value)) return value;
  throw new StateError(
    'STATE_INVALID_ARGUMENT',
    `The ${what} holds half a character or the character 0: ${JSON.stringify(value.slice(0, 80))}`,
    `Give a ${what} of whole characters.`,
  );
}

import { EnvironmentError } from './errors.ts';

/** The environment whose views have the plain names, and whose rows the others start from. */
export const PRODUCTION = 'prod';

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/u;

/**
 * Refuses a name that could be mistaken for another one, a path or a part of a statement.
 *
 * @param known Names of the environments that are there.
 * @throws {EnvironmentError} `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`.
 */
export function checkEnvironmentName(name: string, known: readonly string[]): void {
  if (!NAME.test(name)) throw EnvironmentError.nameInvalid(name);
  const folded = name.toLowerCase();
  const other = [PRODUCTION, ...known].find((each) => each !== name && each.toLowerCase() === folded);
  if (other !== undefined && !known.includes(name)) throw EnvironmentError.otherCase(name, other);
}

import { CliError } from './errors.ts';
import type { Session } from './session.ts';

/**
 * Asks before something is done that everybody sees. Where nobody can answer, `otherwise` decides.
 *
 * @throws {CliError} `CLI_NOT_CONFIRMED` when the answer is no.
 */
export async function confirmed(
  { io }: Session,
  question: string,
  what: string,
  { yes = false, otherwise }: { readonly yes?: boolean | undefined; readonly otherwise: boolean },
): Promise<true> {
  if (yes) return true;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer === null ? otherwise : /^y(?:es)?$/iu.test(answer.trim())) return true;
  throw new CliError(
    'CLI_NOT_CONFIRMED',
    `${what} was not confirmed: nothing was changed.`,
    'Say yes, or pass --yes.',
  );
}

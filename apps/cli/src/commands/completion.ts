import tab from '@bomb.sh/tab';
import tabOfProgram from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

import { CliError } from '../errors.ts';
import type { CommandBody } from '../program.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** The script for a shell, to be sourced: it asks `seeknal complete` for what may come next. */
export const completion: CommandBody<object> = async (_session, [shell = '']) => {
  if (!SHELLS.includes(shell)) {
    throw CliError.usage(`There is no completion for "${shell}".`, `Name one of ${SHELLS.join(', ')}.`);
  }
  tab.setup('seeknal', 'seeknal', shell);
  return 0;
};

/**
 * Prints what may come after some words, one a line.
 *
 * @param program Gets a command of the library's; not to be used afterwards.
 */
export function suggest(program: Command, words: readonly string[]): void {
  tabOfProgram(program, { completionCommandName: 'completion-script' }).parse([...words]);
}

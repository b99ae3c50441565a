import { nearest } from '@seeknal/manifest';

import { CliError } from './errors.ts';

/** Commands of the Python tool that have no counterpart here. */
const PYTHON_ONLY = new Set(
  (
    'ask gateway atlas gov auth dataset heartbeat publish report-server iceberg repl entity consolidate ' +
    'version inspect dry-run draft prefect'
  ).split(' '),
);

/** Commands that this version does not have yet. */
const LATER = new Set('ui'.split(' '));

/** The error for a command that will be here. */
export const later = (command: string): CliError =>
  new CliError(
    'CLI_COMMAND_LATER',
    `"seeknal ${command}" is not part of this version yet.`,
    'See seeknal --help for what is.',
  );

/** The error for a command that is not here: where it is, or which one was meant. */
export function elsewhere(name: string, commands: readonly string[]): CliError {
  if (PYTHON_ONLY.has(name)) {
    return new CliError(
      'CLI_COMMAND_ELSEWHERE',
      `"${name}" is a command of the Python tool.`,
      'Run it with the seeknal of Python (pip install seeknal); both read the same project.',
    );
  }
  if (LATER.has(name)) return later(name);
  const near = nearest(
    name,
    commands.filter((each) => each !== 'complete'),
  );
  return new CliError(
    'CLI_COMMAND_UNKNOWN',
    `There is no command "${name}".`,
    near === null ? 'See seeknal --help.' : `Did you mean seeknal ${near}?`,
  );
}

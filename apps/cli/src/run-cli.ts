import { CommanderError } from 'commander';

import { CliError } from './errors.ts';
import { exitCodeOf } from './exit-code.ts';
import { withWholeVerify } from './flags.ts';
import type { CliIo } from './io.ts';
import { codedError, errorJson } from './output/coded-error.ts';
import { errorText } from './output/error-text.ts';
import { terminal } from './output/terminal.ts';
import { program } from './program.ts';
import { session, type Session } from './session.ts';

/**
 * Runs one command line to its end.
 *
 * @param args Without `node` and the script.
 * @returns The exit code. Never rejects: whatever goes wrong is printed, and as JSON too under `--json`.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  let opened: Session | undefined;
  const root = program(io, async (flags, body) => {
    opened = session(io, flags);
    exitCode = await body(opened);
  });
  try {
    await root.parseAsync(args.length === 0 ? ['--help'] : [...withWholeVerify(args)], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (isHelp(thrown)) return 0;
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    const isJson = opened?.isJson ?? args.includes('--json');
    report(error, io, args, opened, isJson);
    const code = exitCodeOf(codedError(error).code);
    // Under this flag 2 says that there are changes, and every error is the same.
    return args.includes('--detailed-exitcode') && code !== 130 ? 1 : code;
  }
}

function report(
  error: unknown,
  io: CliIo,
  args: readonly string[],
  opened: Session | undefined,
  isJson: boolean,
): void {
  const { print, say, err } = opened?.terminal ?? terminal(io, args.includes('--no-color'));
  const isVerbose = opened?.isVerbose ?? (args.includes('--verbose') || args.includes('-v'));
  if (isJson) print(JSON.stringify({ type: 'error', error: errorJson(error) }));
  say(errorText(error, err, { isVerbose, folder: opened?.folder ?? io.cwd }));
}

const isHelp = (thrown: unknown): boolean =>
  thrown instanceof CommanderError && (thrown.exitCode === 0 || thrown.code === 'commander.help');

/** What commander says, in our words: `error: unknown option '--ful'\n(Did you mean --full?)`. */
function usageError({ message }: CommanderError): CliError {
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/u, '$1');
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  return CliError.usage(sentence, hint === '' ? 'See seeknal --help.' : hint);
}

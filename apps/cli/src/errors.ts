/** Stable across minor versions: match on the code, never on the message. */
export type CliErrorCode =
  | 'CLI_USAGE'
  | 'CLI_COMMAND_UNKNOWN'
  | 'CLI_COMMAND_ELSEWHERE'
  | 'CLI_COMMAND_LATER'
  | 'CLI_NOT_CONFIRMED'
  | 'CLI_PROJECT_EXISTS'
  | 'CLI_INTERRUPTED';

/** The only error the command throws on purpose; those of the packages below pass through as they are. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly hint: string | undefined;

  constructor(code: CliErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  static usage(message: string, hint?: string): CliError {
    return new CliError('CLI_USAGE', message, hint);
  }

  static projectExists(folder: string): CliError {
    return new CliError(
      'CLI_PROJECT_EXISTS',
      `There is a project in ${folder} already.`,
      'Choose another folder, or overwrite its example files with --force (what differs is kept as .bak).',
    );
  }

  static notConfirmed(what: string): CliError {
    return new CliError(
      'CLI_NOT_CONFIRMED',
      `${what} was not confirmed: nothing was removed.`,
      'Say yes, or pass --yes.',
    );
  }

  static interrupted(): CliError {
    return new CliError('CLI_INTERRUPTED', 'Interrupted: nothing was changed.');
  }
}

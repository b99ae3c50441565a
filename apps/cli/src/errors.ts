/** Stable across minor versions: match on the code, never on the message. */
export type CliErrorCode =
  | 'CLI_USAGE'
  | 'CLI_COMMAND_UNKNOWN'
  | 'CLI_COMMAND_ELSEWHERE'
  | 'CLI_COMMAND_LATER'
  | 'CLI_NOT_CONFIRMED'
  | 'CLI_PROJECT_EXISTS'
  | 'CLI_FILE_UNREADABLE'
  | 'CLI_SCHEMA_INVALID'
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

  /** @param code What the system says: `ENOENT`. */
  static unreadable(file: string, code: string): CliError {
    const isMissing = code === 'ENOENT';
    return new CliError(
      'CLI_FILE_UNREADABLE',
      isMissing ? `There is no file ${file}.` : `The file ${file} cannot be read (${code}).`,
      isMissing
        ? 'Check the path: it is relative to the current folder.'
        : 'Give a file with text that you may read.',
    );
  }

  static schemaInvalid(file: string, what: string): CliError {
    return new CliError(
      'CLI_SCHEMA_INVALID',
      `${file} does not describe tables: ${what}.`,
      'Write the types of columns by table: {"orders": {"id": "INTEGER", "day": "DATE"}}',
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

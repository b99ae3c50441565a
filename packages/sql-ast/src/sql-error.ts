/** Stable across minor versions: match on the code, never on the message. */
export type SqlErrorCode =
  | 'SQL_UNTERMINATED_STRING'
  | 'SQL_UNTERMINATED_COMMENT'
  | 'SQL_UNTERMINATED_IDENTIFIER'
  | 'SQL_NUL_CHARACTER';

/** The only error this package throws on purpose. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: SqlErrorCode;
  /** Where the thing that never ends begins, in UTF-16 units from the start of the text. */
  readonly offset: number;
  /** One sentence on what to do next, for the CLI to print under the message. */
  readonly hint: string;

  constructor(code: SqlErrorCode, offset: number, message: string, hint: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }

  static unterminatedString(sql: string, offset: number, closing: string): SqlError {
    return new SqlError(
      'SQL_UNTERMINATED_STRING',
      offset,
      `The string ${excerpt(sql, offset)} at character ${offset + 1} has no end.`,
      `Close it with ${closing}.`,
    );
  }

  static unterminatedComment(sql: string, offset: number): SqlError {
    return new SqlError(
      'SQL_UNTERMINATED_COMMENT',
      offset,
      `The comment ${excerpt(sql, offset)} at character ${offset + 1} has no end.`,
      'Close it with */; comments nest, so every /* needs one.',
    );
  }

  static unterminatedIdentifier(sql: string, offset: number, closing: string): SqlError {
    return new SqlError(
      'SQL_UNTERMINATED_IDENTIFIER',
      offset,
      `The quoted name ${excerpt(sql, offset)} at character ${offset + 1} has no end.`,
      `Close it with ${closing}.`,
    );
  }

  static nulCharacter(offset: number): SqlError {
    return new SqlError(
      'SQL_NUL_CHARACTER',
      offset,
      `The SQL holds a NUL character at character ${offset + 1}; engines end the text there.`,
      'Remove the character U+0000.',
    );
  }
}

function excerpt(sql: string, offset: number): string {
  const line = /^[^\n\r]{0,24}/.exec(sql.slice(offset, offset + 24))![0];
  return offset + line.length < sql.length ? `${line}…` : line;
}

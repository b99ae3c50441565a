/** Stable across minor versions: match on the code, never on the message. */
export type SqlErrorCode =
  | 'SQL_UNTERMINATED_STRING'
  | 'SQL_UNTERMINATED_COMMENT'
  | 'SQL_UNTERMINATED_IDENTIFIER'
  | 'SQL_NUL_CHARACTER'
  | 'SQL_SYNTAX'
  | 'SQL_NOT_ONE_STATEMENT'
  | 'SQL_UNKNOWN_DIALECT';

/** The only error this package throws on purpose. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: SqlErrorCode;
  /** Where the trouble begins, in UTF-16 units from the start of the text. */
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

  /** @param message What the engine's parser says. */
  static syntax(sql: string, offset: number, message: string): SqlError {
    return new SqlError(
      'SQL_SYNTAX',
      offset,
      `The SQL cannot be read at character ${offset + 1} (${excerpt(sql, offset)}): ${message}.`,
      'Correct the SQL there, or the word before it.',
    );
  }

  static notOneStatement(count: number): SqlError {
    return new SqlError(
      'SQL_NOT_ONE_STATEMENT',
      0,
      count === 0 ? 'The text holds no statement.' : `The text holds ${count} statements, not one query.`,
      'Give one SELECT.',
    );
  }

  static unknownDialect(dialect: string): SqlError {
    return new SqlError(
      'SQL_UNKNOWN_DIALECT',
      0,
      `No dialect is called "${dialect}".`,
      'Use duckdb, postgres or generic.',
    );
  }
}

function excerpt(sql: string, offset: number): string {
  const line = /^[^\n\r]{0,24}/.exec(sql.slice(offset, offset + 24))![0];
  return offset + line.length < sql.length ? `${line}…` : line;
}

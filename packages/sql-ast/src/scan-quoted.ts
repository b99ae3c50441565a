import { SqlError } from './sql-error.ts';

/** Where the comment that begins at `start` ends: before the line break, or after the last nested close. */
export function commentEnd(sql: string, start: number): number {
  if (sql[start] === '-') {
    let end = start + 2;
    while (end < sql.length && sql[end] !== '\n' && sql[end] !== '\r') end += 1;
    return end;
  }
  let depth = 1;
  for (let at = start + 2; at < sql.length; at += 1) {
    if (sql[at] === '/' && sql[at + 1] === '*') depth += 1;
    else if (sql[at] === '*' && sql[at + 1] === '/') depth -= 1;
    else continue;
    if (depth === 0) return at + 2;
    at += 1;
  }
  throw SqlError.unterminatedComment(sql, start);
}

/** The length of the prefix that belongs to the quote after it: `E'`, `X'`, `B'`, `N'`, `U&'`, `U&"`. */
export function stringPrefix(sql: string, start: number): number {
  if (/[ExBN]/i.test(sql[start]!) && sql[start + 1] === "'") return 1;
  return /^U&['"]/i.test(sql.slice(start, start + 3)) ? 2 : 0;
}

/**
 * Where the text quoted by the character at `open` ends; a doubled quote is part of the text.
 *
 * @param start Where the token begins, prefix included: the offset of the error.
 * @param backslash Whether `\'` is part of the text too.
 */
export function quotedEnd(sql: string, start: number, open: number, backslash: boolean): number {
  const quote = sql[open]!;
  for (let at = open + 1; at < sql.length; at += 1) {
    if (backslash && sql[at] === '\\') at += 1;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  throw quote === "'"
    ? SqlError.unterminatedString(sql, start, quote)
    : SqlError.unterminatedIdentifier(sql, start, quote);
}

/** `$$` or `$tag$`, when a dollar-quoted string begins at `start`. */
export function dollarDelimiter(sql: string, start: number): string | undefined {
  let end = start + 1;
  while (end < sql.length && /[A-Za-z0-9_\u0080-\uffff]/.test(sql[end]!)) end += 1;
  const isDelimiter = sql[end] === '$' && !/[0-9]/.test(sql[start + 1]!);
  return isDelimiter ? sql.slice(start, end + 1) : undefined;
}

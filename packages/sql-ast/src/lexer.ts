import { isBlank, wordEnd } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { numberEnd, operatorEnd } from './scan-number-operator.ts';
import { commentEnd, dollarDelimiter, quotedEnd, stringPrefix } from './scan-quoted.ts';
import { SqlError } from './sql-error.ts';

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'operator'
  | 'punctuation'
  | 'comment'
  | 'parameter';

/** A piece of SQL. `text` is the source from `start` up to `end`, in UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** On a string that is the rest of the string before it, which a line break interrupts. */
  readonly continues?: true;
}

/**
 * Cuts SQL into tokens, comments included; between them are only blanks. Follows the scanner of
 * PostgreSQL, which DuckDB shares: the longest operator wins, `+` and `-` leave the end of most operators,
 * comments nest, `1a` is `1` and `a`. Linear in the length of the text.
 *
 * @throws {SqlError} A string, quoted name or comment without an end, or a NUL character.
 */
export function tokenize(sql: string, dialect: Dialect = 'duckdb'): readonly Token[] {
  if (newest.sql === sql && newest.dialect === dialect) return newest.tokens;
  const nul = sql.indexOf('\0');
  if (nul >= 0) throw SqlError.nulCharacter(nul);
  const tokens: Token[] = [];
  // The string that a quote after a line break would continue, and whether \' is part of such a text.
  let open: 'plain' | 'escaped' | undefined;
  let broken = false;
  for (let start = 0; start < sql.length;) {
    const character = sql[start]!;
    if (isBlank(character, dialect)) {
      broken ||= character === '\n' || character === '\r';
      start += 1;
      continue;
    }
    const continues = character === "'" && broken && open !== undefined;
    const { kind, end } = tokenAt(sql, start, dialect, continues && open === 'escaped');
    const token = { kind, text: sql.slice(start, end), start, end };
    tokens.push(continues ? { ...token, continues } : token);
    start = end;
    if (kind === 'comment' && character === '-') continue;
    if (kind !== 'string' || character === '$') open = undefined;
    else if (!continues) open = /e/i.test(character) ? 'escaped' : 'plain';
    broken = false;
  }
  newest = { sql, dialect, tokens };
  return tokens;
}

/** The text that was read last: one SQL is asked about several things in a row. */
let newest: { readonly sql: string; readonly dialect: Dialect; readonly tokens: readonly Token[] } = {
  sql: '',
  dialect: 'duckdb',
  tokens: [],
};

/** The comments of a text, in order. @throws {SqlError} As `tokenize`. */
export function comments(sql: string, dialect: Dialect = 'duckdb'): readonly Token[] {
  return tokenize(sql, dialect).filter(({ kind }) => kind === 'comment');
}

interface Piece {
  readonly kind: TokenKind;
  readonly end: number;
}

function tokenAt(sql: string, start: number, dialect: Dialect, escapes: boolean): Piece {
  const character = sql[start]!;
  const pair = sql.slice(start, start + 2);
  if (pair === '--' || pair === '/*') return { kind: 'comment', end: commentEnd(sql, start) };
  const prefix = stringPrefix(sql, start);
  const opening = sql[start + prefix]!;
  if (opening === "'") {
    const backslash = prefix === 0 ? escapes : /e/i.test(character);
    return { kind: 'string', end: quotedEnd(sql, start, start + prefix, backslash) };
  }
  if (opening === '"' || (opening === '`' && dialect === 'generic')) {
    return { kind: 'quoted', end: quotedEnd(sql, start, start + prefix, false) };
  }
  const word = wordEnd(sql, start, dialect);
  if (word > start) return { kind: 'word', end: word };
  if (character === '$') return dollarToken(sql, start, dialect);
  const number = numberEnd(sql, start);
  if (number > start) return { kind: 'number', end: number };
  if (character === '?' && dialect !== 'postgres')
    return { kind: 'parameter', end: digitsEnd(sql, start + 1) };
  if (pair === '::' || pair === ':=') return { kind: 'operator', end: start + 2 };
  const operator = operatorEnd(sql, start, dialect);
  if (operator > start) return { kind: 'operator', end: operator };
  return { kind: 'punctuation', end: pair === '..' ? start + 2 : start + 1 };
}

/** `$$text$$`, `$tag$text$tag$`, `$1`, `$name`, or a lone `$`. */
function dollarToken(sql: string, start: number, dialect: Dialect): Piece {
  const delimiter = dollarDelimiter(sql, start);
  if (delimiter !== undefined) {
    const close = sql.indexOf(delimiter, start + delimiter.length);
    if (close < 0) throw SqlError.unterminatedString(sql, start, delimiter);
    return { kind: 'string', end: close + delimiter.length };
  }
  const name = wordEnd(sql, start + 1, dialect);
  const end = name > start + 1 ? name : digitsEnd(sql, start + 1);
  return { kind: end > start + 1 ? 'parameter' : 'punctuation', end };
}

function digitsEnd(sql: string, start: number): number {
  let end = start;
  while (/[0-9]/.test(sql[end] ?? '')) end += 1;
  return end;
}

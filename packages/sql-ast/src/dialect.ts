/**
 * Whose rules the text follows. `generic` is read as DuckDB reads it, knows backtick names besides, and
 * is changed the least when made canonical.
 */
export type Dialect = 'duckdb' | 'postgres' | 'generic';

/** The blanks of PostgreSQL's and DuckDB's own scanner. A vertical tab is none. */
const asciiBlanks = ' \t\n\r\f';

/** What DuckDB turns into a blank before it scans (`Parser::StripUnicodeSpaces`). */
export const unicodeBlanks: RegExp = /[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/;

/** Whether a character separates tokens; PostgreSQL takes every non-ASCII character for a letter. */
export function isBlank(character: string, dialect: Dialect): boolean {
  if (character < '\u0080') return asciiBlanks.includes(character);
  return dialect !== 'postgres' && unicodeBlanks.test(character);
}

/** Every non-ASCII character but `unicodeBlanks`. */
const letters =
  '\\u0080-\\u009f\\u00a1-\\u1fff\\u200c-\\u202e\\u2030-\\u205e\\u2061-\\u2fff\\u3001-\\ufefe\\uff00-\\uffff';
const plainWord = new RegExp(`[A-Za-z_${letters}][A-Za-z0-9_$${letters}]*`, 'y');
const postgresWord = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;

/** Where the unquoted word that begins at `start` ends; `start` when there is none. */
export function wordEnd(sql: string, start: number, dialect: Dialect): number {
  const word = dialect === 'postgres' ? postgresWord : plainWord;
  word.lastIndex = start;
  return word.test(sql) ? word.lastIndex : start;
}

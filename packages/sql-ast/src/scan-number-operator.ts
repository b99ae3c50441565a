import type { Dialect } from './dialect.ts';

/** Where the number that begins at `start` ends; `start` when there is none. */
export function numberEnd(sql: string, start: number): number {
  if (sql[start] === '0') {
    const digits = { x: /[0-9a-f]/i, b: /[01]/, o: /[0-7]/ }[sql[start + 1]?.toLowerCase() ?? ''];
    // DuckDB 1.5 reads 0x1f as 0 named x1f; kept in one piece it is never taken for `0 x1f`.
    const end = digits ? digitsEnd(sql, start + 2, digits) : start;
    if (end > start + 2) return end;
  }
  let end = digitsEnd(sql, start);
  if (sql[end] === '.' && sql[end + 1] !== '.') {
    const fraction = digitsEnd(sql, end + 1);
    if (end > start || fraction > end + 1) end = fraction;
  }
  if (end === start) return start;
  const exponent = /^e[+-]?/i.exec(sql.slice(end, end + 2))?.[0].length ?? 0;
  const power = digitsEnd(sql, end + exponent);
  return exponent > 0 && power > end + exponent ? power : end;
}

/** Digits with single underscores between them. */
function digitsEnd(sql: string, start: number, digit: RegExp = /[0-9]/): number {
  let end = start;
  while (digit.test(sql[end] ?? '') || (end > start && sql[end] === '_' && digit.test(sql[end + 1] ?? ''))) {
    end += 1;
  }
  return end;
}

const operatorCharacters: Readonly<Record<Dialect, string>> = {
  duckdb: '~!@^&|`+-*/%<>=',
  postgres: '~!@#^&|`?+-*/%<>=',
  generic: '~!@^&|+-*/%<>=',
};

/**
 * Where the operator that begins at `start` ends: as long as possible, but stopping before a comment, and
 * giving back `+` and `-` at its end unless it holds a character that no standard operator has, so that
 * `a=-1` is `=` and `-`.
 */
export function operatorEnd(sql: string, start: number, dialect: Dialect): number {
  const characters = operatorCharacters[dialect];
  let end = start;
  // Where the operator ends if its + and - are given back.
  let trimmed = start;
  let special = false;
  while (end < sql.length && characters.includes(sql[end]!)) {
    const pair = sql.slice(end, end + 2);
    if (pair === '--' || pair === '/*') break;
    if (!'+-'.includes(sql[end]!)) trimmed = end + 1;
    special ||= '~!@#^&|`?%'.includes(sql[end]!);
    // A run that begins with + or - and goes on with them only is cut after its first character.
    if (trimmed === start && end > start + 64) break;
    end += 1;
  }
  if (end === start || special) return end;
  return Math.max(trimmed, start + 1);
}

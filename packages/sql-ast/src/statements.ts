import type { Dialect } from './dialect.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';

/** One statement of a text, without the comments around it and the semicolon after it. */
export interface Statement {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The statements of a text, in order; empty ones are left out. @throws {SqlError} As `tokenize`. */
export function splitStatements(sql: string, dialect: Dialect = 'duckdb'): readonly Statement[] {
  const statements: Statement[] = [];
  let first: Token | undefined;
  let last: Token | undefined;
  const finish = (): void => {
    if (first && last) {
      statements.push({ text: sql.slice(first.start, last.end), start: first.start, end: last.end });
    }
    first = last = undefined;
  };
  for (const token of tokenize(sql, dialect)) {
    if (token.kind === 'comment') continue;
    if (token.text === ';') finish();
    else {
      first ??= token;
      last = token;
    }
  }
  finish();
  return statements;
}

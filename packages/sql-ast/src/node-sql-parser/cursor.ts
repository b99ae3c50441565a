import { trailingCommas } from '../canonical-text.ts';
import type { Dialect } from '../dialect.ts';
import { foldCase } from '../keywords.ts';
import { tokenize } from '../lexer.ts';
import type { Token } from '../lexer.ts';
import type { Expression, Query, Span } from '../tree.ts';
import { refuse } from './refusal.ts';

/** A place in the text: what stands before it has been found in the parser's tree. */
export interface Cursor {
  readonly dialect: Dialect;
  /** Without comments. */
  readonly tokens: readonly Token[];
  /** For each opening bracket, the index of the one that closes it. */
  readonly closing: ReadonlyMap<number, number>;
  /** The index of the next token. */
  at: number;
}

/** A cursor with the two readers that all the others need, each other included. */
export interface Reader extends Cursor {
  readonly expression: (ast: unknown) => Expression;
  /** A query with at least one pair of brackets around it. */
  readonly subquery: (ast: unknown) => Query;
}

/** The tokens that node-sql-parser is given: neither comments nor the commas after a SELECT list. */
export function readableTokens(sql: string, dialect: Dialect): readonly Token[] {
  const tokens = tokenize(sql, dialect).filter(({ kind }) => kind !== 'comment');
  if (dialect !== 'duckdb') return tokens;
  const trailing = trailingCommas(tokens);
  return tokens.filter((token) => !trailing.has(token));
}

/** @throws {Refusal} Where brackets do not match. */
export function cursorOver(sql: string, dialect: Dialect): Cursor {
  const tokens = readableTokens(sql, dialect);
  const closing = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ text }, at) => {
    if (text === '(' || text === '[' || text === '{') open.push(at);
    else if (text === ')' || text === ']' || text === '}') {
      const start = open.pop() ?? refuse('a bracket is closed that was not opened');
      if (!['()', '[]', '{}'].includes(tokens[start]!.text + text)) refuse('brackets do not match');
      closing.set(start, at);
    }
  });
  if (open.length > 0) refuse('a bracket is not closed');
  return { dialect, tokens, closing, at: 0 };
}

/** Whether these words (in small letters) and signs come next. */
export const sees = ({ tokens, at }: Cursor, ...texts: readonly string[]): boolean =>
  texts.every((text, offset) => isText(tokens[at + offset], text));

export function accept(cursor: Cursor, ...texts: readonly string[]): boolean {
  if (!sees(cursor, ...texts)) return false;
  cursor.at += texts.length;
  return true;
}

export function expect(cursor: Cursor, ...texts: readonly string[]): void {
  if (accept(cursor, ...texts)) return;
  const found = cursor.tokens[cursor.at]?.text ?? 'the end';
  refuse(`the tree says ${texts.join(' ').toUpperCase()} where the text says ${found}`);
}

/** From the token at `start` to the one before the cursor. */
export const spanFrom = ({ tokens, at }: Cursor, start: number): Span => ({
  start: tokens[start]!.start,
  end: tokens[at - 1]!.end,
});

/** Goes through a list with commas between, calling `read` at each of its places. */
export function commaList<T>(cursor: Cursor, list: readonly unknown[], read: (ast: unknown) => T): T[] {
  return list.map((ast, at) => {
    if (at > 0) expect(cursor, ',');
    return read(ast);
  });
}

/** The same in round brackets. */
export function bracketed<T>(cursor: Cursor, list: readonly unknown[], read: (ast: unknown) => T): T[] {
  expect(cursor, '(');
  const found = commaList(cursor, list, read);
  expect(cursor, ')');
  return found;
}

function isText(token: Token | undefined, text: string): boolean {
  if (token === undefined || token.kind === 'quoted' || token.kind === 'string') return false;
  return (token.kind === 'word' ? foldCase(token.text) : token.text) === text;
}

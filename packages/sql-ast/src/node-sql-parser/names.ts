import { foldCase, isKeyword, isReserved, isTableName } from '../keywords.ts';
import type { Token } from '../lexer.ts';
import { nameOf, stringOf } from '../token-word.ts';
import { isWritten } from './ast.ts';
import { accept, bracketed, sees } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { refuse } from './refusal.ts';

/** Words that go on with the table before them rather than name it; an item no keyword may name without AS. */
const continuing = new Set(
  'at except exclude for lateral ordinality repeatable rename replace sample tablesample with'.split(' '),
);

/**
 * Reads a name that stands by itself: no reserved word, no word kept for types and functions, unless quoted.
 *
 * @param expected What the tree says. Case counts, but for functions.
 */
export function readName(cursor: Cursor, expected: unknown): string {
  const token = cursor.tokens[cursor.at];
  if (token?.kind === 'word' && !isFreeWord(cursor, token)) refuse(`${token.text} cannot be a name here`);
  return readLabel(cursor, expected);
}

/** Reads a name after a dot or AS, where every word will do. PostgreSQL makes small what has no quotes. */
export function readLabel(cursor: Cursor, expected: unknown): string {
  const token = cursor.tokens[cursor.at];
  const name = nameOf(token);
  if (name === undefined || name !== expected) {
    return refuse(`the tree names ${String(expected)} where the text says ${String(token?.text)}`);
  }
  cursor.at += 1;
  return cursor.dialect === 'postgres' && token?.kind === 'word' ? foldCase(name) : name;
}

/** Reads `a.b.c`; `expected` are its parts as the tree has them, of which null ones are left out. */
export function readPath(cursor: Cursor, expected: readonly unknown[]): readonly string[] {
  const parts = expected.filter(isWritten);
  const path = [readName(cursor, parts[0])];
  for (const part of parts.slice(1)) {
    if (!accept(cursor, '.')) refuse('a name has fewer parts than the tree says');
    path.push(readLabel(cursor, part));
  }
  return path;
}

/** Reads an alias where the tree has one; null where it has none. @param place After AS an item takes any word. */
export function readAlias(cursor: Cursor, expected: unknown, place: 'item' | 'table'): string | null {
  if (!isWritten(expected)) return null;
  if (accept(cursor, 'as') && place === 'item') return readLabel(cursor, expected);
  const token = cursor.tokens[cursor.at];
  const isOwn =
    token?.kind !== 'word' ||
    (place === 'item' ? !isKeyword(token.text) : !continuing.has(foldCase(token.text)));
  if (!isOwn) refuse(`${token?.text} is no plain alias`);
  return readName(cursor, expected);
}

/** An alias of a relation, and the names it gives to columns: the tree has both as one text, `u(x, y)`. */
export function readTableAlias(
  cursor: Cursor,
  expected: unknown,
): { readonly alias: string | null; readonly columns: readonly string[] } {
  if (typeof expected !== 'string' || !expected.endsWith(')')) {
    return { alias: readAlias(cursor, expected, 'table'), columns: [] };
  }
  const start = cursor.at + (sees(cursor, 'as') ? 1 : 0);
  const alias = readAlias(cursor, nameOf(cursor.tokens[start]), 'table');
  const end = cursor.closing.get(cursor.at) ?? refuse('an alias with brackets is not understood');
  const names = cursor.tokens.slice(cursor.at + 1, end).filter(({ text }) => text !== ',');
  const columns = bracketed(cursor, names.map(nameOf), (name) => readName(cursor, name));
  if (bare(expected) !== bare(`${alias}(${columns.join(',')})`))
    refuse(`the alias ${expected} is not understood`);
  return { alias, columns };
}

/** Reads names with commas between, in brackets. */
export function readNames(cursor: Cursor, expected: readonly unknown[]): readonly string[] {
  return bracketed(cursor, expected, (name) => readName(cursor, name));
}

/** The file a string names in place of a table. */
export function readFileName(cursor: Cursor, expected: unknown): string | undefined {
  const name = stringOf(cursor.tokens[cursor.at]);
  if (name === undefined || name !== expected || cursor.dialect === 'postgres') return undefined;
  cursor.at += 1;
  return name;
}

const bare = (text: string): string => foldCase(text.replace(/["\s]/g, ''));

/** Whether both engines let the word be a name of its own, or the one engine whose text it is. */
const isFreeWord = ({ dialect }: Cursor, { text }: Token): boolean =>
  isTableName(text) && (dialect === 'duckdb' || !isReserved(text, 'postgres'));

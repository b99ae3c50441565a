import type { Dialect } from './dialect.ts';
import { foldCase } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { isWord, nameOf, stringOf } from './token-word.ts';

/**
 * A mention of something that is not the query's own: a node, by `ref('kind.name')` or directly as
 * `kind.name`; the input at a place, `input_0`; the node's own rows so far, `__THIS__`. From `start` up to
 * `end`, in UTF-16 units.
 */
export type Reference =
  | { readonly kind: 'ref' | 'direct'; readonly id: string; readonly start: number; readonly end: number }
  | { readonly kind: 'place'; readonly place: string; readonly start: number; readonly end: number }
  | { readonly kind: 'this'; readonly start: number; readonly end: number };

/**
 * Lists what a query mentions, in order, comments and strings left out. `ref(…)` counts wherever it stands
 * and whether or not the node exists; `kind.name` where `isNode` says so, as a table as well as before a
 * column. What follows a dot or AS is a column or an alias and is left out.
 *
 * @param isNode Asked with the id as spelled, then with it in small letters; the one it knows is reported.
 * @throws {SqlError} As `tokenize`.
 */
export function findReferences(
  sql: string,
  isNode: (id: string) => boolean,
  dialect: Dialect = 'duckdb',
): readonly Reference[] {
  const tokens = tokenize(sql, dialect).filter(({ kind }) => kind !== 'comment');
  const references: Reference[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const before = tokens[at - 1];
    if (before?.text === '.' || isWord(before, 'as')) continue;
    const reference = refCall(tokens, at) ?? directName(tokens, at, isNode) ?? placeName(tokens[at]!);
    if (reference) references.push(reference);
  }
  return references;
}

function refCall(tokens: readonly Token[], at: number): Reference | undefined {
  const [word, open, argument, close] = tokens.slice(at, at + 4);
  if (!isWord(word, 'ref') || open?.text !== '(' || close?.text !== ')') return undefined;
  const id = stringOf(argument) ?? (argument?.kind === 'quoted' ? nameOf(argument) : undefined);
  return id === undefined ? undefined : { kind: 'ref', id: id.trim(), start: word!.start, end: close.end };
}

function directName(
  tokens: readonly Token[],
  at: number,
  isNode: (id: string) => boolean,
): Reference | undefined {
  const [first, dot, second] = tokens.slice(at, at + 3);
  const kind = nameOf(first);
  const name = nameOf(second);
  if (kind === undefined || name === undefined || dot?.text !== '.') return undefined;
  const spelled = `${kind}.${name}`;
  const id = [spelled, foldCase(spelled)].find(isNode);
  return id === undefined ? undefined : { kind: 'direct', id, start: first!.start, end: second!.end };
}

function placeName(token: Token): Reference | undefined {
  const name = foldCase(nameOf(token) ?? '');
  const { start, end } = token;
  if (name === '__this__') return { kind: 'this', start, end };
  return /^input_\d+$/.test(name) ? { kind: 'place', place: name, start, end } : undefined;
}

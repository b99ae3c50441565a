import { foldCase, isTableName } from './keywords.ts';
import type { FromItem, QueryReader } from './query-block.ts';
import { asParentheses, asToken } from './token-tree.ts';
import type { Part } from './token-tree.ts';
import { isWord, nameOf, stringOf } from './token-word.ts';

/**
 * Reads a FROM clause: tables, `ref('…')` and subqueries, with commas and plain joins between.
 *
 * @returns Undefined for anything else.
 */
export function readFrom(reader: QueryReader, parts: readonly Part[]): readonly FromItem[] | undefined {
  const items: FromItem[] = [];
  let isUnusual = false;
  let at = 0;
  for (let expects = true; at < parts.length || expects;) {
    if (expects) {
      const item = readItem(reader, parts, at);
      if (!item) return undefined;
      items.push(item);
      at = item.next;
      expects = false;
      continue;
    }
    const joins = joinLength(parts, at);
    if (joins > 0) {
      isUnusual ||= isWord(asToken(parts[at]), 'semi', 'anti');
      at += joins;
      expects = true;
    } else if (asToken(parts[at])?.text === ',') {
      at += 1;
      expects = at < parts.length;
    } else if (isWord(asToken(parts[at]), 'using') && asParentheses(parts[at + 1])) at += 2;
    else if (isWord(asToken(parts[at]), 'on')) {
      const end = conditionEnd(parts, at + 1);
      if (end === undefined || !reader.readExpression(parts.slice(at + 1, end))) return undefined;
      at = end;
    } else return undefined;
  }
  return items.map((item) => ({ ...item, isUnusual: item.isUnusual || isUnusual }));
}

/** How many words from here on say JOIN; 0 when none do. */
function joinLength(parts: readonly Part[], at: number): number {
  const [first, second, third] = parts.slice(at, at + 3).map(asToken);
  if (isWord(first, 'join')) return 1;
  const isOuter = isWord(first, 'left', 'right', 'full');
  if (isOuter && isWord(second, 'outer') && isWord(third, 'join')) return 3;
  return (isOuter || isWord(first, 'inner', 'cross', 'semi', 'anti')) && isWord(second, 'join') ? 2 : 0;
}

/** Where the condition after ON ends. Words of a join count as functions only before a bracket: `left(a, 1)`. */
function conditionEnd(parts: readonly Part[], start: number): number | undefined {
  for (let at = start; at < parts.length; at += 1) {
    const token = asToken(parts[at]);
    if (token?.text === ',' || isWord(token, 'on', 'using') || joinLength(parts, at) > 0) return at;
    const isJoinWord = isWord(token, 'left', 'right', 'full', 'outer', 'inner', 'cross', 'semi', 'anti');
    if (isJoinWord && !asParentheses(parts[at + 1])) return undefined;
  }
  return parts.length;
}

type ReadItem = FromItem & { readonly next: number };

function readItem(reader: QueryReader, parts: readonly Part[], start: number): ReadItem | undefined {
  const group = asParentheses(parts[start]);
  if (group) {
    return reader.readSubquery(group) ? withAlias(parts, start + 1, [], false) : undefined;
  }
  const argument = asParentheses(parts[start + 1])?.parts;
  if (argument) {
    const id =
      argument.length === 1 ? (stringOf(asToken(argument[0])) ?? quotedName(argument[0])) : undefined;
    if (!isWord(asToken(parts[start]), 'ref') || id === undefined) return undefined;
    return withAlias(parts, start + 2, foldCase(id.trim()).split('.'), true);
  }
  const first = tableName(parts[start]);
  if (first === undefined) return undefined;
  const name = [first];
  let at = start + 1;
  for (; asToken(parts[at])?.text === '.'; at += 2) {
    const next = nameOf(asToken(parts[at + 1]));
    if (next === undefined) return undefined;
    name.push(foldCase(next));
  }
  // A table function of a schema.
  return parts[at]?.kind === 'group' ? undefined : withAlias(parts, at, name, false);
}

function withAlias(
  parts: readonly Part[],
  start: number,
  name: readonly string[],
  isRef: boolean,
): ReadItem | undefined {
  const at = isWord(asToken(parts[start]), 'as') ? start + 1 : start;
  const alias = tableName(parts[at]);
  if (alias === undefined) {
    return at === start ? { name, isRef, alias, isUnusual: false, next: at } : undefined;
  }
  const isUnusual = asParentheses(parts[at + 1]) !== undefined;
  return { name, isRef, alias, isUnusual, next: isUnusual ? at + 2 : at + 1 };
}

/** The name a table or alias may have here, in small letters. */
function tableName(part: Part | undefined): string | undefined {
  const token = asToken(part);
  const name = nameOf(token);
  return name !== undefined && (token!.kind === 'quoted' || isTableName(name)) ? foldCase(name) : undefined;
}

const quotedName = (part: Part | undefined): string | undefined => {
  const token = asToken(part);
  return token?.kind === 'quoted' ? nameOf(token) : undefined;
};

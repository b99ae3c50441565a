import type { NodeId } from '@seeknal/manifest';
import { canonicalSql, findReferences, foldCase, tokenize } from '@seeknal/sql-ast';

/**
 * A query with the tables that it reads under other names. Null where `kind.name` might be a column of something
 * called `kind` there: then only the whole query tells what it means. What a macro or a text names stays.
 *
 * @param names New names by former ones.
 * @param columns Names of all columns of what it reads.
 */
export function withTableNames(
  sql: string,
  names: ReadonlyMap<NodeId, NodeId>,
  columns: readonly string[],
): string | null {
  const byName = new Map([...names].map(([former, name]) => [foldCase(former), name]));
  const kinds = new Set([...byName.keys()].map((id) => id.slice(0, id.indexOf('.'))));
  if (columns.some((name) => kinds.has(foldCase(name)))) return null;
  try {
    const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment');
    const isAmbiguous = tokens.some(({ text }, at) => {
      const word = foldCase(text.replaceAll('"', ''));
      return word === 'unnest' || (kinds.has(word) && tokens[at + 1]?.text !== '.');
    });
    if (isAmbiguous) return null;
    let renamed = sql;
    for (const found of findReferences(sql, (id) => byName.has(foldCase(id))).toReversed()) {
      if (found.kind !== 'direct') continue;
      const id = byName.get(foldCase(found.id)) as NodeId;
      const name = id.slice(id.indexOf('.') + 1);
      // Spelt as it was. Of what is written in quotes the canonical text keeps those that are needed.
      const at = tokens.findIndex(({ end }) => end === found.end);
      const { start } = tokens[at] as (typeof tokens)[number];
      const isQuoted = [at, at - 2].some((near) => tokens[near]?.text.startsWith('"') === true);
      const isBare = !isQuoted && /^\w+$/u.test(name);
      renamed = `${renamed.slice(0, start)}${isBare ? name : `"${name}"`}${renamed.slice(found.end)}`;
    }
    return canonicalSql(renamed);
  } catch {
    // What no lexer reads is compared as it is.
    return null;
  }
}

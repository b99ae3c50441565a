import { opaqueQuery } from './opaque-query.ts';
import type { Dialect } from './dialect.ts';
import { foldCase, isReserved } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { tablePositions } from './table-positions.ts';
import { isWord, nameOf, stringOf } from './token-word.ts';
import type { Query } from './tree.ts';
import { nodesOf } from './walk.ts';

/**
 * Holds a tree against its text: the tables and table functions that stand where the tokens of the text name
 * tables have to be those of the tree, each as often. A parser that drops or invents one is found out without
 * another parser.
 *
 * @returns The tree; an `OpaqueQuery` that says what differs when it does not pass.
 * @throws {SqlError} As `tokenize`.
 */
export function checkTables(sql: string, query: Query, dialect: Dialect = 'duckdb'): Query {
  const written = namesInText(sql, dialect);
  const read = namesInTree(query);
  if (read === null) return query;
  const missing = differences(written.required, read);
  const invented = differences(read, [...written.required, ...written.possible]);
  const [name] = [...missing, ...invented];
  if (name === undefined) return query;
  const reason =
    missing.length > 0 ? `the parser lost the table ${name}` : `the parser made up the table ${name}`;
  return opaqueQuery(sql, dialect, reason);
}

/** What stands in the first list more often than in the second. */
function differences(names: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const name of others) left.set(name, (left.get(name) ?? 0) + 1);
  return names.filter((name) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return count <= 0;
  });
}

/** The tables of a tree, and the functions that stand for tables as `name()`; null when it hides some. */
function namesInTree(query: Query): readonly string[] | null {
  const names: string[] = [];
  for (const node of nodesOf(query)) {
    if (node.kind === 'table') names.push(foldCase(node.name.join('.')));
    else if (node.kind === 'table-function' && node.call.kind === 'call') names.push(`${node.call.name}()`);
    else if (node.kind.startsWith('opaque-')) return null;
  }
  return names;
}

interface WrittenNames {
  readonly required: readonly string[];
  /** Tables only if the parser says so: the tokens of PIVOT and of `extract(year FROM ts)` look like them. */
  readonly possible: readonly string[];
}

function namesInText(sql: string, dialect: Dialect): WrittenNames {
  const tokens = tokenize(sql, dialect).filter(({ kind }) => kind !== 'comment');
  const positions = tablePositions(tokens);
  const required: string[] = [];
  const possible: string[] = [];
  // For each open bracket: whether what looks like a table in it may be none.
  const levels = [false];
  tokens.forEach((token, at) => {
    if ('([{'.includes(token.text)) levels.push(isWord(tokens[at - 1], ...notTables));
    else if (')]}'.includes(token.text)) levels.splice(Math.max(1, levels.length - 1));
    else if (positions.has(token) && tokens[at + 1]?.text !== ':') {
      const first = isWord(token, 'lateral', 'only') ? at + 1 : at;
      if (canName(tokens[first], dialect)) (levels.at(-1) ? possible : required).push(nameAt(tokens, first));
    } else if (isWord(token, 'pivot', 'unpivot', 'pivot_wider', 'pivot_longer')) {
      levels[levels.length - 1] = true;
    }
  });
  return { required, possible };
}

/** Not what begins a subquery: `(WITH …`, `LATERAL (`. */
const canName = (token: Token | undefined, dialect: Dialect): boolean =>
  token !== undefined && token.text !== '(' && !(token.kind === 'word' && isReserved(token.text, dialect));

/** Words before a bracket in which FROM or a comma is not followed by a table. */
const notTables = 'extract substring trim overlay pivot unpivot nulls pivot_wider pivot_longer'.split(' ');

/** The name that begins here; a function is its last part alone. */
function nameAt(tokens: readonly Token[], start: number): string {
  const parts: string[] = [];
  let at = start;
  for (; ; at += 2) {
    const token = tokens[at];
    parts.push(foldCase(nameOf(token) ?? stringOf(token) ?? String(token?.text)));
    if (tokens[at + 1]?.text !== '.') break;
  }
  return tokens[at + 1]?.text === '(' ? `${parts.at(-1)}()` : parts.join('.');
}

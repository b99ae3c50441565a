import { unicodeBlanks } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { foldCase, isKeyword, isReserved } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { isWord, stringOf } from './token-word.ts';

/**
 * The text whose hash is stored for a query: without comments and layout, one spelling for reserved
 * keywords, strings and needlessly quoted names, no trailing comma of a SELECT list, no trailing
 * semicolon. Equal canonical texts mean the same query to the dialect; unequal ones may too. The text
 * depends on the lexer only and is canonical itself.
 *
 * A text with a non-ASCII blank is returned as it is: DuckDB replaces those before it scans, inside
 * comments and strings too when a quote within a block comment confuses it.
 *
 * @throws {SqlError} As `tokenize`.
 */
export function canonicalSql(sql: string, dialect: Dialect = 'duckdb'): string {
  const tokens = tokenize(sql, dialect);
  if (unicodeBlanks.test(sql)) return sql;
  const significant = tokens.filter(({ kind }) => kind !== 'comment');
  while (significant.at(-1)?.text === ';') significant.pop();
  const dropped = dialect === 'duckdb' ? trailingCommas(significant) : new Set<Token>();
  const spelled: string[] = [];
  for (let at = 0; at < significant.length; at += 1) {
    const token = significant[at]!;
    if (token.kind === 'string') {
      const parts = [token];
      while (significant[at + 1]?.continues) parts.push(significant[(at += 1)]!);
      spelled.push(spellString(parts));
    } else if (!dropped.has(token)) {
      spelled.push(spellToken(token, significant[at - 1], dialect));
    }
  }
  return spelled.join(' ');
}

function spellToken(token: Token, before: Token | undefined, dialect: Dialect): string {
  if (token.kind === 'word' && isReserved(token.text, dialect) && !isLabel(before)) {
    return foldCase(token.text);
  }
  // DuckDB reads the two alike; PostgreSQL would make the bare name small, and a keyword would be one.
  const bare = dialect === 'duckdb' ? /^"([A-Za-z_][A-Za-z0-9_]*)"$/.exec(token.text)?.[1] : undefined;
  return bare !== undefined && !isKeyword(bare) ? bare : token.text;
}

/** After a dot or AS a reserved word is a name, whose spelling reaches the output. */
const isLabel = (before: Token | undefined): boolean =>
  before !== undefined && (before.text === '.' || isWord(before, 'as'));

/** One spelling for a string and its continuations: by value where no escape can hide in it. */
function spellString(parts: readonly Token[]): string {
  const first = parts[0]!.text;
  if (first.startsWith('$')) return `'${stringOf(parts[0])!.replaceAll("'", "''")}'`;
  const texts = parts.map(({ text }) => text);
  const isPlain = first.startsWith("'") || (/^e/i.test(first) && !texts.some((text) => text.includes('\\')));
  if (isPlain) return `'${texts.map((text) => text.slice(text.indexOf("'") + 1, -1)).join('')}'`;
  return texts.join('\n').replace(/^e/, 'E');
}

const clauseStarts = new Set(
  'from where group having window qualify order limit offset union intersect except using into'.split(' '),
);

/** The commas that end a SELECT list, which DuckDB allows. @param tokens Without comments. */
export function trailingCommas(tokens: readonly Token[]): ReadonlySet<Token> {
  const found = new Set<Token>();
  // For each open bracket, whether the text at hand is a SELECT list.
  const lists: boolean[] = [false];
  tokens.forEach((token, at) => {
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    if ('([{'.includes(token.text)) lists.push(false);
    else if (')]}'.includes(token.text)) lists.splice(Math.max(1, lists.length - 1));
    else if (token.kind === 'word' && !isLabel(before)) {
      if (isWord(token, 'select')) lists[lists.length - 1] = true;
      else if (clauseStarts.has(foldCase(token.text))) lists[lists.length - 1] = false;
    } else if (token.text === ',' && lists.at(-1) && endsItem(before) && endsList(after)) found.add(token);
  });
  return found;
}

const endsItem = (token: Token | undefined): boolean =>
  token?.text !== ',' && !['select', 'all', 'distinct'].some((word) => isWord(token, word));

const endsList = (token: Token | undefined): boolean =>
  token === undefined ||
  token.text === ')' ||
  (token.kind === 'word' && clauseStarts.has(foldCase(token.text)));

import { unicodeBlanks } from './dialect.ts';
import { readFrom } from './from-clause.ts';
import { foldCase, isReserved } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { isQuery, isSetOperation } from './is-query.ts';
import { asParentheses, asToken, tokenTree } from './token-tree.ts';
import type { Group, Part } from './token-tree.ts';
import type { QueryBlocks, QueryReader } from './query-block.ts';
import { isWord, nameOf } from './token-word.ts';

/**
 * Finds every query block of a DuckDB text, so that no table is read outside of them.
 *
 * @returns Undefined for anything but one plain query: other statements, PIVOT, table functions, sampling,
 *   LATERAL, NATURAL, ASOF and POSITIONAL joins, recursion, text that a lexer alone cannot be sure of.
 * @throws {SqlError} As `tokenize`.
 */
export function readQueryBlocks(sql: string): QueryBlocks | undefined {
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment');
  while (tokens.at(-1)?.text === ';') tokens.pop();
  if (unicodeBlanks.test(sql) || tokens.some((token, at) => isDoubtful(token, tokens[at - 1])))
    return undefined;
  const parts = tokenTree(tokens);
  const reader: QueryReader = {
    blocks: [],
    ctes: [],
    readSubquery: (group) => readSubquery(reader, group),
    readExpression: (parts) => readExpression(reader, parts),
  };
  return parts && readQuery(reader, parts) ? reader : undefined;
}

const unknown = new Set(
  `pivot unpivot pivot_wider pivot_longer lateral recursive natural asof positional tablesample table
  describe summarize show into`.split(/\s+/),
);

/** Tokens whose mere presence could turn the reading around. */
function isDoubtful(token: Token, before: Token | undefined): boolean {
  if (token.text === ';') return true;
  if (token.kind === 'quoted') return nameOf(token) === undefined;
  if (token.kind !== 'word') return false;
  // A reserved word is a mere name there, and would be taken for the start of a clause.
  const isLabel = before?.text === '.' || (isWord(before, 'as') && !isWord(token, 'not'));
  return unknown.has(foldCase(token.text)) || (isLabel && isReserved(token.text));
}

function readQuery(reader: QueryReader, parts: readonly Part[]): boolean {
  const start = isWord(asToken(parts[0]), 'with') ? afterCtes(reader, parts) : 0;
  if (start === undefined) return false;
  const operands: Part[][] = [[]];
  for (let at = start; at < parts.length; at += 1) {
    if (!isSetOperation(parts[at])) operands.at(-1)!.push(parts[at]!);
    else {
      if (isWord(asToken(parts[at + 1]), 'all', 'distinct')) at += 1;
      if (isWord(asToken(parts[at + 1]), 'by') && isWord(asToken(parts[at + 2]), 'name')) at += 2;
      operands.push([]);
    }
  }
  return operands.every((operand) => readOperand(reader, operand));
}

/** Reads `WITH name [(columns)] AS [[NOT] MATERIALIZED] (query), …`; gives the index of what follows. */
function afterCtes(reader: QueryReader, parts: readonly Part[]): number | undefined {
  let at = 0;
  do {
    const name = nameOf(asToken(parts[(at += 1)]));
    if (asParentheses(parts[(at += 1)])) at += 1;
    if (name === undefined || !isWord(asToken(parts[at]), 'as')) return undefined;
    if (isWord(asToken(parts[at + 1]), 'not')) at += 1;
    if (isWord(asToken(parts[at + 1]), 'materialized')) at += 1;
    const query = asParentheses(parts[(at += 1)]);
    if (!query || !readSubquery(reader, query)) return undefined;
    reader.ctes.push(foldCase(name));
  } while (asToken(parts[(at += 1)])?.text === ',');
  return at;
}

/** Reads a query in any number of brackets. */
function readSubquery(reader: QueryReader, group: Group): boolean {
  const inner = group.parts.length === 1 ? asParentheses(group.parts[0]) : undefined;
  if (inner) return readSubquery(reader, inner);
  return isQuery(group.parts) && readQuery(reader, group.parts);
}

/** Reads one side of a set operation: a query in brackets, VALUES, or a block. */
function readOperand(reader: QueryReader, parts: readonly Part[]): boolean {
  const group = asParentheses(parts[0]);
  if (group) {
    const rest = parts.slice(1);
    const isModifier = rest.length === 0 || isWord(asToken(rest[0]), 'order', 'limit', 'offset');
    return isModifier && readSubquery(reader, group) && reader.readExpression(rest);
  }
  if (isWord(asToken(parts[0]), 'values')) return reader.readExpression(parts);
  return readBlock(reader, parts);
}

const clauseOrder = 'select from where group having window qualify order limit'.split(' ');

/** Reads one block: its clauses in their order, FROM perhaps first. */
function readBlock(reader: QueryReader, parts: readonly Part[]): boolean {
  const clauses: { word: string; parts: Part[] }[] = [];
  for (const [at, part] of parts.entries()) {
    const word = clauseWord(parts, at);
    if (word !== undefined) clauses.push({ word, parts: [] });
    else if (clauses.length === 0) return false;
    else clauses.at(-1)!.parts.push(part);
  }
  const words = clauses.map(({ word }) => word);
  // FROM may come first, with or without a SELECT after it.
  const rest = words[0] === 'from' ? words.slice(1) : words;
  const order = rest.map((word) => clauseOrder.indexOf(word));
  if (order.some((place, at) => at > 0 && place <= order[at - 1]!)) return false;
  if (rest === words ? words[0] !== 'select' : rest.includes('from')) return false;
  const from = clauses.find(({ word }) => word === 'from');
  const items = from ? readFrom(reader, from.parts) : [];
  if (!items) return false;
  const where = clauses.find(({ word }) => word === 'where')?.parts ?? [];
  reader.blocks.push({ from: items, where });
  return clauses.every(({ word, parts }) => word === 'from' || reader.readExpression(parts));
}

/** The clause that begins at this part; LIMIT, OFFSET and FETCH are one. */
function clauseWord(parts: readonly Part[], at: number): string | undefined {
  const token = asToken(parts[at]);
  if (isWord(token, 'offset', 'fetch')) {
    return parts.slice(0, at).some((part) => isWord(asToken(part), 'limit', 'offset')) ? undefined : 'limit';
  }
  if (!isWord(token, ...clauseOrder) || isComparison(parts, at)) return undefined;
  // WITHIN GROUP (…); a mere column may be called within.
  const isOrderedSet = isWord(token, 'group') && isWord(asToken(parts[at - 1]), 'within');
  return isOrderedSet && asParentheses(parts[at + 1]) ? undefined : foldCase(token!.text);
}

/** Whether this FROM is that of IS [NOT] DISTINCT FROM. */
const isComparison = (parts: readonly Part[], at: number): boolean =>
  isWord(asToken(parts[at - 1]), 'distinct') && isWord(asToken(parts[at - 2]), 'is', 'not');

/** Reads an expression, or several, for the queries inside. A word of a query at its own level is refused. */
function readExpression(reader: QueryReader, parts: readonly Part[]): boolean {
  return parts.every((part, at) => {
    if (part.kind !== 'group') return !isWord(part, 'select', 'from', 'using') || isComparison(parts, at);
    if (part.bracket === '(' && isQuery(part.parts)) return readQuery(reader, part.parts);
    // extract(year FROM ts): what follows FROM is an expression there.
    const isSpecial = isWord(asToken(parts[at - 1]), 'extract', 'substring', 'trim', 'overlay');
    return readExpression(
      reader,
      part.parts.filter((inner) => !isSpecial || !isWord(asToken(inner), 'from')),
    );
  });
}

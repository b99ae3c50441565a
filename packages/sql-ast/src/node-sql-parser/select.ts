import { treeIds } from '../equal.ts';
import type { Distinct, Expression, GroupBy, Limit, OrderTerm, Select, SelectItem } from '../tree.ts';
import { astList, astNode, astType, isWritten } from './ast.ts';
import type { Ast } from './ast.ts';
import { accept, bracketed, commaList, expect, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readAlias } from './names.ts';
import { readOrderTerms } from './order-terms.ts';
import { refuse } from './refusal.ts';
import { readFrom } from './relation.ts';

/** What a node of a query may hold; `query.ts` reads the first four. */
export const selectKeys: readonly string[] = [
  'with',
  '_next',
  'set_op',
  'parentheses_symbol',
  '_orderby',
  '_limit',
  'type',
  'distinct',
  'columns',
  'into',
  'from',
  'where',
  'groupby',
  'having',
  'orderby',
  'limit',
];

export interface Tail {
  readonly orderBy: readonly OrderTerm[];
  readonly limit: Limit | null;
  readonly offset: Expression | null;
}

/** Reads one SELECT from that word to its ORDER BY and LIMIT. The node must have no other keys. */
export function readSelect(reader: Reader, ast: Ast): Select {
  const start = reader.at;
  astNode(ast['into']);
  expect(reader, 'select');
  const distinct = readDistinct(reader, ast['distinct']);
  const items = commaList(reader, astList(ast['columns']), (item) => readItem(reader, item));
  const tables = astList(ast['from']);
  if (tables.length > 0) expect(reader, 'from');
  const from = tables.length > 0 ? readFrom(reader, tables) : null;
  const where = readClause(reader, 'where', ast['where']);
  const groupBy = readGroupBy(reader, ast['groupby']);
  const having = readClause(reader, 'having', ast['having']);
  const tail = readTail(reader, ast['orderby'], ast['limit']);
  const rest = { ctes: [], qualify: null, sample: null, ...tail, span: spanFrom(reader, start) };
  return { kind: 'select', distinct, items, from, where, groupBy, having, ...rest };
}

function readDistinct(reader: Reader, ast: unknown): Distinct | null {
  const { type, columns } = astNode(ast, 'type', 'columns');
  const start = reader.at;
  if (!isWritten(type)) return null;
  expect(reader, 'distinct');
  if (type === 'DISTINCT') return { on: null, span: spanFrom(reader, start) };
  expect(reader, 'on');
  const on = bracketed(reader, astList(columns), (each) =>
    reader.expression(astNode(each, 'type', 'expr')['expr']),
  );
  return { on, span: spanFrom(reader, start) };
}

function readItem(reader: Reader, ast: unknown): SelectItem {
  const start = reader.at;
  // A cast of a subquery stands for itself.
  const isCast = astType(ast) === 'cast';
  const node = isCast ? (ast as Ast) : astNode(ast, 'type', 'expr', 'as');
  const expression = reader.expression(isCast ? { ...node, as: null } : node['expr']);
  const alias = readAlias(reader, node['as'], 'item');
  return { alias, expression, span: spanFrom(reader, start) };
}

function readClause(reader: Reader, word: string, ast: unknown): Expression | null {
  if (!isWritten(ast)) return null;
  expect(reader, word);
  return reader.expression(ast);
}

function readGroupBy(reader: Reader, ast: unknown): GroupBy | null {
  if (!isWritten(ast)) return null;
  const { columns } = astNode(ast, 'columns');
  const start = reader.at;
  expect(reader, 'group', 'by');
  const ids = treeIds();
  const terms = commaList(reader, astList(columns), reader.expression)
    .flatMap(groupTerms)
    .filter((term, at, all) => all.findIndex((other) => ids(other) === ids(term)) === at);
  return { all: false, terms, sets: null, span: spanFrom(reader, start) };
}

/** `GROUP BY (a, b)` groups by both; what is said twice counts once. */
const groupTerms = (term: Expression): readonly Expression[] =>
  term.kind === 'call' && term.name === 'row' ? term.arguments.map(({ value }) => value) : [term];

/** Reads ORDER BY, LIMIT and OFFSET, where the tree has them. */
export function readTail(reader: Reader, orders: unknown, limits: unknown): Tail {
  const list = astList(orders);
  if (list.length > 0) expect(reader, 'order', 'by');
  const orderBy = readOrderTerms(reader, list);
  if (!isWritten(limits)) return { orderBy, limit: null, offset: null };
  const { seperator, value } = astNode(limits, 'seperator', 'value');
  const values = astList(value);
  const start = reader.at;
  if (values.length === 0) return { orderBy, limit: null, offset: null };
  const hasLimit = accept(reader, 'limit');
  const limit = hasLimit
    ? { count: reader.expression(values[0]), percent: false, span: spanFrom(reader, start) }
    : null;
  const rest = values.slice(hasLimit ? 1 : 0);
  if (rest.length === 0) return { orderBy, limit, offset: null };
  if (rest.length > 1 || seperator !== 'offset') refuse('a LIMIT of several is not understood');
  expect(reader, 'offset');
  return { orderBy, limit, offset: reader.expression(rest[0]) };
}

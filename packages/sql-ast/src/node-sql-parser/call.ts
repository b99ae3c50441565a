import { foldCase, isReserved } from '../keywords.ts';
import type { Call, Expression, OrderTerm } from '../tree.ts';
import { astList, astNode, astType, isWritten } from './ast.ts';
import type { Ast } from './ast.ts';
import { accept, bracketed, expect, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readLabel } from './names.ts';
import { readOrderTerms } from './order-terms.ts';
import { caseBranch, operation, plainCall } from './plain-nodes.ts';
import { refuse } from './refusal.ts';
import { readOver } from './window.ts';

/** Names that a grammar of their own follows, or that are no functions. */
const special = new Set(
  `columns construct_array cube exists extract grouping_id grouping interval operator overlay position rollup row
  setof struct treat try try_cast unpack values xmlelement`.split(/\s+/),
);

/** `f(a, b)`, `s.f()`; `EXISTS (…)` and `COALESCE` come in this form too. */
export function readFunction(reader: Reader, ast: unknown): Expression {
  const node = astNode(ast, 'type', 'name', 'args', 'parentheses');
  const start = reader.at;
  const { schema, name } = readFunctionName(reader, node['name']);
  const isKeyword = schema === null && reader.tokens[start]!.kind === 'word';
  const list = astList(astNode(node['args'], 'type', 'value')['value']);
  if (name === 'exists' && isKeyword && astType(list[0]) === 'subquery') {
    const query = reader.subquery(list[0]);
    return {
      kind: 'subquery',
      form: 'exists',
      operand: null,
      operator: null,
      query,
      span: spanFrom(reader, start),
    };
  }
  if (special.has(name)) refuse(`${name} is not understood`);
  const values = bracketed(reader, list, reader.expression);
  const span = spanFrom(reader, start);
  if (values.some(({ kind }) => kind === 'star')) refuse(`a star within ${name} is not understood`);
  if (name === 'coalesce' && isKeyword) return operation(name, values, span);
  const call = { ...plainCall(name, values, span), schema };
  return reader.dialect === 'duckdb' ? withoutSugar(call, values) : call;
}

/** What DuckDB 1.5 makes of some functions, of whatever schema, while it parses. */
function withoutSugar(call: Call, values: readonly Expression[]): Expression {
  const { name, span } = call;
  if (!['count', 'date', 'if', 'ifnull'].includes(name)) return call;
  const [first, second, third] = values;
  if (name === 'ifnull' && values.length === 2) return operation('coalesce', values, span);
  if (name === 'date' && values.length === 1) {
    return { kind: 'cast', type: 'DATE', isTry: false, operand: first!, span };
  }
  if (name === 'if' && values.length === 3) {
    return { kind: 'case', branches: [caseBranch(first!, second!)], otherwise: third!, span };
  }
  return refuse(`${name} with ${values.length} arguments is not understood`);
}

function readFunctionName(reader: Reader, ast: unknown): { schema: string | null; name: string } {
  const { schema, name } = astNode(ast, 'schema', 'name');
  const token = reader.tokens[reader.at];
  if (token?.kind === 'word' && isReserved(token.text)) refuse(`${token.text} is not understood`);
  const before = isWritten(schema) ? readNameNode(reader, schema) : null;
  if (before !== null) expect(reader, '.');
  const called = readNameNode(reader, astList(name)[0]);
  // There, what still has capitals had quotes; elsewhere the case of a function never matters.
  if (reader.dialect === 'postgres' && foldCase(called) !== called)
    refuse(`the function ${called} is not understood`);
  return { schema: before, name: foldCase(called) };
}

const readNameNode = (reader: Reader, ast: unknown): string =>
  readLabel(reader, astNode(ast, 'type', 'value')['value']);

/** `sum(DISTINCT a ORDER BY b) FILTER (WHERE c) OVER (…)`. */
export function readAggregate(reader: Reader, ast: unknown): Call {
  const node = astNode(ast, 'type', 'name', 'args', 'over', 'filter', 'parentheses');
  const start = reader.at;
  const name = readBuiltIn(reader, node['name']);
  const args = astNode(node['args'], 'expr', 'distinct', 'orderby', 'separator');
  expect(reader, '(');
  const distinct = isWritten(args['distinct']);
  if (distinct) expect(reader, 'distinct');
  const isStar = astType(args['expr']) === 'star';
  if (isStar) {
    astNode(args['expr'], 'type', 'value');
    expect(reader, '*');
    if (name !== 'count' || distinct) refuse(`a star within ${name} is not understood`);
  }
  const values = isStar ? [] : readValues(reader, args);
  const orderBy = readInnerOrder(reader, args['orderby']);
  expect(reader, ')');
  const filter = readFilter(reader, node['filter']);
  const over = readOver(reader, node['over']);
  // DuckDB keeps the star's name only where there is no window.
  const called = isStar && over === null ? 'count_star' : name;
  return { ...plainCall(called, values, spanFrom(reader, start)), distinct, orderBy, filter, over };
}

/** The second argument of `string_agg` is its separator to the tree. */
function readValues(reader: Reader, args: Ast): readonly Expression[] {
  const values = [reader.expression(args['expr'])];
  if (isWritten(args['separator'])) {
    const { delimiter } = astNode(args['separator'], 'symbol', 'delimiter');
    expect(reader, ',');
    values.push(reader.expression(delimiter));
  }
  if (values.some(({ kind }) => kind === 'star')) refuse('a star within a call is not understood');
  return values;
}

function readInnerOrder(reader: Reader, ast: unknown): readonly OrderTerm[] {
  const list = astList(ast);
  if (list.length === 0) return [];
  expect(reader, 'order', 'by');
  return readOrderTerms(reader, list);
}

function readFilter(reader: Reader, ast: unknown): Expression | null {
  if (!isWritten(ast)) return null;
  const { where } = astNode(ast, 'keyword', 'parentheses', 'where');
  expect(reader, 'filter', '(');
  accept(reader, 'where');
  const filter = reader.expression(where);
  expect(reader, ')');
  return filter;
}

/** `row_number() OVER (…)`, `lag(a, 1) OVER (…)`. */
export function readWindowFunction(reader: Reader, ast: unknown): Call {
  const node = astNode(ast, 'type', 'name', 'args', 'over', 'parentheses');
  const start = reader.at;
  const name = readBuiltIn(reader, node['name']);
  const args = node['args'];
  const list = isWritten(args) ? astList(astNode(args, 'type', 'value')['value']) : [];
  const values = bracketed(reader, list, reader.expression);
  const over = readOver(reader, node['over']);
  return { ...plainCall(name, values, spanFrom(reader, start)), over };
}

/** A function the parser knows; its tree has the name in capitals. */
function readBuiltIn(reader: Reader, expected: unknown): string {
  const name = foldCase(String(expected));
  expect(reader, name);
  return name;
}

import type { Expression } from '../tree.ts';
import { astList, astNode, astType, isParenthesised } from './ast.ts';
import type { Ast } from './ast.ts';
import { accept, bracketed, expect, sees, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { LEVEL } from './items.ts';
import type { Item } from './items.ts';
import { nest } from './nest.ts';
import { readOperand } from './operand.ts';
import { operation } from './plain-nodes.ts';
import { refuse } from './refusal.ts';
import { readType, typeKeys } from './type-name.ts';

/** Reads an expression to its end, which is a comma, a bracket or a word that no expression goes on with. */
export const readExpression = (reader: Reader, ast: unknown): Expression =>
  nest(reader, itemsOf(reader, ast));

/** The operands and operators of an expression, in the order of the text. */
function itemsOf(reader: Reader, ast: unknown): readonly Item[] {
  const items: Item[] = [];
  if (isCompound(ast) && isParenthesised(ast)) pushOperand(reader, ast, items);
  else pushItems(reader, ast, items);
  return items;
}

/** Whether a node holds others beside each other, so that brackets around it decide something. */
function isCompound(ast: unknown): ast is Ast {
  const type = astType(ast);
  if (type === 'binary_expr' || type === 'unary_expr') return true;
  return type === 'cast' && (ast as Ast)['symbol'] === '::';
}

function push(reader: Reader, ast: unknown, items: Item[]): void {
  if (isCompound(ast) && !isParenthesised(ast)) pushItems(reader, ast, items);
  else pushOperand(reader, ast, items);
}

function pushOperand(reader: Reader, ast: unknown, items: Item[]): void {
  if (isNotCall(ast)) return pushNotCall(reader, ast, items);
  const start = reader.at;
  const isWrapped = sees(reader, '(') && astType(ast) !== 'subquery' && !isTuple(reader, ast);
  const expression = isWrapped || isCompound(ast) ? inBrackets(reader, ast) : readOperand(reader, ast);
  items.push({ kind: 'operand', expression, start, end: reader.at });
}

/** Reads what stands in one or more pairs of brackets, of which the tree tells no number. */
function inBrackets(reader: Reader, ast: unknown): Expression {
  const close = reader.closing.get(reader.at);
  expect(reader, '(');
  const inner = reader.closing.get(reader.at);
  const items: Item[] = [];
  let expression: Expression;
  if (sees(reader, '(') && close === inner! + 1 && !isTuple(reader, ast))
    expression = inBrackets(reader, ast);
  else {
    pushItems(reader, ast, items);
    expression = nest(reader, items);
  }
  expect(reader, ')');
  return expression;
}

/** Whether the bracket here is the one of a list, `(1, 2)`, rather than one around it. */
const isTuple = (reader: Reader, ast: unknown): boolean =>
  astType(ast) === 'expr_list' && reader.closing.get(reader.at + 1) !== reader.closing.get(reader.at)! - 1;

/** The items of a node, whatever brackets stand around it. */
function pushItems(reader: Reader, ast: unknown, items: Item[]): void {
  if (!isCompound(ast)) return pushOperand(reader, ast, items);
  if (ast['type'] === 'unary_expr') return pushUnary(reader, ast, items);
  // A chain leans to the left and may be long, so it is walked rather than descended.
  const chain: Ast[] = [];
  let first: unknown = ast;
  for (; isCompound(first) && first['type'] !== 'unary_expr'; first = first[childOf(first)]) {
    if (chain.length > 0 && isParenthesised(first)) break;
    chain.push(first);
  }
  push(reader, first, items);
  for (const node of chain.toReversed()) {
    if (node['type'] === 'cast') pushCasts(reader, node, items);
    else pushBinary(reader, node, items);
  }
}

const childOf = (ast: Ast): string => (ast['type'] === 'cast' ? 'expr' : 'left');

/** `NOT (a)` comes as a call of a function of that name. */
const isNotCall = (ast: unknown): ast is Ast => {
  const name = (ast as { name?: { name?: readonly { value?: unknown }[] } } | null)?.name?.name;
  return astType(ast) === 'function' && Array.isArray(name) && /^not$/i.test(String(name[0]?.value));
};

function pushNotCall(reader: Reader, ast: Ast, items: Item[]): void {
  const { args } = astNode(ast, 'type', 'name', 'args', 'parentheses') as { args?: unknown };
  const list = astList(astNode(args, 'type', 'value')['value']);
  const start = reader.at;
  expect(reader, 'not');
  items.push({ kind: 'prefix', operator: 'not', start, end: reader.at });
  if (list.length !== 1 || !sees(reader, '(')) refuse('NOT of several is not understood');
  pushOperand(reader, bracketsOf(list[0]), items);
}

/** A node that is known to stand in brackets. */
const bracketsOf = (ast: unknown): unknown => (isCompound(ast) ? { ...ast, parentheses: true } : ast);

function pushUnary(reader: Reader, ast: Ast, items: Item[]): void {
  const node = astNode(ast, 'type', 'operator', 'expr', 'parentheses');
  const operator = String(node['operator']).toLowerCase();
  const start = reader.at;
  if (operator === 'not' || operator === '-' || operator === '+') {
    expect(reader, operator);
    items.push({ kind: 'prefix', operator, start, end: reader.at });
    return push(reader, node['expr'], items);
  }
  if (operator !== 'not exists') refuse(`the operator ${operator} is not understood`);
  expect(reader, 'not');
  items.push({ kind: 'prefix', operator: 'not', start, end: reader.at });
  const inner = reader.at;
  expect(reader, 'exists');
  const query = reader.subquery(node['expr']);
  const expression = { kind: 'subquery', form: 'exists', operand: null, operator: null, query } as const;
  items.push({
    kind: 'operand',
    expression: { ...expression, span: spanFrom(reader, inner) },
    start: inner,
    end: reader.at,
  });
}

/** `::a::b`. */
function pushCasts(reader: Reader, ast: Ast, items: Item[]): void {
  const node = astNode(ast, 'type', 'keyword', 'symbol', 'target', 'expr', 'parentheses');
  for (const target of astList(node['target'])) {
    astNode(target, ...typeKeys);
    const start = reader.at;
    expect(reader, '::');
    const type = readType(reader);
    const apply = (operand: Expression): Expression => ({
      kind: 'cast',
      type,
      isTry: false,
      operand,
      span: null,
    });
    items.push({ kind: 'postfix', level: LEVEL.cast, apply, start, end: reader.at });
  }
}

/** The words and signs of each infix operator, and how DuckDB calls it. */
const infix: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['+', '-', '*', '/', '%', '||', '=', '<>', '<', '>', '<=', '>='].map((sign) => [sign, sign]),
  ),
  '!=': '<>',
  AND: 'and',
  OR: 'or',
  LIKE: '~~',
  'NOT LIKE': '!~~',
  ILIKE: '~~*',
  'NOT ILIKE': '!~~*',
};

function pushBinary(reader: Reader, ast: Ast, items: Item[]): void {
  const { operator: written, right } = astNode(ast, 'type', 'operator', 'left', 'right', 'parentheses');
  const operator = String(written).toUpperCase();
  const start = reader.at;
  const known = Object.hasOwn(infix, operator) ? infix[operator] : undefined;
  if (known !== undefined) {
    expect(reader, ...operator.toLowerCase().split(' '));
    items.push({ kind: 'infix', operator: known, start, end: reader.at });
    return push(reader, right, items);
  }
  const isNot = / NOT$|^NOT /.test(operator);
  switch (operator.replace(/ ?NOT ?/, '')) {
    case 'BETWEEN':
      return pushBetween(reader, right, items, isNot);
    case 'IN': {
      if (isNot) expect(reader, 'not');
      expect(reader, 'in');
      const apply = readIn(reader, right, isNot);
      items.push({ kind: 'postfix', level: LEVEL.like, apply, start, end: reader.at });
      return;
    }
    case 'IS': {
      expect(reader, 'is');
      if (isNot) expect(reader, 'not');
      const apply = readIs(reader, right, isNot);
      items.push({ kind: 'postfix', level: LEVEL.is, apply, start, end: reader.at });
      return;
    }
    default:
      refuse(`the operator ${operator} is not understood`);
  }
}

function pushBetween(reader: Reader, ast: unknown, items: Item[], isNot: boolean): void {
  const [low, high] = astList(astNode(ast, 'type', 'value')['value']);
  const start = reader.at;
  if (isNot) expect(reader, 'not');
  expect(reader, 'between');
  items.push({ kind: 'between', isNot, start, end: reader.at });
  push(reader, low, items);
  const middle = reader.at;
  expect(reader, 'and');
  items.push({ kind: 'between-and', start: middle, end: reader.at });
  push(reader, high, items);
}

function readIn(reader: Reader, ast: unknown, isNot: boolean): (operand: Expression) => Expression {
  const list = astList(astNode(ast, 'type', 'value')['value']);
  if (list.length === 1 && astType(list[0]) === 'subquery') {
    const query = reader.subquery(list[0]);
    const end = reader.tokens[reader.at - 1]!.end;
    return (operand) => {
      const span = { start: operand.span!.start, end };
      const found = { kind: 'subquery', form: 'any', operand, operator: '=', query, span } as const;
      return isNot ? operation('not', [found], null) : found;
    };
  }
  const values = bracketed(reader, list, reader.expression);
  return (operand) => operation(isNot ? 'not in' : 'in', [operand, ...values], null);
}

function readIs(reader: Reader, ast: unknown, isNot: boolean): (operand: Expression) => Expression {
  const node = astNode(ast, 'type', 'value');
  const start = reader.at;
  if (node['type'] === 'null') {
    expect(reader, 'null');
    return (operand) => operation(isNot ? 'is not null' : 'is null', [operand], null);
  }
  if (node['type'] !== 'bool') refuse('IS of something else than NULL, TRUE or FALSE is not understood');
  const value = accept(reader, 'true') ? 'true' : 'false';
  if (value === 'false') expect(reader, 'false');
  const truth: Expression = { kind: 'literal', type: 'BOOLEAN', value, span: spanFrom(reader, start) };
  return (operand) => {
    const cast: Expression = { kind: 'cast', type: 'BOOLEAN', isTry: false, operand, span: operand.span };
    return operation(isNot ? 'is distinct from' : 'is not distinct from', [cast, truth], null);
  };
}

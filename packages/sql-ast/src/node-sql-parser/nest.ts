import type { Expression, Span } from '../tree.ts';
import type { Cursor } from './cursor.ts';
import { infixLevel, LEVEL } from './items.ts';
import type { Item } from './items.ts';
import { negated } from './literal.ts';
import { operation } from './plain-nodes.ts';
import { refuse } from './refusal.ts';

interface Place {
  readonly cursor: Cursor;
  readonly items: readonly Item[];
  at: number;
}

/** An expression with where it begins and ends in the text, brackets included. */
interface Nested {
  readonly expression: Expression;
  readonly start: number;
  readonly end: number;
}

/** Nests operands and operators by their precedence. */
export function nest(cursor: Cursor, items: readonly Item[]): Expression {
  return readFrom({ cursor, items, at: 0 }, 0).expression;
}

/** Reads an operand and all operators after it that hold at least as tightly as `level`. */
function readFrom(place: Place, level: number): Nested {
  let left = readPrefix(place, level);
  // The level of the operator that does not chain and was read last.
  let closed = 0;
  for (let item = place.items[place.at]; item !== undefined; item = place.items[place.at]) {
    const own = levelOf(item);
    if (own === undefined || own < level) break;
    if (own === closed) refuse('comparisons that follow each other are not understood');
    place.at += 1;
    left = extend(place, left, item);
    closed = own === 5 || own === LEVEL.like ? own : 0;
  }
  return left;
}

function readPrefix(place: Place, level: number): Nested {
  // Whoever lists the items puts an operand, perhaps with a prefix, after each that needs one.
  const item = place.items[place.at] as Extract<Item, { kind: 'operand' | 'prefix' }>;
  place.at += 1;
  if (item.kind === 'operand') return item;
  const own = item.operator === 'not' ? LEVEL.not : LEVEL.sign;
  if (own < level) refuse('NOT within an operation is not understood');
  const { expression, end } = readFrom(place, own);
  const span = spanOf(place, item.start, end);
  const isNumber = expression.kind === 'literal' && /^(INTEGER|BIGINT|DECIMAL.*)$/.test(expression.type);
  if (item.operator === '-' && isNumber) {
    return { expression: negated(expression, span), start: item.start, end };
  }
  const made =
    item.operator === 'not' ? negation(expression, span) : operation(item.operator, [expression], span);
  return { expression: made, start: item.start, end };
}

/** What DuckDB makes of NOT before a comparison; NULL stays NULL either way. */
const opposites: Readonly<Record<string, string>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  in: 'not in',
  'is distinct from': 'is not distinct from',
  'is not distinct from': 'is distinct from',
};

function negation(expression: Expression, span: Span): Expression {
  const opposite = expression.kind === 'operation' ? opposites[expression.operator] : undefined;
  if (expression.kind !== 'operation' || opposite === undefined) return operation('not', [expression], span);
  return { ...expression, operator: opposite, span };
}

const levelOf = (item: Item): number | undefined => {
  if (item.kind === 'infix') return infixLevel(item.operator);
  if (item.kind === 'between') return LEVEL.like;
  return item.kind === 'postfix' ? item.level : undefined;
};

function extend(place: Place, left: Nested, item: Item): Nested {
  if (item.kind === 'postfix') {
    const span = spanOf(place, left.start, item.end);
    return { expression: { ...item.apply(left.expression), span }, start: left.start, end: item.end };
  }
  const first = readFrom(place, levelOf(item)! + 1);
  if (item.kind === 'infix') return join(place, left, item.operator, first);
  if (place.items[place.at]?.kind !== 'between-and') refuse('BETWEEN has no AND');
  place.at += 1;
  const last = readFrom(place, LEVEL.like + 1);
  const span = spanOf(place, left.start, last.end);
  const between = operation('between', [left.expression, first.expression, last.expression], span);
  const isNot = item.kind === 'between' && item.isNot;
  return {
    expression: isNot ? operation('not', [between], span) : between,
    start: left.start,
    end: last.end,
  };
}

/** AND and OR are flat: the same operator after them, and within their operands, adds to one list. */
function join(place: Place, left: Nested, operator: string, right: Nested): Nested {
  const isFlat = operator === 'and' || operator === 'or';
  const parts = ({ expression }: Nested): readonly Expression[] =>
    isFlat && expression.kind === 'operation' && expression.operator === operator
      ? expression.operands
      : [expression];
  const operands = [...parts(left), ...parts(right)];
  let { end } = right;
  const isNext = (): boolean => isFlat && isInfix(place.items[place.at], operator);
  while (isNext()) {
    place.at += 1;
    const more = readFrom(place, infixLevel(operator) + 1);
    operands.push(...parts(more));
    end = more.end;
  }
  return {
    expression: operation(operator, operands, spanOf(place, left.start, end)),
    start: left.start,
    end,
  };
}

const isInfix = (item: Item | undefined, operator: string): boolean =>
  item?.kind === 'infix' && item.operator === operator;

const spanOf = ({ cursor }: Place, start: number, end: number): Span => ({
  start: cursor.tokens[start]!.start,
  end: cursor.tokens[end - 1]!.end,
});

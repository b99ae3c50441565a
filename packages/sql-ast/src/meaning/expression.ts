import type { FunctionKind } from '../function-kinds.ts';
import type { Call, Expression, OrderTerm, Star, Subquery, Window } from '../tree.ts';
import type { Analysis, ExpressionContext, Scope, Seen } from './analysis.ts';
import { columnsIn } from './names.ts';
import { isBoundIn, resolveName, wholeScope } from './scope.ts';
import type { Term } from './terms.ts';

export const nothingSeen = (): Seen => ({
  aggregate: false,
  rows: false,
  opaque: false,
});

/** What the value of an expression is computed from. */
export function expressionMeaning(expression: Expression, context: ExpressionContext): Term {
  const { analysis, scope } = context;
  const { terms } = analysis;
  const of = (each: Expression): Term => expressionMeaning(each, context);
  switch (expression.kind) {
    case 'column':
      return resolveName(expression.path, scope, analysis, expression.span?.start ?? null);
    case 'literal':
      return terms.of(`literal ${JSON.stringify([expression.type, expression.value])}`);
    case 'parameter':
      return terms.of(`parameter ${expression.name}`);
    case 'position':
      return positionMeaning(expression.index, context);
    case 'star':
      return starMeaning(expression, context);
    case 'call':
      return callMeaning(expression, context);
    case 'operation': {
      const operands = expression.operands.map(of);
      return expression.operator === 'and' || expression.operator === 'or'
        ? terms.ofSet(expression.operator, operands)
        : terms.of(`operation ${expression.operator}`, operands);
    }
    case 'cast':
      return terms.of(`cast ${expression.isTry} ${expression.type}`, [of(expression.operand)]);
    case 'case':
      return terms.of('case', [
        ...expression.branches.flatMap(({ when, then }) => [of(when), of(then)]),
        of(expression.otherwise),
      ]);
    case 'subquery':
      return subqueryMeaning(expression, context);
    case 'lambda':
      return lambdaMeaning(expression.parameters, expression.body, context);
    case 'opaque-expression':
      return opaqueMeaning(expression, expression.reason, context);
  }
}

/** A piece that cannot be analysed depends on everything in reach. */
function opaqueMeaning(
  piece: Expression,
  reason: string,
  { analysis, scope, over, seen }: ExpressionContext,
): Term {
  seen.opaque = true;
  analysis.opaque.add(reason);
  return analysis.terms.of(`opaque ${analysis.keyOf(piece)}`, [over, ...wholeScope(scope, analysis)]);
}

/** Of columns that nobody listed, or with no columns to count, it may be anything in reach. */
function positionMeaning(index: number, { analysis, scope, input, seen }: ExpressionContext): Term {
  const column = input?.columns.filter(({ hidden }) => hidden !== true)[index - 1];
  if (column !== undefined && input?.open === null) return column.value;
  seen.opaque = true;
  return analysis.terms.of(`position ${index}`, wholeScope(scope, analysis));
}

/** A star outside a SELECT list: `count(*)` has none, so this is COLUMNS(…) or a whole row in a call. */
const starMeaning = (star: Star, context: ExpressionContext): Term =>
  context.star ?? opaqueMeaning(star, 'a star that is not a plain item of a SELECT list', context);

function callMeaning(call: Call, context: ExpressionContext): Term {
  const { analysis, over, order } = context;
  const { terms } = analysis;
  const kind = analysis.functionKind(call.name);
  const isAggregate = kind === 'aggregate' && call.over === null;
  noteCall(call, kind, context);
  const inner: ExpressionContext = isAggregate ? { ...context, seen: nothingSeen() } : context;
  const parts = [
    ...call.arguments.map(({ value }) => expressionMeaning(value, inner)),
    ...(call.filter === null ? [] : [terms.of('filter', [expressionMeaning(call.filter, inner)])]),
    ...call.orderBy.map((term) => orderMeaning(term, inner)),
    ...(call.over === null ? [] : [windowMeaning(call.over, context)]),
  ];
  if (isAggregate && (inner.seen.opaque || inner.seen.rows)) context.seen.opaque = true;
  const label = call.over === null ? callLabel(call) : `${callLabel(call)} ${context.groups}`;
  if (analysis.isVolatile(call.name)) {
    analysis.volatile.add(call.name);
    return terms.fresh(label, parts);
  }
  // Whatever looks at several rows is relative to them, and to the order in which they come.
  const isOfRows = call.over !== null || kind !== 'scalar';
  return terms.of(label, parts, isOfRows ? [over, order] : []);
}

/** Notes what a call does to the rows of its SELECT. */
function noteCall(call: Call, kind: FunctionKind, context: ExpressionContext): void {
  const { seen, analysis } = context;
  if (kind === 'aggregate' && call.over === null) {
    seen.aggregate = true;
    noteOuterAggregate(call, context);
  }
  if (kind === 'rows') seen.rows = true;
  if (kind === 'unknown') {
    seen.opaque = true;
    analysis.opaque.add(`the function ${call.name} is not known`);
  }
  if (analysis.dependsOnOrder(call.name) && call.orderBy.length === 0) {
    analysis.unstable.add(`${call.name} depends on the order of its rows`);
  }
}

/** Everything of a call but what it is given. */
const callLabel = (call: Call): string =>
  `call ${JSON.stringify([
    call.schema,
    call.name,
    call.arguments.map(({ name }) => name),
    call.distinct,
    call.nulls,
    call.exportState,
    call.filter !== null,
    call.orderBy.length,
  ])}`;

/**
 * An aggregate of nothing but outer columns is one of an outer SELECT, which it makes a single group. Which
 * of them is not followed.
 */
function noteOuterAggregate(
  { arguments: given, filter, orderBy }: Call,
  { scope, analysis }: ExpressionContext,
): void {
  if (scope.outer === null) return;
  const paths = columnsIn([given, filter, orderBy]);
  if (paths.length === 0 || paths.some((path) => isBoundIn(path, scope, analysis))) return;
  for (let outer: Scope | null = scope.outer; outer !== null; outer = outer.outer) {
    if (outer.seen === null) continue;
    outer.seen.aggregate = true;
    outer.seen.opaque = true;
  }
}

function windowMeaning({ partitionBy, orderBy, frame }: Window, context: ExpressionContext): Term {
  const { terms } = context.analysis;
  const of = (each: Expression): Term => expressionMeaning(each, context);
  const bounds =
    frame === null
      ? []
      : [frame.start, frame.end].map(({ kind, distance }) =>
          terms.of(`bound ${kind}`, distance === null ? [] : [of(distance)]),
        );
  return terms.of(`window ${frame?.unit ?? ''} ${frame?.exclude ?? ''}`, [
    terms.ofSet('partition', partitionBy.map(of)),
    terms.of(
      'order',
      orderBy.map((term) => orderMeaning(term, context)),
    ),
    ...bounds,
  ]);
}

/** One term of an ORDER BY. */
export const orderMeaning = (term: OrderTerm, context: ExpressionContext): Term =>
  orderedBy(term, expressionMeaning(term.expression, context), context.analysis);

/** The order that a term asks for, by this value. */
export const orderedBy = ({ descending, nullsFirst }: OrderTerm, value: Term, { terms }: Analysis): Term =>
  terms.of(`by ${descending} ${nullsFirst}`, [value]);

function subqueryMeaning(subquery: Subquery, context: ExpressionContext): Term {
  const { analysis, scope, ctes } = context;
  const { terms } = analysis;
  const inner = analysis.query(subquery.query, { outer: scope, ctes, analysis });
  const operand = subquery.operand === null ? [] : [expressionMeaning(subquery.operand, context)];
  const values = inner.columns.map(({ value }) => value);
  const open = inner.open === null ? [] : [inner.open('*')];
  switch (subquery.form) {
    case 'exists':
      return terms.of('exists', [inner.rows]);
    case 'scalar':
      // Of several rows the engine takes the first, so their order may count.
      return terms.of('scalar', [inner.rows, ...values, ...open, inner.order]);
    case 'any':
    case 'all':
      return terms.of(`${subquery.form} ${subquery.operator}`, [...operand, inner.rows, ...values, ...open]);
  }
}

function lambdaMeaning(parameters: readonly string[], body: Expression, context: ExpressionContext): Term {
  const { analysis, scope } = context;
  const own = new Map(scope.parameters);
  parameters.forEach((name, index) => {
    own.set(analysis.fold(name), analysis.terms.of(`lambda ${scope.parameters.size} ${index}`));
  });
  const inner = { ...context, scope: { ...scope, parameters: own } };
  return analysis.terms.of(`lambda of ${parameters.length}`, [expressionMeaning(body, inner)]);
}

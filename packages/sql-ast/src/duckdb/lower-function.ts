import { foldCase } from '../keywords.ts';
import { nameOf } from '../token-word.ts';
import type { Argument, Call, Expression, Lambda } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { peek, readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { callSpan, operatorSpan } from './expression-spans.ts';

/** DuckDB 1.5: the functions whose second argument may be a lambda. */
const takesLambda = new Set(
  `apply array_apply array_filter array_reduce array_transform filter list_apply list_filter list_reduce
  list_transform reduce`.split(/\s+/),
);

/** A call, or an operator that DuckDB looks up as a function. @throws {Unreadable} At one of another catalogue. */
export function lowerFunction(lowering: Lowering, fields: Fields, location: number | null): Expression {
  const name = foldCase(fields.text('function_name'));
  const schema = writtenSchema(lowering, fields, location);
  const children = fields.list('children');
  const distinct = fields.flag('distinct');
  const exportState = fields.flag('export_state');
  const filter = lowering.optional(fields.take('filter'));
  const orderBy = readFields(fields.take('order_bys'), (modifier) => {
    modifier.expect('type', 'ORDER_MODIFIER');
    return lowering.orders(modifier.list('orders'));
  });
  if (fields.flag('is_operator')) {
    if (distinct || exportState || filter !== null || orderBy.length > 0 || schema !== null) {
      throw new Unreadable(`the operator ${name} with the parts of a call`);
    }
    const operands = lowering.expressions(children);
    const spans = operands.map(({ span }) => span);
    const span = operatorSpan(lowering.spans, name, location, spans);
    return { kind: 'operation', operator: name, operands, span };
  }
  const values = children.map((child, at) =>
    at === 1 && takesLambda.has(name) ? lambdaArgument(lowering, child) : argument(lowering, child),
  );
  const inside = [...values.map(({ value }) => value), filter].map((part) => part?.span ?? null);
  return {
    kind: 'call',
    name,
    schema,
    arguments: values,
    distinct,
    filter,
    orderBy,
    nulls: null,
    over: null,
    exportState,
    span: callSpan(lowering.spans, location, inside),
  };
}

/** DuckDB itself adds `main` or `pg_catalog` to what it makes of brackets and keywords. */
export function writtenSchema(lowering: Lowering, fields: Fields, location: number | null): string | null {
  fields.expect('catalog', '');
  const schema = fields.text('schema');
  if (schema !== 'main' && schema !== 'pg_catalog') return schema === '' ? null : schema;
  const { spans } = lowering;
  const at = spans.tokenAt(location);
  const name = at === undefined ? undefined : nameOf(spans.tokens[at]);
  return name !== undefined && foldCase(name) === schema && spans.text(at! + 1) === '.' ? schema : null;
}

export function argument(lowering: Lowering, json: Json): Argument {
  const { alias, expression } = lowering.aliased(json);
  return { name: alias, value: expression };
}

function lambdaArgument(lowering: Lowering, json: Json): Argument {
  if (peek(json, 'class') !== 'LAMBDA' || peek(json, 'alias') !== '') return argument(lowering, json);
  const value = readFields(json, (fields): Lambda => {
    fields.expect('class', 'LAMBDA');
    fields.expect('type', 'LAMBDA');
    fields.expect('alias', '');
    const location = fields.location();
    const left = lowering.expression(fields.take('lhs'));
    const parameters = parametersOf(left);
    const body = lowering.expression(fields.take('expr'));
    return { kind: 'lambda', parameters, body, span: lowering.spans.around(location, left.span, body.span) };
  });
  return { name: null, value };
}

/** Of `x`, or of `(x, i)`, which comes as a call of `row`. */
function parametersOf(left: Expression): readonly string[] {
  if (left.kind === 'column' && left.path.length === 1) return left.path;
  if (left.kind === 'call' && left.name === 'row' && isBare(left)) {
    return left.arguments.flatMap(({ value }) => parametersOf(value));
  }
  throw new Unreadable(`a lambda of a ${left.kind}`);
}

const isBare = (call: Call): boolean =>
  call.schema === null &&
  !call.distinct &&
  !call.exportState &&
  call.filter === null &&
  call.orderBy.length === 0 &&
  call.arguments.every(({ name }) => name === null);

import type { Expression, Located } from '../tree.ts';
import { plainText } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { Fields, readable, readFields, Unreadable } from './fields.ts';
import { lowerFunction } from './lower-function.ts';
import { lowerOperator } from './lower-operator.ts';
import { lowerStar } from './lower-star.ts';
import { lowerWindow } from './lower-window.ts';
import type { Aliased, Lowering } from './lowering.ts';
import { caseSpan, castSpan, literalSpan, pathSpan } from './expression-spans.ts';
import { locationsIn } from './tables-of.ts';
import { readValue, typeText } from './value-text.ts';

/** An expression with the name DuckDB keeps beside it. @throws {Unreadable} See `Lowering`. */
export function lowerAliased(lowering: Lowering, json: Json): Aliased {
  const alias = new Fields(json).text('alias');
  return {
    alias: alias === '' ? null : alias,
    expression: opaqueIfUnreadable(json, lowering, (fields) => {
      fields.take('alias');
      return lowerFields(lowering, fields);
    }),
  };
}

/** An expression where no name can be. @throws {Unreadable} See `Lowering`. */
export function lowerExpression(lowering: Lowering, json: Json): Expression {
  return opaqueIfUnreadable(json, lowering, (fields) => {
    fields.expect('alias', '');
    return lowerFields(lowering, fields);
  });
}

function opaqueIfUnreadable(
  json: Json,
  lowering: Lowering,
  read: (fields: Fields) => Expression,
): Expression {
  return readable<Expression>(
    () => readFields(json, read),
    (reason) => {
      const text = plainText(json);
      // An opaque expression could not say what tables it reads.
      if (/"class":"SUBQUERY"|"type":"BASE_TABLE"/.test(text)) throw new Unreadable(reason);
      const span = lowering.spans.hull(...locationsIn(json).map((place) => lowering.spans.around(place)));
      return { kind: 'opaque-expression', reason, text, span };
    },
  );
}

/** The classes of expressions that have one type. */
const types = new Map([
  ['COLUMN_REF', 'COLUMN_REF'],
  ['CONSTANT', 'VALUE_CONSTANT'],
  ['PARAMETER', 'VALUE_PARAMETER'],
  ['POSITIONAL_REFERENCE', 'POSITIONAL_REFERENCE'],
  ['STAR', 'STAR'],
  ['FUNCTION', 'FUNCTION'],
  ['CAST', 'OPERATOR_CAST'],
  ['CASE', 'CASE_EXPR'],
  ['SUBQUERY', 'SUBQUERY'],
  ['LAMBDA', 'LAMBDA'],
  ['COLLATE', 'COLLATE'],
]);

function lowerFields(lowering: Lowering, fields: Fields): Expression {
  const kind = fields.text('class');
  const type = fields.text('type');
  const location = fields.location();
  const { spans } = lowering;
  const only = types.get(kind);
  if (only !== undefined && only !== type) throw new Unreadable(`an expression of class ${kind}, ${type}`);
  switch (kind) {
    case 'COLUMN_REF': {
      const path = fields.texts('column_names');
      return { kind: 'column', path, span: pathSpan(spans, location, path.length) };
    }
    case 'CONSTANT':
      return { kind: 'literal', ...readValue(fields.take('value')), span: literalSpan(spans, location) };
    case 'PARAMETER':
      return { kind: 'parameter', name: fields.text('identifier'), span: spans.around(location) };
    case 'POSITIONAL_REFERENCE': {
      const index = fields.count('index');
      return { kind: 'position', index, span: pathSpan(spans, location, 1) };
    }
    case 'STAR':
      return lowerStar(lowering, fields, location);
    case 'FUNCTION':
      return lowerFunction(lowering, fields, location);
    case 'WINDOW':
      return lowerWindow(lowering, fields, { type, location });
    case 'CAST':
      return lowerCast(lowering, fields, location);
    case 'CASE':
      return lowerCase(lowering, fields, location);
    case 'SUBQUERY':
      return lowerSubquery(lowering, fields, location);
    case 'LAMBDA':
      // Where a function takes one, `lowerFunction` reads it; everywhere else it is the arrow of JSON.
      return arrow(lowering, fields, location);
    default:
      return lowerOperator(lowering, { kind, type, location }, fields);
  }
}

function arrow(lowering: Lowering, fields: Fields, location: number | null): Expression {
  const operands = lowering.expressions([fields.take('lhs'), fields.take('expr')]);
  return { kind: 'operation', operator: '->', operands, span: around(lowering, location, operands) };
}

const around = (
  { spans }: Lowering,
  location: number | null,
  parts: readonly (Located | null)[],
): Expression['span'] => spans.around(location, ...parts.map((part) => part?.span ?? null));

function lowerCast(lowering: Lowering, fields: Fields, location: number | null): Expression {
  const operand = lowering.expression(fields.take('child'));
  const type = typeText(fields.take('cast_type'));
  const isTry = fields.flag('try_cast');
  const span = castSpan(lowering.spans, location, operand.span);
  // The spelling of TRUE and FALSE.
  const isWord = operand.kind === 'literal' && operand.type === 'VARCHAR' && /^[tf]$/.test(operand.value);
  if (type === 'BOOLEAN' && !isTry && isWord) {
    return { kind: 'literal', type, value: operand.value === 't' ? 'true' : 'false', span };
  }
  return { kind: 'cast', type, isTry, operand, span };
}

function lowerCase(lowering: Lowering, fields: Fields, location: number | null): Expression {
  const branches = fields.list('case_checks').map((check) =>
    readFields(check, (branch) => ({
      when: lowering.expression(branch.take('when_expr')),
      // eslint-disable-next-line unicorn/no-thenable
      then: lowering.expression(branch.take('then_expr')),
    })),
  );
  const otherwise = lowering.expression(fields.take('else_expr'));
  const parts = [...branches.flatMap(({ when, then }) => [when, then]), otherwise];
  const spans = parts.map(({ span }) => span);
  return { kind: 'case', branches, otherwise, span: caseSpan(lowering.spans, location, spans) };
}

const forms = new Map<string, 'scalar' | 'exists' | 'any'>([
  ['SCALAR', 'scalar'],
  ['EXISTS', 'exists'],
  ['ANY', 'any'],
]);

const comparisons = new Map<string, string | null>([
  ['INVALID', null],
  ['COMPARE_EQUAL', '='],
  ['COMPARE_NOTEQUAL', '<>'],
  ['COMPARE_LESSTHAN', '<'],
  ['COMPARE_GREATERTHAN', '>'],
  ['COMPARE_LESSTHANOREQUALTO', '<='],
  ['COMPARE_GREATERTHANOREQUALTO', '>='],
]);

function lowerSubquery(lowering: Lowering, fields: Fields, location: number | null): Expression {
  const form = fields.word('subquery_type', forms);
  const operand = lowering.optional(fields.take('child'));
  const operator = fields.word('comparison_type', comparisons);
  const query = lowering.statement(fields.take('subquery'));
  const isComparison = operand !== null && operator !== null;
  if (isComparison !== (form === 'any'))
    throw new Unreadable(`a subquery of form ${form} with half a comparison`);
  return {
    kind: 'subquery',
    form,
    operand,
    operator,
    query,
    span: around(lowering, location, [operand, query]),
  };
}

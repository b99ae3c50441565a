import type { Expression, Operation } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { operatorSpan } from './expression-spans.ts';

/** What DuckDB calls an operator that is no function. */
export interface OperatorNode {
  readonly kind: string;
  readonly type: string;
  readonly location: number | null;
}

const operators = new Map([
  ['CONJUNCTION CONJUNCTION_AND', 'and'],
  ['CONJUNCTION CONJUNCTION_OR', 'or'],
  ['COMPARISON COMPARE_EQUAL', '='],
  ['COMPARISON COMPARE_NOTEQUAL', '<>'],
  ['COMPARISON COMPARE_LESSTHAN', '<'],
  ['COMPARISON COMPARE_GREATERTHAN', '>'],
  ['COMPARISON COMPARE_LESSTHANOREQUALTO', '<='],
  ['COMPARISON COMPARE_GREATERTHANOREQUALTO', '>='],
  ['COMPARISON COMPARE_DISTINCT_FROM', 'is distinct from'],
  ['COMPARISON COMPARE_NOT_DISTINCT_FROM', 'is not distinct from'],
  ['BETWEEN COMPARE_BETWEEN', 'between'],
  ['OPERATOR COMPARE_IN', 'in'],
  ['OPERATOR COMPARE_NOT_IN', 'not in'],
  ['OPERATOR OPERATOR_NOT', 'not'],
  ['OPERATOR OPERATOR_IS_NULL', 'is null'],
  ['OPERATOR OPERATOR_IS_NOT_NULL', 'is not null'],
  ['OPERATOR OPERATOR_COALESCE', 'coalesce'],
  ['OPERATOR OPERATOR_TRY', 'try'],
  ['OPERATOR GROUPING_FUNCTION', 'grouping'],
  ['OPERATOR ARRAY_CONSTRUCTOR', 'array'],
  ['OPERATOR ARRAY_EXTRACT', '[]'],
  ['OPERATOR ARRAY_SLICE', '[:]'],
  ['OPERATOR STRUCT_EXTRACT', '.'],
  ['OPERATOR OPERATOR_UNPACK', 'unpack'],
]);

/** Comparisons, AND and OR, and what DuckDB lists as operators. @throws {Unreadable} At an unknown one. */
export function lowerOperator(
  lowering: Lowering,
  { kind, type, location }: OperatorNode,
  fields: Fields,
): Expression {
  if (kind === 'COLLATE') return collate(lowering, location, fields);
  const operator = operators.get(`${kind} ${type}`);
  if (operator === undefined) throw new Unreadable(`an expression of class ${kind}, ${type}`);
  const operands = lowering.expressions(operandsOf(kind, fields));
  const [first] = operands;
  if (operator === 'unpack' && operands.length === 1 && first?.kind === 'star' && first.columns) {
    return { ...first, unpacked: true };
  }
  const parts =
    operator === 'and' || operator === 'or'
      ? operands.flatMap((part) =>
          part.kind === 'operation' && part.operator === operator ? part.operands : [part],
        )
      : operands;
  const spans = operands.map(({ span }) => span);
  return {
    kind: 'operation',
    operator,
    operands: parts,
    span: operatorSpan(lowering.spans, operator, location, spans),
  };
}

function operandsOf(kind: string, fields: Fields): readonly Json[] {
  if (kind === 'COMPARISON') return [fields.take('left'), fields.take('right')];
  if (kind === 'BETWEEN') return [fields.take('input'), fields.take('lower'), fields.take('upper')];
  return fields.list('children');
}

function collate(lowering: Lowering, location: number | null, fields: Fields): Operation {
  const operand = lowering.expression(fields.take('child'));
  const value = fields.text('collation');
  const span = operatorSpan(lowering.spans, 'collate', location, [operand.span]);
  return {
    kind: 'operation',
    operator: 'collate',
    operands: [operand, { kind: 'literal', type: 'VARCHAR', value, span: null }],
    span,
  };
}

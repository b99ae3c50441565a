import type { Expression, Literal, Span } from '../tree.ts';
import { astNode, astType } from './ast.ts';
import { expect, sees, spanFrom } from './cursor.ts';
import type { Reader } from './cursor.ts';
import { readNumber, readString } from './literal.ts';
import { plainCall } from './plain-nodes.ts';
import { refuse } from './refusal.ts';

/** Each unit with the function DuckDB makes of it, and the whole number that function takes; null: a fraction. */
const units: ReadonlyMap<string, readonly [string, 'INTEGER' | 'BIGINT' | null]> = new Map(
  (
    [
      ['year', 'INTEGER'],
      ['quarter', 'INTEGER'],
      ['month', 'INTEGER'],
      ['week', 'INTEGER'],
      ['day', 'INTEGER'],
      ['hour', 'BIGINT'],
      ['minute', 'BIGINT'],
      ['second', null],
    ] as const
  ).flatMap(([unit, whole]) => [unit, `${unit}s`].map((word) => [word, [`to_${unit}s`, whole]])),
);

/** `INTERVAL '1 day'` is a cast; with a unit it is the call DuckDB makes of it: `to_days(1)`. */
export function readInterval(reader: Reader, ast: unknown): Expression {
  const { expr, unit: written } = astNode(ast, 'type', 'expr', 'unit', 'parentheses');
  const start = reader.at;
  expect(reader, 'interval');
  const count = readCount(reader, expr);
  const unit = String(written).toLowerCase();
  if (unit === '') {
    if (count.kind !== 'literal' || count.type !== 'VARCHAR')
      refuse('an interval without a unit is not understood');
    return { kind: 'cast', type: 'INTERVAL', isTry: false, operand: count, span: spanFrom(reader, start) };
  }
  expect(reader, unit);
  const [name, whole] = units.get(unit) ?? refuse(`an interval in ${unit} is not understood`);
  const span = spanFrom(reader, start);
  return plainCall(name, [amount(count, whole, span)], span);
}

function readCount(reader: Reader, ast: unknown): Expression {
  const type = astType(ast);
  if (sees(reader, '(')) {
    expect(reader, '(');
    const count = reader.expression({ ...(ast as object), parentheses: undefined });
    expect(reader, ')');
    return count;
  }
  if (type === 'number') return readNumber(reader, astNode(ast, 'type', 'value')['value']);
  if (type !== 'single_quote_string') return refuse(`an interval of ${type} is not understood`);
  astNode(ast, 'type', 'value');
  const literal: Literal = { kind: 'literal', type: 'VARCHAR', ...readString(reader) };
  return literal;
}

function amount(count: Expression, whole: 'INTEGER' | 'BIGINT' | null, span: Span): Expression {
  const cast = (type: string, operand: Expression): Expression => ({
    kind: 'cast',
    type,
    isTry: false,
    operand,
    span,
  });
  const double = cast('DOUBLE', count);
  return whole === null ? double : cast(whole, plainCall('trunc', [double], span));
}

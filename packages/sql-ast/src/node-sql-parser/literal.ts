import type { Token } from '../lexer.ts';
import { stringOf } from '../token-word.ts';
import type { Literal, Span } from '../tree.ts';
import type { Cursor } from './cursor.ts';
import { refuse } from './refusal.ts';

/** Reads a number from the text, which is exact; the tree has it as a floating one. */
export function readNumber(cursor: Cursor, expected: unknown): Literal {
  const token = cursor.tokens[cursor.at];
  if (token?.kind !== 'number' || Math.abs(Number(expected)) !== Number(token.text)) {
    return refuse(`the tree says ${String(expected)} where the text says ${String(token?.text)}`);
  }
  cursor.at += 1;
  return numberLiteral(token);
}

/** Reads a string without escapes. */
export function readString(cursor: Cursor): { readonly value: string; readonly span: Span } {
  const token = cursor.tokens[cursor.at];
  const value = stringOf(token);
  if (
    token === undefined ||
    value === undefined ||
    token.continues ||
    cursor.tokens[cursor.at + 1]?.continues
  ) {
    return refuse(`the string ${String(token?.text)} is not understood`);
  }
  cursor.at += 1;
  return { value, span: { start: token.start, end: token.end } };
}

/** The negative of a number, as DuckDB reads `-5`: one literal. */
export const negated = (literal: Literal, span: Span): Literal => ({
  ...literal,
  span,
  value: /[1-9]/.test(literal.value) ? `-${literal.value}`.replace('--', '') : literal.value,
});

/** The type is the one DuckDB gives: by size for whole numbers, by digits for decimal ones. */
function numberLiteral({ text, start, end }: Token): Literal {
  const literal = (type: string, value: string): Literal => ({
    kind: 'literal',
    type,
    value,
    span: { start, end },
  });
  const parts = /^(\d*)(?:\.(\d+))?$/.exec(text) ?? refuse(`the number ${text} is not understood`);
  const whole = parts[1]!;
  const fraction = parts[2];
  if (fraction === undefined) {
    const value = BigInt(whole);
    if (value > 9223372036854775807n) refuse(`the number ${text} is too large`);
    return literal(value > 2147483647n ? 'BIGINT' : 'INTEGER', String(value));
  }
  const width = whole.length + fraction.length;
  if (width > 38) refuse(`the number ${text} has too many digits`);
  return literal(`DECIMAL(${width},${fraction.length})`, `${BigInt(whole)}.${fraction}`);
}

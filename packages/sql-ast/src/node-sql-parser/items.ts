import type { Expression } from '../tree.ts';

/**
 * An expression as it stands in the text: operands with operators between and around. How they nest is
 * decided by `nest` alone, since node-sql-parser takes `a AND b OR c` for `a AND (b OR c)`. `start` and `end`
 * are indices of tokens.
 */
export type Item = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'operand'; readonly expression: Expression }
  | { readonly kind: 'prefix'; readonly operator: 'not' | '-' | '+' }
  | { readonly kind: 'infix'; readonly operator: string }
  /** `IS NULL`, `IN (…)`, `::int`: what makes of the operand before it another one. */
  | { readonly kind: 'postfix'; readonly level: number; readonly apply: (operand: Expression) => Expression }
  /** Two operands follow, with `between-and` between them. */
  | { readonly kind: 'between'; readonly isNot: boolean }
  | { readonly kind: 'between-and' }
);

/** How tightly what is no infix operator holds its operand; of these DuckDB and PostgreSQL agree. */
export const LEVEL = { not: 3, is: 4, like: 6, sign: 12, cast: 13 } as const;

/** Each infix operator's level. Those of level 5 and 6 do not chain; the others join from the left. */
const infixLevels: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '=': 5,
  '<>': 5,
  '<': 5,
  '>': 5,
  '<=': 5,
  '>=': 5,
  '~~': LEVEL.like,
  '!~~': LEVEL.like,
  '~~*': LEVEL.like,
  '!~~*': LEVEL.like,
  '||': 7,
  '+': 8,
  '-': 8,
  '*': 9,
  '/': 9,
  '%': 9,
};

export const infixLevel = (operator: string): number => infixLevels[operator]!;

import type { JoinRelation } from '../tree.ts';
import { accept, expect } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { refuse } from './refusal.ts';

export type JoinWords = Pick<JoinRelation, 'type' | 'asof' | 'natural'>;

/** What the tree calls each side; of a join that it does not know it sees the last words only. */
const sides: Readonly<Record<string, JoinRelation['type']>> = {
  'INNER JOIN': 'inner',
  'LEFT JOIN': 'left',
  'RIGHT JOIN': 'right',
  'FULL JOIN': 'full',
  'CROSS JOIN': 'cross',
};

/** Reads the words before the right side of a join. @param expected What the tree says of them. */
export function readJoinWords(cursor: Cursor, expected: unknown): JoinWords {
  const own = cursor.dialect === 'duckdb' ? (['semi', 'anti', 'positional'] as const) : [];
  const natural = accept(cursor, 'natural');
  const asof = cursor.dialect === 'duckdb' && !natural && accept(cursor, 'asof');
  const first = (['cross', 'inner', 'left', 'right', 'full', ...own] as const).find((word) =>
    accept(cursor, word),
  );
  const type = first ?? 'inner';
  if (type === 'left' || type === 'right' || type === 'full') accept(cursor, 'outer');
  expect(cursor, 'join');
  const side = sides[String(expected)];
  // Before JOIN alone the tree takes the words for an alias, and what is left for an inner join.
  const isLost = side === 'inner' && ['cross', 'semi', 'anti', 'positional'].includes(type);
  if (side !== type && !isLost)
    refuse(`the tree says ${String(expected)} where the text says ${type.toUpperCase()}`);
  if ((natural || asof) && type === 'cross') refuse('a cross join of another kind is not understood');
  return { type, asof, natural };
}

import { asToken } from './token-tree.ts';
import type { Part } from './token-tree.ts';
import { isWord } from './token-word.ts';

export const isSetOperation = (part: Part | undefined): boolean =>
  isWord(asToken(part), 'union', 'intersect', 'except');

/** Whether what stands in round brackets is a query rather than an expression. */
export const isQuery = (parts: readonly Part[]): boolean =>
  isWord(asToken(parts[0]), 'select', 'from', 'with', 'values') || parts.some(isSetOperation);

import { isQuery } from './is-query.ts';
import type { Part } from './token-tree.ts';
import { asParentheses, asToken } from './token-tree.ts';
import { isWord } from './token-word.ts';

/**
 * The conditions that all must hold for a condition to hold, brackets around one opened unless they hold a query. Empty when
 * something at the top binds weaker than AND or holds an AND of its own: OR, CASE, lambdas, arrows (`->`
 * reaches over an AND to its right), named arguments. Both sides of a BETWEEN stay together.
 */
export function conjuncts(condition: readonly Part[]): readonly (readonly Part[])[] {
  if (condition.some(isWeak)) return [];
  const found: Part[][] = [[]];
  let betweens = 0;
  for (const part of condition) {
    const token = asToken(part);
    if (isWord(token, 'between')) betweens += 1;
    if (!isWord(token, 'and')) found.at(-1)!.push(part);
    else if (betweens > 0) {
      betweens -= 1;
      found.at(-1)!.push(part);
    } else found.push([]);
  }
  return found.flatMap((parts) => {
    const group = parts.length === 1 ? asParentheses(parts[0]) : undefined;
    return group && !isQuery(group.parts) ? conjuncts(group.parts) : [parts];
  });
}

function isWeak(part: Part): boolean {
  const token = asToken(part);
  return (
    isWord(token, 'or', 'case', 'when', 'then', 'else', 'end', 'lambda') ||
    ['->', '->>', '=>', ':=', ':', ','].includes(token?.text ?? '')
  );
}

import type { Token } from './lexer.ts';

/** What stands between two brackets that belong together. */
export interface Group {
  readonly kind: 'group';
  readonly bracket: '(' | '[' | '{';
  readonly parts: readonly Part[];
}

export type Part = Token | Group;

const closing = { '(': ')', '[': ']', '{': '}' } as const;

/** Far more than people write, far less than the stack bears. */
const deepest = 200;

/**
 * Nests tokens by their brackets.
 *
 * @param tokens Without comments.
 * @returns Undefined when brackets do not match or nest deeper than 200.
 */
export function tokenTree(tokens: readonly Token[]): readonly Part[] | undefined {
  const levels: { bracket: Group['bracket'] | undefined; parts: Part[] }[] = [
    { bracket: undefined, parts: [] },
  ];
  for (const token of tokens) {
    const level = levels.at(-1)!;
    if (token.text === '(' || token.text === '[' || token.text === '{') {
      if (levels.length > deepest) return undefined;
      levels.push({ bracket: token.text, parts: [] });
    } else if (')]}'.includes(token.text)) {
      if (level.bracket === undefined || closing[level.bracket] !== token.text) return undefined;
      levels.pop();
      levels.at(-1)!.parts.push({ kind: 'group', bracket: level.bracket, parts: level.parts });
    } else level.parts.push(token);
  }
  return levels.length === 1 ? levels[0]!.parts : undefined;
}

/** The part when it is a group in round brackets. */
export const asParentheses = (part: Part | undefined): Group | undefined =>
  part?.kind === 'group' && part.bracket === '(' ? part : undefined;

/** The part when it is a token. */
export const asToken = (part: Part | undefined): Token | undefined =>
  part?.kind === 'group' ? undefined : part;

import type { NodeStretch } from '@seeknal/sdk';

import { rangeJson, rangeText } from './ranges.ts';
import type { Style } from './style.ts';

/** What was said about stretches of nodes: a line each. */
export function stretchLines(
  what: string,
  stretches: readonly NodeStretch[],
  { color, mark }: Style,
): readonly string[] {
  if (stretches.length === 0) return [`Nothing to be ${what}.`];
  return stretches.map(
    ({ node, range }) => `${color.green(mark.ok)} ${what} ${`${node} ${rangeText(range)}`.trimEnd()}`,
  );
}

export const stretchesJson = (stretches: readonly NodeStretch[]): readonly object[] =>
  stretches.map(({ node, range }) => ({ node, range: rangeJson(range) }));

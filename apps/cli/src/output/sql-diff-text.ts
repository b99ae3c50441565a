import type { SqlEdit } from '@seeknal/sql-diff';

import { lineDiff, type DiffLine } from './line-diff.ts';
import type { Colors } from './style.ts';

/** Unchanged lines shown around a changed one, where nobody says otherwise. */
const AROUND = 3;

const SIGNS = { INSERT: '+', DELETE: '-', UPDATE: '~', MOVE: '>' } as const;

/**
 * Two versions of a query for people: what was done, a sentence each; then their lines, with those that went
 * and those that came marked, and long unchanged stretches left out.
 */
export function sqlDiffLines(
  old: string,
  now: string,
  edits: readonly Pick<SqlEdit, 'kind' | 'sentence'>[],
  color: Colors,
  around: number = AROUND,
): readonly string[] {
  const paint = { '+': color.green, '-': color.red, '~': color.yellow, '>': color.cyan, ' ': color.dim };
  const sentences = edits.map(({ kind, sentence }) => paint[SIGNS[kind]](`${SIGNS[kind]} ${sentence}`));
  const lines = lineDiff(linesOf(old), linesOf(now));
  if (lines.every(({ sign }) => sign === ' ')) return sentences;
  const shown = near(lines, around).map((line) =>
    line === null ? color.dim('  …') : paint[line.sign](`${line.sign} ${line.text}`),
  );
  return [...sentences, ...(sentences.length > 0 ? [''] : []), ...shown];
}

const linesOf = (text: string): readonly string[] => text.trimEnd().split(/\r?\n/u);

/** The changed lines and those around them; null stands for a stretch that is left out. */
function near(lines: readonly DiffLine[], around: number): readonly (DiffLine | null)[] {
  const shown = new Set<number>();
  lines.forEach(({ sign }, at) => {
    if (sign === ' ') return;
    for (let each = at - around; each <= at + around; each += 1) shown.add(each);
  });
  return lines.flatMap((line, at) => {
    if (shown.has(at)) return [line];
    return at === 0 || shown.has(at - 1) ? [null] : [];
  });
}

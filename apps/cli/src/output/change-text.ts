import type { SqlChangeCategory, SqlClassification } from '@seeknal/sql-diff';

import { sqlDiffLines } from './sql-diff-text.ts';
import type { Style } from './style.ts';

/** What a change of a query does, and the change itself, for people. */
export function classificationLines(
  { category, reason, edits }: SqlClassification,
  old: string,
  now: string,
  { color }: Style,
): readonly string[] {
  // Of equal queries only the layout could differ.
  const body = category === 'EQUAL' ? [] : sqlDiffLines(old, now, edits, color);
  return [`${categoryText(category, color)}  ${reason}`, ...(body.length === 0 ? [] : ['', ...body])];
}

/** A category in its colour. */
export function categoryText(category: SqlChangeCategory, color: Style['color']): string {
  const paint = { EQUAL: color.dim, METADATA: color.dim, NON_BREAKING: color.green, BREAKING: color.red };
  return color.bold(paint[category](category));
}

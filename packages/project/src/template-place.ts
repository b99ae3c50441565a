import type { Place, SqlText } from '@seeknal/manifest';

import { problemAt, type Problem, type ProblemCode } from './problem.ts';
import { sourceText } from './source-text.ts';

/** Where an offset of a template stands in the author's file. O(offset). */
export function templatePlace({ template, place, indent, isGenerated }: SqlText, offset: number): Place {
  if (isGenerated === true) return place;
  const before = template.slice(0, Math.max(0, Math.min(offset, template.length)));
  const lastBreak = before.lastIndexOf('\n');
  if (lastBreak < 0) return { ...place, column: place.column + before.length };
  const lines = before.split('\n').length - 1;
  return { file: place.file, line: place.line + lines, column: indent + before.length - lastBreak };
}

/** A problem at an offset of a template; its frame shows the lines of the template alone. */
export function templateProblem(
  sql: SqlText,
  at: number,
  code: ProblemCode,
  message: string,
  hint?: string,
): Problem {
  const { template, place, indent } = sql;
  const above = '\n'.repeat(place.line - 1) + ' '.repeat(place.column - 1);
  const source = sourceText(place.file, above + template.replaceAll('\n', `\n${' '.repeat(indent)}`));
  return problemAt(source, templatePlace(sql, at), code, message, hint);
}

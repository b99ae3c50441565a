import type { Place } from '@seeknal/manifest';

/** The text of one file of the project, with the offsets at which its lines begin. */
export interface SourceText {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

const LINE_BREAK = /\r\n|\r|\n/g;
const LINES_AROUND = 2;
const WIDEST_LINE = 160;

/** Indexes a text by line. O(length). */
export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (const match of text.matchAll(LINE_BREAK)) lineStarts.push(match.index + match[0].length);
  return { file, text, lineStarts };
}

/** Line and column of an offset; an offset beyond the end is the end. */
export function placeAt({ file, text, lineStarts }: SourceText, offset: number): Place {
  const at = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: at - (lineStarts[low] as number) + 1 };
}

/**
 * The lines around a place with a caret under it, as compilers show it; empty when the file has no such
 * line. Very long lines are cut around the column.
 */
export function frameAt(source: SourceText, { line, column }: Place): string {
  if (source.text === '' || line > source.lineStarts.length) return '';
  const first = Math.max(1, line - LINES_AROUND);
  const last = Math.min(source.lineStarts.length, line + LINES_AROUND);
  const width = String(last).length;
  const cut = Math.max(0, column - WIDEST_LINE / 2);
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = lineOf(source, number)
      .slice(cut, cut + WIDEST_LINE)
      .replaceAll('\t', ' ');
    rows.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line) rows.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1 - cut))}^`);
  }
  return rows.join('\n');
}

function lineOf({ text, lineStarts }: SourceText, line: number): string {
  return text.slice(lineStarts[line - 1], lineStarts[line] ?? text.length).replace(/[\r\n]+$/, '');
}

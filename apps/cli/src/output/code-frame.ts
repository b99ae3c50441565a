import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { PlaceShape } from './coded-error.ts';
import { withoutSecrets } from './without-secrets.ts';

const LINES_AROUND = 2;
const WIDEST = 160;

/** The lines around a place of a file with a caret under it; null when the file cannot be read any more. */
export function codeFrame(folder: string, { file, line, column }: PlaceShape): string | null {
  let lines: readonly string[];
  try {
    lines = readFileSync(resolve(folder, file), 'utf8').split(/\r\n|\r|\n/u);
  } catch {
    return null;
  }
  if (line < 1 || line > lines.length) return null;
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const cut = Math.max(0, column - WIDEST / 2);
  const rows: string[] = [];
  for (let at = Math.max(1, line - LINES_AROUND); at <= last; at += 1) {
    const text = (lines[at - 1] ?? '').slice(cut, cut + WIDEST).replaceAll('\t', ' ');
    rows.push(`${at === line ? '>' : ' '} ${String(at).padStart(width)} | ${text}`.trimEnd());
    if (at === line) rows.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1 - cut))}^`);
  }
  return withoutSecrets(rows.join('\n'));
}

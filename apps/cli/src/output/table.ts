import CliTable from 'cli-table3';

import type { Style } from './style.ts';

export interface TableColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
  mid: '-',
  'mid-mid': '+',
  middle: '|',
} as const;

/** Rows under a head and a rule, columns as wide as their widest cell. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const { color } = style;
  const grid = new CliTable({
    head: columns.map(({ name }) => color.bold(oneLine(name))),
    chars: CHARS,
    colAligns: columns.map(({ isNumber }) => (isNumber === true ? 'right' : 'left')),
    style: { head: [], border: [] },
  });
  for (const row of rows) grid.push(row.map(oneLine));
  // The library rules off every row; one rule, under the head, reads better.
  const lines = grid.toString().split('\n');
  return lines
    .filter((line, i) => i < 2 || !/^[-+]+$/u.test(line))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A cell is one line, and nothing in it steers the terminal. */
const oneLine = (text: string): string =>
  text
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/\p{Cc}/gu, ' ');

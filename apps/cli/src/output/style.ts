import picocolors from 'picocolors';

import type { Output } from '../io.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** The signs in front of lines: as the Python tool has them, or plain words where those cannot be shown. */
export interface Marks {
  readonly ok: string;
  readonly failed: string;
  readonly warning: string;
  readonly info: string;
  readonly backfill: string;
  readonly hint: string;
  readonly arrow: string;
  /** An arrow to the left. */
  readonly from: string;
  readonly ellipsis: string;
  /** Of one day in a calendar. */
  readonly done: string;
  readonly missing: string;
  readonly partly: string;
}

const SIGNS: Marks = {
  ok: '✓',
  failed: '✗',
  warning: '⚠',
  info: 'ℹ',
  backfill: '↻',
  hint: '→',
  arrow: '→',
  from: '←',
  ellipsis: '…',
  done: '█',
  missing: '·',
  partly: '▒',
};
const WORDS: Marks = {
  ok: 'OK',
  failed: 'ERROR',
  warning: 'WARNING',
  info: 'INFO',
  backfill: '*',
  hint: '->',
  arrow: '->',
  from: '<-',
  ellipsis: '...',
  done: '#',
  missing: '.',
  partly: '+',
};

/** What stands in front of the lines of a tree; all of one width. */
export interface TreeSigns {
  readonly branch: string;
  readonly last: string;
  readonly pipe: string;
  readonly space: string;
}

const LINES: TreeSigns = { branch: '├─ ', last: '└─ ', pipe: '│  ', space: '   ' };
const STROKES: TreeSigns = { branch: '|- ', last: '`- ', pipe: '|  ', space: '   ' };

/** How text looks on one stream. */
export interface Style {
  readonly color: Colors;
  readonly mark: Marks;
  readonly tree: TreeSigns;
  readonly isTerminal: boolean;
  /** Characters a line; 80 where nobody says. */
  readonly width: number;
}

/**
 * The style of a stream: colours on a terminal that has them (`--no-color` and `NO_COLOR` win over
 * `FORCE_COLOR`), signs beyond ASCII on a terminal whose locale is UTF-8.
 */
export function styleOf(
  stream: Output,
  env: { readonly [name: string]: string | undefined },
  noColor: boolean,
): Style {
  const isTerminal = stream.isTTY === true;
  return {
    color: picocolors.createColors(hasColors(isTerminal, env, noColor)),
    mark: isTerminal && isUtf8(env) ? SIGNS : WORDS,
    tree: isTerminal && isUtf8(env) ? LINES : STROKES,
    isTerminal,
    width: stream.columns === undefined || stream.columns === 0 ? 80 : stream.columns,
  };
}

function hasColors(
  isTerminal: boolean,
  env: { readonly [name: string]: string | undefined },
  noColor: boolean,
): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

function isUtf8(env: { readonly [name: string]: string | undefined }): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  // A Windows terminal names no locale and shows these signs all the same.
  return locale === undefined ? env['OS'] === 'Windows_NT' : /utf-?8/iu.test(locale);
}

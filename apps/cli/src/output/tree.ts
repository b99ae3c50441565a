import type { Style } from './style.ts';

/** A line of a tree: a label, texts beside it, branches below it. */
export interface Branch {
  readonly label: string;
  /** Stands between the label and the texts. */
  readonly arrow?: string;
  readonly text?: readonly string[];
  readonly branches?: readonly Branch[];
}

/**
 * A tree without its root. The texts of one level begin below each other; on a terminal, texts that do not fit
 * go on in the next line.
 */
export function treeLines(branches: readonly Branch[], style: Style, indent = ''): readonly string[] {
  const { color, tree } = style;
  const hasText = branches.some(({ text }) => text !== undefined && text.length > 0);
  const width = hasText ? Math.min(WIDEST, Math.max(...branches.map(({ label }) => widthOf(label)))) : 0;
  return branches.flatMap(({ label, arrow, text = [], branches: below = [] }, at) => {
    const isLast = at === branches.length - 1;
    const inner = `${indent}${color.dim(isLast ? tree.space : tree.pipe)}`;
    const head = `${indent}${color.dim(isLast ? tree.last : tree.branch)}${label}`;
    const lead = `${' '.repeat(Math.max(0, width - widthOf(label)))} ${arrow === undefined ? ' ' : `${arrow} `}`;
    const start = widthOf(head) + widthOf(lead);
    const [first, ...rest] = wrapped(text, style.isTerminal ? style.width - start : Infinity);
    const margin = `${inner}${' '.repeat(Math.max(0, start - widthOf(inner)))}`;
    return [
      first === undefined ? head : `${head}${lead}${first}`,
      ...rest.map((line) => `${margin}${line}`),
      ...treeLines(below, style, inner),
    ];
  });
}

/** Labels longer than this push only their own texts to the right. */
const WIDEST = 32;

/** Characters as they show: colours take no room. */
// oxlint-disable-next-line no-control-regex -- the escape character begins a colour
const widthOf = (text: string): number => [...text.replaceAll(/\u001b\[[0-9;]*m/gu, '')].length;

function wrapped(texts: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  texts.forEach((text, at) => {
    const item = at === texts.length - 1 ? text : `${text},`;
    if (line !== '' && widthOf(line) + 1 + widthOf(item) > room) {
      lines.push(line);
      line = item;
    } else line = line === '' ? item : `${line} ${item}`;
  });
  return line === '' ? lines : [...lines, line];
}

import { codeFrame } from './code-frame.ts';
import { codedError, type PlaceShape, type ProblemShape } from './coded-error.ts';
import { count } from './numbers.ts';
import type { Style } from './style.ts';

export interface ErrorTextOptions {
  /** Whether stacks and codes are shown for errors made on purpose, too. */
  readonly isVerbose: boolean;
  /** The project, to show lines of its files. */
  readonly folder: string;
  /** What the error is about, to stand before its message: a task. */
  readonly subject?: string;
}

const ISSUES = 'https://github.com/seeknal/seeknal/issues';
/** More than this many problems are counted, not shown. */
const MOST = 20;

/** What went wrong, where, and what to do next: the lines that people read. */
export function errorText(thrown: unknown, style: Style, options: ErrorTextOptions): string {
  const { isVerbose, folder, subject } = options;
  const { color, mark } = style;
  const { code, message, hint, place, problems, stack } = codedError(thrown);
  if (code === null) {
    const lines = [`${color.red(mark.failed)} This is a bug in seeknal: ${message}`];
    if (stack !== undefined) lines.push(color.dim(stack));
    return [...lines, `Please report it with the lines above: ${ISSUES}`].join('\n');
  }
  const lines: string[] = [];
  if (problems.length > 0) {
    lines.push(`${color.red(mark.failed)} ${count(problems.length, 'problem')} in the project`);
    for (const problem of problems.slice(0, MOST)) lines.push('', problemText(problem, style));
    if (problems.length > MOST) lines.push('', `and ${count(problems.length - MOST, 'more problem')}`);
  } else {
    const about = subject === undefined ? '' : `${color.bold(subject)}: `;
    lines.push(`${color.red(mark.failed)} ${about}${withoutPlace(message, place)}`);
    if (place !== undefined) lines.push(...placeLines(place, codeFrame(folder, place), style));
    if (hint !== undefined) lines.push(hintLine(hint, style));
  }
  if (isVerbose) lines.push(color.dim(`  ${code}`), ...(stack === undefined ? [] : [color.dim(stack)]));
  return lines.join('\n');
}

/** One problem of a file: place, message, the lines themselves, what to do. */
export function problemText({ message, hint, place, frame }: ProblemShape, style: Style): string {
  const { color } = style;
  const lines = [`${color.bold(showPlace(place))} ${message}`];
  if (frame !== '') lines.push(...frame.split('\n').map((line) => framed(line, style)));
  if (hint !== undefined) lines.push(hintLine(hint, style));
  return lines.join('\n');
}

/** A warning in one line, its hint included. */
export const warningLine = ({ message, hint, place }: ProblemShape, { color, mark }: Style): string =>
  `${color.yellow(mark.warning)} ${showPlace(place)} ${message}${hint === undefined ? '' : ` ${color.dim(hint)}`}`;

const showPlace = ({ file, line, column }: PlaceShape): string => `${file}:${line}:${column}`;

const hintLine = (hint: string, { color, mark }: Style): string => `  ${color.cyan(mark.hint)} ${hint}`;

function placeLines(place: PlaceShape, frame: string | null, style: Style): readonly string[] {
  const at = `  at ${style.color.bold(showPlace(place))}`;
  return frame === null ? [at] : [at, ...frame.split('\n').map((line) => framed(line, style))];
}

const framed = (line: string, { color }: Style): string => {
  if (line.startsWith('>')) return `  ${color.bold(line)}`;
  return `  ${/^\s*\|\s*\^$/u.test(line) ? color.red(line) : color.dim(line)}`;
};

/** A message that begins with the place says it once. */
function withoutPlace(message: string, place: PlaceShape | undefined): string {
  const prefix = place === undefined ? '' : `${showPlace(place)}: `;
  return prefix !== '' && message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

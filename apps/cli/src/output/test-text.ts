import type { TestReport, TestResult } from '@seeknal/sdk';

import { codedError } from './coded-error.ts';
import { cellText } from './csv.ts';
import { errorText } from './error-text.ts';
import { count, duration } from './numbers.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** Rows of a difference beyond these are counted. */
const MOST_ROWS = 20;

/** How one test ended: a line, and under it what differs. */
export function testText(result: TestResult, style: Style, isVerbose: boolean, folder: string): string {
  const { color, mark } = style;
  const { name, node, status, place } = result;
  if (status === 'passed')
    return `${color.green(mark.ok)} ${name} ${color.dim(`${node} ${duration(result.durationMs)}`)}`;
  const at = color.dim(`${node} ${place.file}:${place.line}:${place.column}`);
  const head = `${color.red(mark.failed)} ${color.bold(name)} ${at}`;
  if (result.difference === null) {
    const text = errorText(result.error, style, { isVerbose, folder });
    return [head, indented(text)].join('\n');
  }
  return [head, indented(differenceText(result.difference, style))].join('\n');
}

function differenceText(
  {
    absent,
    found,
    columns,
    missing,
    unexpected,
    expectedRows,
    foundRows,
  }: NonNullable<TestResult['difference']>,
  style: Style,
): string {
  const { color } = style;
  if (absent.length > 0)
    return `There is no column ${absent.join(', ')}: the columns are ${found.join(', ')}.`;
  const counts = `${count(expectedRows, 'row')} expected, ${foundRows} found: ${missing.length} missing, ${unexpected.length} not expected`;
  const lines = [
    ...missing.map((row) => ({ sign: '-', row })),
    ...unexpected.map((row) => ({ sign: '+', row })),
  ].toSorted((a, b) => (keyOf(a.row) < keyOf(b.row) ? -1 : keyOf(a.row) > keyOf(b.row) ? 1 : 0));
  const shown = lines.slice(0, MOST_ROWS);
  const rows = shown.map(({ sign, row }) => [
    sign === '-' ? color.red(sign) : color.green(sign),
    ...row.map(cellText),
  ]);
  const heads = [{ name: '' }, ...columns.map(({ name }) => ({ name }))];
  const rest = lines.length - shown.length;
  return [
    counts,
    table(heads, rows, style),
    ...(rest > 0 ? [`and ${count(rest, 'more row')}`] : []),
    color.dim('- expected and not found   + found and not expected'),
  ].join('\n');
}

/** Rows that are nearly the same stand together. */
const keyOf = (row: readonly unknown[]): string => row.map(cellText).join('\u0000');

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');

/** `3 tests: 2 passed, 1 failed`. */
export function testSummary({ tests, left, durationMs }: TestReport): string {
  const of = (status: TestResult['status']): number => tests.filter((each) => each.status === status).length;
  const failed = of('failed') + of('error');
  const parts = [`${of('passed')} passed`, ...(failed > 0 ? [`${failed} failed`] : [])];
  const others = left > 0 ? `, ${left} not run` : '';
  return `${count(tests.length, 'test')}: ${parts.join(', ')}${others} in ${duration(durationMs)}`;
}

/** A test's outcome as a program reads it. */
export function testJson({ name, node, place, status, difference, error, durationMs }: TestResult): object {
  const { code, message, hint, place: at } = codedError(error ?? {});
  return {
    name,
    node,
    place,
    status,
    durationMs: Math.round(durationMs),
    difference,
    error: error === null ? null : { code, message, hint: hint ?? null, place: at ?? null },
  };
}

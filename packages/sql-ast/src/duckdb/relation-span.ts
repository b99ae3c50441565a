import { foldCase } from '../keywords.ts';
import { nameOf, stringOf } from '../token-word.ts';
import type { Sample, Span } from '../tree.ts';
import type { SpanTable } from './span-table.ts';

/** What is known of a relation before its span is. */
export interface RelationHints {
  readonly location: number | null;
  readonly alias: string | null;
  readonly columns: readonly string[];
  readonly sample: Sample | null;
  readonly parts: readonly (Span | null)[];
  /** Of a table. */
  readonly name?: readonly string[];
  /** Of a join. */
  readonly using?: readonly string[];
}

/** A relation with its brackets, alias, column names and sample. */
export function relationSpan(spans: SpanTable, hints: RelationHints): Span | null {
  const { location, parts, name, using = [], alias } = hints;
  const whole =
    name === undefined ? spans.around(location, ...parts) : nameSpan(spans, location, name.length);
  if (whole === null) return null;
  let first = spans.indexFrom(whole.start);
  let last = spans.indexFrom(whole.end) - 1;
  if (using.length > 0 && spans.word(last + 1, 'using')) last = spans.across(last + 2);
  if (name === undefined && using.length === 0) [first, last] = unwrapped(spans, first, last);
  if (spans.word(first - 1, 'values', 'lateral')) first -= 1;
  if (spans.word(last + 1, 'with') && spans.word(last + 2, 'ordinality')) last += 2;
  if (alias !== null) {
    if (spans.text(first - 1) === ':' && names(spans, first - 2, alias)) first -= 2;
    else last = afterAlias(spans, last, alias);
  }
  if (spans.word(last + 1, 'at') && spans.text(last + 2) === '(') last = spans.across(last + 2);
  if (hints.sample !== null) last = afterSample(spans, last);
  return spans.between(first, last);
}

function nameSpan(spans: SpanTable, location: number | null, parts: number): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return null;
  let last = at;
  for (let part = 1; part < parts && spans.text(last + 1) === '.'; part += 1) last += 2;
  return spans.between(at, last);
}

/** With the brackets around. */
function unwrapped(spans: SpanTable, first: number, last: number): readonly [number, number] {
  let depth = 0;
  while (spans.text(first - depth - 1) === '(' && spans.partner(first - depth - 1) === last + depth + 1) {
    depth += 1;
  }
  return [first - depth, last + depth] as const;
}

const names = (spans: SpanTable, at: number, alias: string): boolean => {
  const token = spans.tokens[at];
  const name = nameOf(token) ?? stringOf(token);
  return name !== undefined && foldCase(name) === foldCase(alias);
};

function afterAlias(spans: SpanTable, last: number, alias: string): number {
  const at = spans.word(last + 1, 'as') ? last + 2 : last + 1;
  if (!names(spans, at, alias)) return last;
  return spans.text(at + 1) === '(' ? spans.across(at + 1) : at;
}

/** `TABLESAMPLE …`: up to its closing bracket, or its unit, and REPEATABLE. */
function afterSample(spans: SpanTable, last: number): number {
  if (!spans.word(last + 1, 'tablesample')) return last;
  let end = last + 2;
  while (
    spans.text(end + 1) === '(' ||
    spans.text(end + 1) === '%' ||
    spans.word(end + 1, 'percent', 'rows', 'repeatable')
  ) {
    end = spans.across(end + 1);
  }
  return end;
}

/** From the word PIVOT or UNPIVOT to its closing bracket; where it begins a statement, to the end of that. */
export function pivotSpan(spans: SpanTable, location: number | null): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return null;
  const next = spans.word(at + 1, 'include', 'exclude') ? at + 3 : at + 1;
  const close = spans.text(next) === '(' ? spans.partner(next) : undefined;
  const isStatement = close === undefined || at === 0 || spans.text(at - 1) === '(';
  if (!isStatement) return spans.between(at, close);
  let last = at;
  while (last + 1 < spans.tokens.length && spans.text(last + 1) !== ')' && spans.text(last + 1) !== ';') {
    last = spans.across(last + 1);
  }
  return spans.between(at, last);
}

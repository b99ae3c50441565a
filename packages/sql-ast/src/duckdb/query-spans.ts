import { foldCase, isReserved } from '../keywords.ts';
import { nameOf } from '../token-word.ts';
import type { Located, Query, Span } from '../tree.ts';
import type { Aliased } from './lowering.ts';
import type { SpanTable } from './span-table.ts';

type Part = Located | null | undefined;

/** What a query consists of; every field is optional, since queries differ. */
export interface QueryBody {
  readonly ctes: readonly Located[];
  readonly items?: readonly Located[];
  readonly from?: Part;
  readonly where?: Part;
  readonly groupBy?: Part;
  readonly having?: Part;
  readonly qualify?: Part;
  readonly distinct?: Part;
  readonly branches?: readonly Located[];
  readonly orderBy: readonly Located[];
  readonly limit: Part;
  readonly offset: Part;
}

/** From its first word to its last, brackets around it left out. */
export function querySpan(spans: SpanTable, body: QueryBody): Span | null {
  const { ctes, items = [], branches = [], orderBy, limit, offset } = body;
  const single = [
    body.from,
    body.where,
    body.groupBy,
    body.having,
    body.qualify,
    body.distinct,
    limit,
    offset,
  ];
  const parts = [...ctes, ...items, ...branches, ...orderBy, ...single];
  const whole = spans.hull(...parts.map((part) => part?.span));
  if (whole === null) return null;
  let first = spans.indexFrom(whole.start);
  while (spans.word(first - 1, 'distinct', 'all') && !isSetOperation(spans, first - 2)) first -= 1;
  if (spans.word(first - 1, 'select', 'from', 'values', 'table') && branches.length === 0) first -= 1;
  if (ctes.length > 0) {
    if (spans.word(first - 1, 'recursive')) first -= 1;
    if (spans.word(first - 1, 'with')) first -= 1;
  }
  // What DuckDB makes up, around a join in brackets or ARRAY (SELECT …), ends with what it holds.
  if (branches.length === 0 && !spans.word(first, ...queryStarts)) return spans.hull(whole);
  return spans.between(first, queryEnd(spans, spans.indexFrom(whole.end), body));
}

const queryStarts = 'select from values table with pivot unpivot pivot_wider pivot_longer'.split(' ');

const isSetOperation = (spans: SpanTable, at: number): boolean =>
  spans.word(at, 'union', 'intersect', 'except');

/** The last token before what can no longer belong to the query. */
function queryEnd(spans: SpanTable, from: number, { orderBy, limit, offset }: QueryBody): number {
  let at = from;
  for (; at < spans.tokens.length; at += 1) {
    const text = spans.text(at)!;
    if (text === '(' || text === '[' || text === '{') at = spans.across(at);
    else if (text === ')' || text === ';' || isSetOperation(spans, at)) break;
    else if (orderBy.length === 0 && spans.word(at, 'order')) break;
    else if (limit == null && offset == null && spans.word(at, 'limit', 'offset', 'fetch')) break;
  }
  return at - 1;
}

const itemEnds =
  'from where group having window qualify order limit offset union except intersect using fetch'.split(' ');

/** The spans of the items of a SELECT list, aliases included; null for each that was not written. */
export function selectItemSpans(spans: SpanTable, items: readonly Aliased[]): readonly (Span | null)[] {
  const plain = items.map(({ expression }) => expression.span);
  const located = plain.find((span) => span !== null);
  if (located == null) return plain;
  const select = selectBefore(spans, spans.indexFrom(located.start));
  if (select === undefined) return plain;
  const written = splitItems(spans, select + 1);
  return written.length === items.length ? written : plain;
}

/** The SELECT that an item belongs to. */
function selectBefore(spans: SpanTable, item: number): number | undefined {
  for (let at = item - 1; at >= 0; at -= 1) {
    const text = spans.text(at)!;
    if (text === ')' || text === ']' || text === '}') at = spans.across(at);
    else if (text === '(' || text === '[' || text === '{') return undefined;
    else if (spans.word(at, 'select') && spans.text(at - 1) !== '.') return at;
  }
  return undefined;
}

function splitItems(spans: SpanTable, start: number): readonly Span[] {
  let first = start;
  while (spans.word(first, 'all', 'distinct')) {
    first += 1;
    if (spans.word(first, 'on') && spans.text(first + 1) === '(') first = spans.across(first + 1) + 1;
  }
  const found: Span[] = [];
  let at = first;
  for (; at < spans.tokens.length; at += 1) {
    const text = spans.text(at)!;
    if (text === '(' || text === '[' || text === '{') at = spans.across(at);
    else if (text === ')' || text === ';' || isItemEnd(spans, at)) break;
    else if (text === ',') {
      if (at > first) found.push(spans.between(first, at - 1));
      first = at + 1;
    }
  }
  if (at > first) found.push(spans.between(first, at - 1));
  return found;
}

function isItemEnd(spans: SpanTable, at: number): boolean {
  if (!spans.word(at, ...itemEnds) || !isReserved(spans.text(at)!)) return false;
  // A name after a dot or AS; the FROM of IS DISTINCT FROM.
  if (spans.text(at - 1) === '.' || spans.word(at - 1, 'as')) return false;
  return !(spans.word(at - 1, 'distinct') && spans.word(at - 2, 'is', 'not'));
}

/** The hull of spans and of the keyword before them. */
export function keywordSpan(spans: SpanTable, keyword: string, parts: readonly (Span | null)[]): Span | null {
  const whole = spans.hull(...parts);
  if (whole === null) return null;
  let first = spans.indexFrom(whole.start) - 1;
  while (spans.text(first) === '(' || spans.word(first, 'on', 'by', 'rollup', 'cube', 'grouping', 'sets'))
    first -= 1;
  const last = spans.indexFrom(whole.end);
  const unit = spans.text(last) === '%' || spans.word(last, 'percent') ? spans.between(last, last) : null;
  return spans.hull(whole, unit, spans.word(first, keyword) ? spans.between(first, first) : null);
}

/** A term of ORDER BY with its direction. */
export function orderSpan(spans: SpanTable, expression: Span | null): Span | null {
  if (expression === null) return null;
  let end = spans.indexFrom(expression.end);
  while (spans.word(end, 'asc', 'desc', 'nulls', 'first', 'last')) end += 1;
  return spans.hull(expression, spans.between(end - 1, end - 1));
}

/** `name (columns) AS [NOT] MATERIALIZED (query)`, and whether it says MATERIALIZED, which DuckDB does not tell. */
export function cteSpan(
  spans: SpanTable,
  name: string,
  { span }: Query,
): { readonly span: Span | null; readonly written: boolean | null } {
  const unknown = { span: null, written: null };
  if (span === null) return unknown;
  let open = spans.indexFrom(span.start) - 1;
  while (spans.text(open - 1) === '(') open -= 1;
  const close = spans.text(open) === '(' ? spans.partner(open) : undefined;
  if (close === undefined) return unknown;
  let at = open - 1;
  const isMaterialized = spans.word(at, 'materialized');
  if (isMaterialized) at -= 1;
  const isNot = isMaterialized && spans.word(at, 'not');
  if (isNot) at -= 1;
  if (!spans.word(at, 'as')) return unknown;
  at -= 1;
  while (at >= 0 && foldCase(nameOf(spans.tokens[at]) ?? '') !== foldCase(name)) at -= 1;
  return { span: at < 0 ? null : spans.between(at, close), written: isMaterialized ? !isNot : null };
}

import type { Span } from '../tree.ts';
import type { SpanTable } from './span-table.ts';

/** A name of so many parts; `#1` is one. */
export function pathSpan(spans: SpanTable, location: number | null, parts: number): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return null;
  if (spans.text(at) === '#') return spans.between(at, at + 1);
  const last = at + 2 * (parts - 1);
  for (let dot = at + 1; dot < last; dot += 2) if (spans.text(dot) !== '.') return spans.between(at, at);
  return spans.between(at, last);
}

export function literalSpan(spans: SpanTable, location: number | null): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return null;
  let last = spans.text(at) === '-' ? at + 1 : at;
  while (spans.tokens[last + 1]?.continues === true) last += 1;
  return spans.between(at, last);
}

/** `CAST(x AS t)`, `x::t`, `DATE '…'`. */
export function castSpan(spans: SpanTable, location: number | null, operand: Span | null): Span | null {
  const at = spans.tokenAt(location);
  if (at !== undefined && spans.text(at) === '::') {
    return spans.hull(operand, spans.between(at, typeEnd(spans, at + 1)));
  }
  const whole = spans.around(location, operand);
  if (whole === null) return null;
  const first = spans.indexFrom(whole.start);
  const before = spans.tokens[first - 1];
  const isTyped = spans.tokens[first]!.kind === 'string' && before?.kind === 'word';
  return isTyped
    ? spans.hull(whole, spans.between(first - 1, first))
    : enclosingCall(spans, whole, 'cast', 'try_cast');
}

const typeTails = ['precision', 'varying', 'with', 'without', 'time', 'zone'];

/** The last token of the type that begins here. */
function typeEnd(spans: SpanTable, first: number): number {
  let last = first;
  for (;;) {
    const next = spans.text(last + 1);
    const partner = next === '(' || next === '[' ? spans.partner(last + 1) : undefined;
    if (partner !== undefined) last = partner;
    else if (next === '.') last += 2;
    else if (spans.word(last + 1, ...typeTails)) last += 1;
    else return last;
  }
}

/** Operands with the operator between, before, after or around them. */
export function operatorSpan(
  spans: SpanTable,
  operator: string,
  location: number | null,
  operands: readonly (Span | null)[],
): Span | null {
  const whole = spans.around(location, ...operands);
  if (whole === null) return null;
  const last = spans.indexFrom(whole.end) - 1;
  if (operator.startsWith('is ')) {
    let end = last;
    while (spans.word(end + 1, 'is', 'not', 'null', 'true', 'false', 'unknown')) end += 1;
    return spans.hull(whole, spans.between(end, end));
  }
  if (operator === '.' || operator === '[:]') return afterOperand(spans, whole);
  if (operator === 'collate' && spans.word(last + 1, 'collate')) {
    return spans.hull(whole, spans.between(last + 1, last + 2));
  }
  if (operator === 'array') return bracketed(spans, spans.indexFrom(whole.start), whole);
  return enclosingCall(spans, whole, operator, 'ifnull', 'case');
}

/** `(s).a`, `l[:]`: what follows the operand, which may stand in brackets. */
function afterOperand(spans: SpanTable, whole: Span): Span {
  let first = spans.indexFrom(whole.start);
  let last = spans.indexFrom(whole.end) - 1;
  while (spans.text(first - 1) === '(' && spans.partner(first - 1) === last + 1) {
    first -= 1;
    last += 1;
  }
  const next = spans.text(last + 1);
  return spans.between(first, next === '.' ? last + 2 : next === '[' ? spans.across(last + 1) : last);
}

/** The whole call when all that stands in the brackets of one of these words is known. */
function enclosingCall(spans: SpanTable, whole: Span, ...names: readonly string[]): Span {
  const first = spans.indexFrom(whole.start);
  const close = spans.text(first - 1) === '(' ? spans.partner(first - 1) : undefined;
  return close !== undefined && spans.word(first - 2, ...names) ? spans.between(first - 2, close) : whole;
}

/** A call up to its closing bracket, FILTER and WITHIN GROUP included; a list or struct with its brackets. */
export function callSpan(
  spans: SpanTable,
  location: number | null,
  inside: readonly (Span | null)[],
): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return spans.hull(...inside);
  let name = at;
  while (spans.text(name + 1) === '.') name += 2;
  const close = spans.text(name + 1) === '(' ? spans.partner(name + 1) : undefined;
  if (close === undefined) return bracketed(spans, at, spans.hull(spans.between(at, at), ...inside)!);
  let last = close;
  for (;;) {
    const skipped = spans.word(last + 1, 'within') && spans.word(last + 2, 'group') ? 2 : 1;
    const opens = skipped === 2 || spans.word(last + 1, 'filter');
    const end =
      opens && spans.text(last + 1 + skipped) === '(' ? spans.partner(last + 1 + skipped) : undefined;
    if (end !== undefined) last = end;
    else if (spans.word(last + 1, 'export_state')) last += 1;
    else return spans.hull(spans.between(at, last), ...inside);
  }
}

/** `[1, 2]`, `{a: 1}`, `MAP {…}`: DuckDB points at what follows the bracket. */
function bracketed(spans: SpanTable, at: number, whole: Span): Span {
  const before = spans.text(at - 1);
  const close = before === '[' || before === '{' ? spans.partner(at - 1) : undefined;
  if (close === undefined) return whole;
  const first = spans.word(at - 2, 'map', 'array') ? at - 2 : at - 1;
  return spans.hull(whole, spans.between(first, close))!;
}

/** A call with OVER; a window that is named elsewhere is its name. */
export function windowSpan(
  spans: SpanTable,
  location: number | null,
  inside: readonly (Span | null)[],
): { readonly span: Span | null; readonly over: Span | null } {
  const call = callSpan(spans, location, inside);
  if (call === null) return { span: null, over: null };
  const over = spans.indexFrom(call.end);
  if (!spans.word(over, 'over') || over + 1 >= spans.tokens.length) return { span: call, over: null };
  const last = spans.across(over + 1);
  return { span: spans.hull(call, spans.between(over, last)), over: spans.between(over + 1, last) };
}

/** `*`, `t.*`, `COLUMNS(…)`, with EXCLUDE, REPLACE and RENAME. Null for a star nobody wrote. */
export function starSpan(
  spans: SpanTable,
  location: number | null,
  inside: readonly (Span | null)[],
): Span | null {
  const at = spans.tokenAt(location);
  if (at === undefined) return null;
  let last = at;
  while (spans.text(last + 1) === '.') last += 2;
  if (spans.word(at, 'columns') && spans.text(at + 1) === '(') last = spans.across(at + 1);
  else if (spans.text(last) !== '*') return null;
  while (spans.word(last + 1, 'exclude', 'replace', 'rename')) {
    last = spans.across(last + 2);
    while (spans.text(last + 1) === '.') last += 2;
  }
  return spans.hull(spans.between(at, last), ...inside);
}

/** From CASE to its END. */
export function caseSpan(
  spans: SpanTable,
  location: number | null,
  inside: readonly (Span | null)[],
): Span | null {
  const whole = spans.around(location, ...inside);
  const at = spans.tokenAt(location);
  if (whole === null || at === undefined || !spans.word(at, 'case')) return whole;
  let open = 1;
  let last = at;
  while (open > 0 && last + 1 < spans.tokens.length) {
    last += 1;
    if (spans.text(last - 1) === '.') continue;
    if (spans.word(last, 'case')) open += 1;
    else if (spans.word(last, 'end')) open -= 1;
  }
  return open === 0 ? spans.hull(whole, spans.between(at, last)) : whole;
}

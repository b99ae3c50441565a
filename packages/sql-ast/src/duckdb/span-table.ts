import { unicodeBlanks } from '../dialect.ts';
import { tokenize } from '../lexer.ts';
import type { Token } from '../lexer.ts';
import { isWord } from '../token-word.ts';
import type { Span } from '../tree.ts';

const opening = '([{';
const closing = ')]}';

/** Finds the spans of nodes from the places DuckDB gives, which are where something begins, in bytes. */
export class SpanTable {
  readonly sql: string;
  /** Without comments. */
  readonly tokens: readonly Token[];
  /** For each bracket that has one, the index of its partner. */
  readonly #partners = new Map<number, number>();
  /** The index of the token that starts at a byte. */
  readonly #byByte = new Map<number, number>();

  /** @throws {SqlError} As `tokenize`. */
  constructor(sql: string) {
    this.sql = sql;
    this.tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment');
    const open: number[] = [];
    this.tokens.forEach(({ text }, at) => {
      if (opening.includes(text)) open.push(at);
      else if (closing.includes(text)) {
        const partner = open.pop();
        if (partner === undefined) return;
        this.#partners.set(partner, at).set(at, partner);
      }
    });
    // DuckDB replaces such a blank by a shorter one before it counts.
    if (!unicodeBlanks.test(sql)) this.#indexBytes();
  }

  #indexBytes(): void {
    let byte = 0;
    let unit = 0;
    this.tokens.forEach((token, at) => {
      for (; unit < token.start; unit += 1) byte += bytesOf(this.sql, unit);
      this.#byByte.set(byte, at);
    });
  }

  /** The index of the token that starts at this byte; undefined where none does. */
  tokenAt(location: number | null): number | undefined {
    return location === null ? undefined : this.#byByte.get(location);
  }

  /** The least span around all that have one, with whole brackets. */
  hull(...spans: readonly (Span | null | undefined)[]): Span | null {
    let start = Infinity;
    let end = -Infinity;
    for (const span of spans) {
      if (span == null) continue;
      start = Math.min(start, span.start);
      end = Math.max(end, span.end);
    }
    return end < start ? null : this.#balanced({ start, end });
  }

  /** The hull of the token at a place and of other spans. */
  around(location: number | null, ...spans: readonly (Span | null)[]): Span | null {
    const at = this.tokenAt(location);
    return this.hull(at === undefined ? null : this.between(at, at), ...spans);
  }

  /** From one token to another, or to the last there is. */
  between(first: number, last: number): Span {
    return { start: this.tokens[first]!.start, end: (this.tokens[last] ?? this.tokens.at(-1)!).end };
  }

  /** The index of the other bracket. */
  partner(at: number): number | undefined {
    return this.#partners.get(at);
  }

  /** The index of the other bracket, or of the token itself where it has none. */
  across(at: number): number {
    return this.#partners.get(at) ?? at;
  }

  /** The index of the token that starts here, or of the first after. */
  indexFrom(unit: number): number {
    let low = 0;
    let high = this.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tokens[middle]!.start < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  word(at: number, ...words: readonly string[]): boolean {
    return isWord(this.tokens[at], ...words);
  }

  text(at: number): string | undefined {
    return this.tokens[at]?.text;
  }

  #balanced(span: Span): Span {
    let first = this.indexFrom(span.start);
    let last = this.indexFrom(span.end) - 1;
    for (let at = first; at <= last; at += 1) {
      const partner = this.#partners.get(at);
      if (partner === undefined) continue;
      first = Math.min(first, partner);
      last = Math.max(last, partner);
    }
    return this.between(first, last);
  }
}

/** How many bytes of UTF-8 the unit adds: the first of a pair none, the second all four; a lone one three. */
function bytesOf(sql: string, at: number): number {
  const unit = sql.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit >= 0xd800 && unit < 0xdc00 && isLow(sql.charCodeAt(at + 1))) return 0;
  if (isLow(unit) && at > 0 && isHigh(sql.charCodeAt(at - 1))) return 4;
  return 3;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** The place in UTF-16 units of a place in bytes of UTF-8; the end of the text for one beyond it. */
export function unitAt(sql: string, byte: number): number {
  let unit = 0;
  for (let bytes = 0; bytes < byte && unit < sql.length; unit += 1) bytes += bytesOf(sql, unit);
  return unit;
}

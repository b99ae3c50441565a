import { foldCase } from './keywords.ts';
import { readQueryBlocks } from './query-blocks.ts';
import type { FromItem, QueryBlock } from './query-block.ts';
import { conjuncts } from './conjuncts.ts';
import { asParentheses, asToken } from './token-tree.ts';
import type { Part } from './token-tree.ts';
import { isWord, nameOf, stringOf } from './token-word.ts';

export interface IntervalReadOptions {
  /** The names of the input: `input_0`, `transform.orders`, `ref('transform.orders')`. */
  readonly places: readonly string[];
  /** The column of the input that holds its time. */
  readonly timeColumn: string;
  /**
   * What stands for the start of the interval in the text, each exactly that instant: a string with this
   * text, or this bare word. Quotes around a marker are taken off.
   */
  readonly startMarkers: readonly string[];
  /** The same for the end, which is exclusive. */
  readonly endMarkers: readonly string[];
  /**
   * Whether every start and end is midnight UTC; false by default. Only then a bound may be a DATE: a cast
   * to DATE cuts the time of day off (`DATE '2024-01-01 05:00:00'` is midnight), so that other rows are read.
   */
  readonly wholeDays?: boolean;
}

/**
 * Whether a DuckDB query reads of an input only the rows of its interval: every mention of it, at any depth,
 * is a plain table in a FROM whose own WHERE demands `time >= start AND time < end` of that very table.
 * True is a proof; false says nothing. Cost: linear in the text.
 *
 * @throws {SqlError} As `tokenize`.
 */
export function provesIntervalRead(sql: string, options: IntervalReadOptions): boolean {
  const query = readQueryBlocks(sql);
  if (!query) return false;
  const places = options.places.map(placeName);
  const lastNames = new Set(places.map((place) => place.at(-1)!));
  if (query.ctes.some((name) => lastNames.has(name))) return false;
  const uses = query.blocks.flatMap((block) =>
    block.from.map((item) => ({ block, item, use: useOf(item.name, places) })),
  );
  const reads = uses.filter(({ use }) => use !== 'none');
  return (
    reads.length > 0 &&
    reads.every(({ block, item, use }) => use === 'input' && isFiltered(block, item, options))
  );
}

/** `ref('transform.orders')` and `transform."orders"` as `['transform', 'orders']`. */
function placeName(place: string): readonly string[] {
  const id = /^\s*ref\s*\(\s*['"](.*)['"]\s*\)\s*$/i.exec(place)?.[1] ?? place;
  return id.split('.').map((part) => foldCase(part.trim().replace(/^"(.*)"$/, '$1')));
}

/** Whether a table is the input, another one, or may be either: the same last name, but not surely another. */
function useOf(
  name: readonly string[],
  places: readonly (readonly string[])[],
): 'input' | 'doubtful' | 'none' {
  if (places.some((place) => place.join('\0') === name.join('\0'))) return 'input';
  const isDoubtful = places.some((place) => {
    const areDistinct = place.length === 2 && name.length === 2;
    return (place.at(-1) === name.at(-1) && !areDistinct) || place.join('.') === name.join('.');
  });
  return isDoubtful ? 'doubtful' : 'none';
}

/** Whether the WHERE of the block keeps only rows of this table that lie within the interval. */
function isFiltered(block: QueryBlock, item: FromItem, options: IntervalReadOptions): boolean {
  if (item.isUnusual) return false;
  const isColumn = columnOf(block, item, options.timeColumn);
  const conditions = conjuncts(block.where);
  const holds = (operator: string, reversed: string, markers: readonly string[]): boolean =>
    conditions.some(
      (condition) =>
        compares(condition, operator, isColumn, (parts) => isBound(parts, markers, options)) ||
        compares(condition, reversed, (parts) => isBound(parts, markers, options), isColumn),
    );
  return holds('>=', '<=', options.startMarkers) && holds('<', '>', options.endMarkers);
}

type Matches = (parts: readonly Part[]) => boolean;

/** Whether the condition is exactly `left operator right`. */
function compares(condition: readonly Part[], operator: string, left: Matches, right: Matches): boolean {
  const at = condition.findIndex((part) => asToken(part)?.text === operator);
  return at > 0 && left(condition.slice(0, at)) && right(condition.slice(at + 1));
}

/** Matches the time column of the item and no other column that may have that name in the block. */
function columnOf(block: QueryBlock, item: FromItem, timeColumn: string): Matches {
  const others = block.from.filter((other) => other !== item).map(({ name, alias }) => alias ?? name.at(-1));
  const qualifiers = item.alias !== undefined ? [[item.alias]] : item.isRef ? [] : suffixes(item.name);
  const names = qualifiers
    .filter((qualifier) => !qualifier.some((part) => others.includes(part)))
    .map((qualifier) => [...qualifier, foldCase(timeColumn)]);
  if (others.length === 0) names.push([foldCase(timeColumn)]);
  return (parts) => {
    const written = parts.map((part, at) => (at % 2 === 0 ? nameOf(asToken(part)) : undefined));
    const dotted = parts.every((part, at) => at % 2 === 0 || asToken(part)?.text === '.');
    return dotted && names.some((name) => matches(written, name));
  };
}

const suffixes = (name: readonly string[]): readonly (readonly string[])[] =>
  name.map((_, at) => name.slice(at));

/** Whether the names at the even places are these, and there is nothing else. */
const matches = (written: readonly (string | undefined)[], name: readonly string[]): boolean =>
  written.length === name.length * 2 - 1 &&
  name.every((part, at) => part === foldCase(written[at * 2] ?? ''));

/** Matches a marker, plain or as a timestamp: `TIMESTAMP 'm'`, `'m'::TIMESTAMP`, `CAST('m' AS TIMESTAMP)`. */
function isBound(parts: readonly Part[], markers: readonly string[], options: IntervalReadOptions): boolean {
  const isType = (part: Part | undefined): boolean =>
    isWord(asToken(part), 'timestamp', 'timestamptz', 'datetime') ||
    (options.wholeDays === true && isWord(asToken(part), 'date'));
  const [first, second, third] = parts;
  if (parts.length === 1) return isMarker(first, markers, true);
  if (parts.length === 3)
    return isMarker(first, markers, false) && asToken(second)?.text === '::' && isType(third);
  if (parts.length !== 2) return false;
  if (isType(first)) return isMarker(second, markers, false);
  const cast = asParentheses(second)?.parts ?? [];
  return (
    isWord(asToken(first), 'cast') &&
    cast.length === 3 &&
    isMarker(cast[0], markers, false) &&
    isWord(asToken(cast[1]), 'as') &&
    isType(cast[2])
  );
}

/** Whether the part is a string with the text of a marker, or the bare marker where that is allowed. */
function isMarker(part: Part | undefined, markers: readonly string[], allowsBare: boolean): boolean {
  const token = asToken(part);
  const text = allowsBare && token?.kind === 'word' ? token.text : stringOf(token);
  return text !== undefined && markers.some((marker) => marker.replace(/^'(.*)'$/, '$1') === text);
}

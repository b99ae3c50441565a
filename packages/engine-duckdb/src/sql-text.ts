import type { Instant, Interval } from '@seeknal/intervals';

/** Any name as an identifier: the one place where names become SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Several names as one dotted identifier. */
export const quotePath = (...names: readonly string[]): string => names.map(quoteName).join('.');

/** Any text as a string literal: the one place where values become SQL. NUL cannot stand in SQL and is dropped. */
export const quoteText = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;

/** A string, number, boolean, null, list or record as a literal of the engine. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${quoteText(key)}: ${literal(field)}`);
  return `{${fields.join(', ')}}`;
}

/** JSON as a string literal. */
export const jsonText = (value: unknown): string => quoteText(JSON.stringify(value));

/** The types whose values are instants. `TIMESTAMP_S` and its like count as `TIMESTAMP`. */
export type TimeType = 'DATE' | 'TIMESTAMP' | 'TIMESTAMPTZ';

/** The time type of a column, or null when its values are not instants. */
export function timeTypeOf(columnType: string): TimeType | null {
  if (columnType === 'DATE') return 'DATE';
  if (columnType === 'TIMESTAMP WITH TIME ZONE' || columnType === 'TIMESTAMPTZ') return 'TIMESTAMPTZ';
  return /^TIMESTAMP(?:_S|_MS|_NS)?$/.test(columnType) ? 'TIMESTAMP' : null;
}

/** 0001-01-01 and 10000-01-01: outside, ISO text has another shape. */
const FIRST_YEAR = -62_135_596_800_000;
const LAST_YEAR = 253_402_300_800_000;
const DAY = 86_400_000;
/** The ends of what a `Date` can hold mean "no bound". */
const END_OF_TIME = 8_640_000_000_000_000;

/** An instant as a literal that compares with a column of this type without a cast of the column. */
export function instantText(at: Instant, type: TimeType): string {
  if (at < FIRST_YEAR || at >= LAST_YEAR) return `epoch_ms(${at})`;
  const iso = new Date(at).toISOString();
  if (type === 'DATE' && at % DAY === 0) return `DATE '${iso.slice(0, 10)}'`;
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
  return type === 'TIMESTAMPTZ' ? `TIMESTAMPTZ '${text}+00'` : `TIMESTAMP '${text}'`;
}

/** `start <= column AND column < end`; never NULL-safe: a row without a time fulfils no bound. */
export function withinText(column: string, type: TimeType, range: Partial<Interval>): string {
  const { start = -END_OF_TIME, end = END_OF_TIME } = range;
  const name = quoteName(column);
  const bounds: string[] = [];
  if (start > -END_OF_TIME) bounds.push(`${name} >= ${instantText(start, type)}`);
  if (end < END_OF_TIME) bounds.push(`${name} < ${instantText(end, type)}`);
  return bounds.length === 0 ? `${name} IS NOT NULL` : bounds.join(' AND ');
}

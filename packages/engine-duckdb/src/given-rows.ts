import { EngineError } from '@seeknal/engine';
import type { Column, Json, JsonObject, NodeId } from '@seeknal/manifest';

import { literal, quoteName, quoteText } from './sql-text.ts';

/** Rows written out by a person, not all of them with every column. */
export interface GivenRows {
  readonly rows: readonly JsonObject[];
  /** Columns whose type is known. */
  readonly columns: readonly Column[];
}

/** A column with the type that its values are cast to; null: as the engine reads them. */
export interface GivenColumn {
  readonly name: string;
  readonly type: string | null;
}

/**
 * A SELECT of rows. What a row leaves out is NULL; a column of unknown type has the one that its values look
 * like, dates and times among texts included.
 *
 * @throws {EngineError} `ENGINE_SQL` when there is not one column.
 */
export function rowsText(node: NodeId, given: GivenRows): string {
  const columns = columnsOf(given);
  if (columns.length === 0) {
    throw new EngineError('ENGINE_SQL', `The rows given for ${node} have no columns.`, {
      hint: 'Name them with their types: {rows: [], columns: {id: integer}}.',
    });
  }
  return selectText(given.rows, columns);
}

/** A SELECT of rows, each value cast to the type of its column. */
export function selectText(rows: readonly JsonObject[], columns: readonly GivenColumn[]): string {
  const cells = (row: JsonObject): string =>
    columns
      .map(({ name, type }) => `${valueText(valueOf(row, name), type)} AS ${quoteName(name)}`)
      .join(', ');
  if (rows.length === 0) return `SELECT ${cells({})} WHERE false`;
  return rows.map((row) => `SELECT ${cells(row)}`).join('\nUNION ALL ');
}

function columnsOf({ rows, columns }: GivenRows): readonly GivenColumn[] {
  const found = new Map<string, GivenColumn>(columns.map((column) => [column.name.toLowerCase(), column]));
  for (const name of namesIn(rows)) {
    const key = name.toLowerCase();
    if (found.has(key)) continue;
    found.set(key, { name, type: typeOf(rows.map((row) => valueOf(row, name))) });
  }
  return [...found.values()];
}

/** The columns that rows name, each once, in order of appearance. */
export function namesIn(rows: readonly JsonObject[]): readonly string[] {
  const names = new Map<string, string>();
  for (const row of rows)
    for (const name of Object.keys(row))
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return [...names.values()];
}

function valueOf(row: JsonObject, name: string): Json {
  const key = Object.keys(row).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? null : (row[key] ?? null);
}

/** A value as a literal of a type. */
function valueText(value: Json, type: string | null): string {
  if (type === null) return literal(value);
  const text =
    type === 'JSON' && value !== null && typeof value === 'object'
      ? quoteText(JSON.stringify(value))
      : literal(value);
  return `CAST(${text} AS ${type})`;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;
const ZONED = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)$/;

function typeOf(values: readonly Json[]): string | null {
  const known = values.filter((value) => value !== null);
  const all = (is: (value: Json) => boolean): boolean => known.length > 0 && known.every(is);
  const isText = (pattern: RegExp) => (value: Json) => typeof value === 'string' && pattern.test(value);
  if (all((value) => typeof value === 'boolean')) return 'BOOLEAN';
  if (all((value) => Number.isInteger(value)))
    return all((value) => Math.abs(value as number) < 2 ** 31) ? 'INTEGER' : 'BIGINT';
  if (all((value) => typeof value === 'number')) return 'DOUBLE';
  if (all(isText(DATE))) return 'DATE';
  if (all((value) => isText(DATE)(value) || isText(TIME)(value))) return 'TIMESTAMP';
  if (all(isText(ZONED))) return 'TIMESTAMPTZ';
  return all((value) => typeof value !== 'object') ? 'VARCHAR' : null;
}

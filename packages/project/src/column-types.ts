import { nearest } from '@seeknal/manifest';

/** What projects call types → how the engine spells them. Python's `float` has 64 bits. */
const TYPES: { readonly [name: string]: string } = {
  bool: 'BOOLEAN',
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  int32: 'INTEGER',
  integer: 'INTEGER',
  int64: 'BIGINT',
  long: 'BIGINT',
  bigint: 'BIGINT',
  hugeint: 'HUGEINT',
  utinyint: 'UTINYINT',
  usmallint: 'USMALLINT',
  uinteger: 'UINTEGER',
  ubigint: 'UBIGINT',
  real: 'FLOAT',
  float4: 'FLOAT',
  float32: 'FLOAT',
  float: 'DOUBLE',
  float64: 'DOUBLE',
  float8: 'DOUBLE',
  double: 'DOUBLE',
  number: 'DOUBLE',
  decimal: 'DECIMAL(18,3)',
  numeric: 'DECIMAL(18,3)',
  str: 'VARCHAR',
  string: 'VARCHAR',
  text: 'VARCHAR',
  varchar: 'VARCHAR',
  char: 'VARCHAR',
  blob: 'BLOB',
  bytes: 'BLOB',
  uuid: 'UUID',
  json: 'JSON',
  date: 'DATE',
  time: 'TIME',
  datetime: 'TIMESTAMP',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  interval: 'INTERVAL',
};

const TYPE = /^([a-z][a-z0-9]*)\s*(?:\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\))?\s*((?:\[\])*)$/i;
const WITH_WIDTH = new Set(['decimal', 'numeric']);

/** A type as the engine spells it, `decimal(10, 2)` and `string[]` included; null when it is none. */
export function columnType(text: string): string | null {
  const match = TYPE.exec(text.trim());
  const name = match?.[1]?.toLowerCase() ?? '';
  if (match === null || !Object.hasOwn(TYPES, name)) return null;
  const [, , width, scale = '0', brackets] = match;
  if (width === undefined) return `${TYPES[name]}${brackets}`;
  // The width of a text is no promise the engine keeps, so VARCHAR(10) is VARCHAR.
  if (name === 'varchar' || name === 'char') return `VARCHAR${brackets}`;
  const fits = Number(width) >= 1 && Number(width) <= 38 && Number(scale) <= Number(width);
  return WITH_WIDTH.has(name) && fits ? `DECIMAL(${width},${scale})${brackets}` : null;
}

/** The type a misspelt one may have been meant as; null when the text looks like a description. */
export const nearestType = (text: string): string | null =>
  /^[a-z0-9]{2,}$/i.test(text) ? nearest(text, Object.keys(TYPES)) : null;

import { foldCase } from '../keywords.ts';
import { accept, expect, sees } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { refuse } from './refusal.ts';

/** What a node of a type may hold; the type itself is read from the text. */
export const typeKeys: readonly string[] = ['dataType', 'length', 'scale', 'parentheses', 'suffix', 'array'];

/** The names of types, in small letters, under the spelling they get; several words are one name. */
const named = (lines: string): ReadonlyMap<string, string> =>
  new Map(
    lines
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [type, names] = line.trim().split(': ') as [string, string];
        return names.split(', ').map((name) => [name, type] as const);
      }),
  );

/** DuckDB 1.5. */
const duckdbTypes = named(`
  BOOLEAN: boolean, bool, logical
  TINYINT: tinyint, int1
  SMALLINT: smallint, int2, short, int16
  INTEGER: integer, int, int4, int32, signed
  BIGINT: bigint, int8, int64, long
  HUGEINT: hugeint, int128
  UTINYINT: utinyint, uint8
  USMALLINT: usmallint, uint16
  UINTEGER: uinteger, uint32
  UBIGINT: ubigint, uint64
  FLOAT: float, float4, real
  DOUBLE: double, float8, double precision
  DECIMAL: decimal, numeric, dec
  VARCHAR: varchar, text, string, char, bpchar, nvarchar, character, character varying
  BLOB: blob, bytea, binary, varbinary
  DATE: date
  TIME: time, time without time zone
  TIMESTAMP: timestamp, datetime, timestamp without time zone
  TIMESTAMP WITH TIME ZONE: timestamptz, timestamp with time zone
  INTERVAL: interval
  UUID: uuid, guid`);

/** Of PostgreSQL those of which two names mean the same. Its `float` is double, its text no varchar. */
const postgresTypes = named(`
  BOOLEAN: boolean, bool
  SMALLINT: smallint, int2
  INTEGER: integer, int, int4
  BIGINT: bigint, int8
  FLOAT: float4, real
  DOUBLE: float8, double precision
  DECIMAL: decimal, numeric, dec
  VARCHAR: varchar, character varying
  TEXT: text
  BLOB: bytea
  DATE: date
  TIME: time, time without time zone
  TIMESTAMP: timestamp, timestamp without time zone
  TIMESTAMP WITH TIME ZONE: timestamptz, timestamp with time zone
  INTERVAL: interval
  UUID: uuid`);

const continued = [
  ['double', 'precision'],
  ['character', 'varying'],
  ['timestamp', 'with', 'time', 'zone'],
  ['timestamp', 'without', 'time', 'zone'],
  ['time', 'with', 'time', 'zone'],
  ['time', 'without', 'time', 'zone'],
];

/** Reads a type and spells it as DuckDB does: `int4[]` is `INTEGER[]`, `numeric` is `DECIMAL(18,3)`. */
export function readType(cursor: Cursor): string {
  const name = readTypeWords(cursor);
  const known = cursor.dialect === 'duckdb' ? duckdbTypes : postgresTypes;
  let type = known.get(name) ?? refuse(`the type ${name} is not understood`);
  if (type === 'DECIMAL') type += decimalSize(cursor);
  else if (type === 'VARCHAR' && cursor.dialect === 'duckdb') skipLength(cursor);
  while (accept(cursor, '[', ']')) type += '[]';
  if (sees(cursor, '(') || sees(cursor, '[')) refuse(`the type ${name} with a size is not understood`);
  return type;
}

function readTypeWords(cursor: Cursor): string {
  const words = continued.find((each) => accept(cursor, ...each));
  if (words) return words.join(' ');
  const token = cursor.tokens[cursor.at];
  if (token?.kind !== 'word') return refuse(`the type ${String(token?.text)} is not understood`);
  cursor.at += 1;
  return foldCase(token.text);
}

/** DuckDB drops the length of a text. */
function skipLength(cursor: Cursor): void {
  if (!accept(cursor, '(')) return;
  readCount(cursor);
  expect(cursor, ')');
}

/** Without a size, DuckDB's is (18,3) and that of PostgreSQL has no limit. */
function decimalSize(cursor: Cursor): string {
  if (!accept(cursor, '(')) return cursor.dialect === 'duckdb' ? '(18,3)' : '';
  const width = readCount(cursor);
  const scale = accept(cursor, ',') ? readCount(cursor) : 0;
  expect(cursor, ')');
  if (width < 1 || width > 38 || scale > width)
    refuse(`a decimal of ${width} and ${scale} digits is not understood`);
  return `(${width},${scale})`;
}

function readCount(cursor: Cursor): number {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || !/^\d{1,4}$/.test(token.text))
    return refuse('the size of a type is not understood');
  cursor.at += 1;
  return Number(token.text);
}

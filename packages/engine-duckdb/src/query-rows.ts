import type { Json } from '@duckdb/node-api';

/** Integers wider than a double, which come as text; those that fit become numbers again. */
const WIDE_INTEGER = /^U?(?:BIGINT|HUGEINT)$/;

/** JSON-safe values: 64-bit integers that a double holds become numbers, the rest of JSON is as DuckDB spells it. */
export function queryRows(
  rows: readonly (readonly Json[])[],
  types: readonly string[],
): readonly (readonly unknown[])[] {
  const wide = types.map((type) => WIDE_INTEGER.test(type));
  return rows.map((row) =>
    row.map((value, index) =>
      wide[index] === true && typeof value === 'string' && Number.isSafeInteger(Number(value))
        ? Number(value)
        : value,
    ),
  );
}

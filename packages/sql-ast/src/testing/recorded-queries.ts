import { readFileSync } from 'node:fs';

import { lowerDuckDb } from '../duckdb/lower-duckdb.ts';
import type { Query } from '../tree.ts';

/**
 * Queries, each followed by what DuckDB answers to `json_serialize_sql`; "~" stands for the place it writes
 * where it knows none. A test of the engine compares them with DuckDB, and writes them anew: to add a query,
 * add its line and an empty one below, and run that test with SEEKNAL_RECORD=1.
 */
const lines = readFileSync(new URL('recorded-queries.txt', import.meta.url), 'utf8').split('\n');

const recorded = new Map(
  Array.from({ length: Math.floor(lines.length / 2) }, (_, at) => [
    lines[at * 2] ?? '',
    lines[at * 2 + 1] ?? '',
  ]),
);

/** The tree of a recorded query. */
export function recordedTree(sql: string): Query {
  const answer = recorded.get(sql);
  if (answer === undefined) throw new Error(`There is no recording of: ${sql}`);
  return lowerDuckDb(sql, answer.replaceAll('~', '18446744073709551615'));
}

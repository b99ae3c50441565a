import { readFileSync } from 'node:fs';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/**
 * Pairs of queries, with what the analysis of sql-ast says a change does to the rows. Here it is held to that:
 * both run over many small tables, and whatever is said to stay as it is stays.
 */
const lines = readFileSync(
  new URL('../../sql-ast/src/testing/impact-pairs.txt', import.meta.url),
  'utf8',
).split('\n');
const pairs = lines.flatMap((line, at) =>
  line.startsWith('=> ') ? [[lines[at - 2] ?? '', lines[at - 1] ?? '', line.slice(3)] as const] : [],
);

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const tables = {
  t: 'i AS id, v(1) AS a, v(2) AS b, v(3) AS c',
  u: 'i AS id, v(4) AS a, v(5) AS d',
  v: 'v(6) AS k, v(7) AS b, v(8) AS d',
  s: "i, v(9) AS x, {'x': v(10), 'y': v(11)} AS st, [v(12), v(13)] AS l",
};

/** Two to seven rows a table, of few values and some NULLs: most differences show. */
async function fill(seed: number): Promise<void> {
  const value = (hash: string): string =>
    `(CASE WHEN ${hash} % 7 = 6 THEN NULL ELSE ${hash} % 4 END)::INTEGER`;
  for (const [at, [table, columns]] of Object.entries(tables).entries()) {
    const items = columns.replaceAll(/v\((\d+)\)/g, (_, place) => value(`hash(${seed}, i, ${place})`));
    await connection.run(
      `CREATE OR REPLACE TABLE ${table} AS SELECT ${items} FROM (SELECT unnest(range(1, ${3 + ((seed + at) % 6)}))::INTEGER AS i)`,
    );
  }
}

interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

async function rowsOf(sql: string): Promise<Rows> {
  const reader = await connection.runAndReadAll(sql);
  return {
    names: reader.deduplicatedColumnNames().map((name) => name.toLowerCase()),
    rows: reader.getRowsJson(),
  };
}

/** The rows as far as these columns tell, in any order. */
const told = ({ names, rows }: Rows, columns: readonly string[]): readonly string[] =>
  rows.map((row) => JSON.stringify(columns.map((name) => row[names.indexOf(name)]))).toSorted();

/** The columns that are said to stay, of those that both have. */
function keptColumns(said: string, old: Rows, now: Rows): readonly string[] {
  const changed = /(?:^|; )changed ([^;]*)/.exec(said)?.[1]?.toLowerCase().split(' ') ?? [];
  return old.names.filter((name) => now.names.includes(name) && !changed.includes(name));
}

test.each(pairs)('%s, then %s: %s', async (old, now, said) => {
  for (let seed = 0; seed < 8; seed += 1) {
    await fill(seed);
    const [before, after] = [await rowsOf(old), await rowsOf(now)];
    if (said === 'same' || said === 'nothing') expect(after.names).toEqual(before.names);
    if (said.split('; ').includes('rows')) continue;
    const kept = keptColumns(said, before, after);
    expect(told(after, kept)).toEqual(told(before, kept));
  }
});

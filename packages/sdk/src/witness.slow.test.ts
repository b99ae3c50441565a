import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { classifyTrees, type SqlClassification } from '@seeknal/sql-diff';
import { lowerDuckDb } from '@seeknal/sql-ast';
import { openSqlParser, type SqlParser } from '@seeknal/engine-duckdb';

import { chance, edited, queryText, recipe, TABLES, type Dice } from './testing/query-recipes.ts';
import { openBench, type Bench } from './testing/bench.ts';
import { shapedPair } from './testing/query-shapes.ts';

/** A run at scale 1 compares more than 20,000 pairs in some minutes; CI takes a share of it. */
const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const PAIRS = Math.max(200, Math.round(22_000 * SCALE));

let parser: SqlParser;
let bench: Bench;
beforeAll(async () => {
  parser = await openSqlParser();
  bench = await openBench();
});
afterAll(() => {
  parser.close();
  bench.close();
});

const schema = Object.fromEntries(
  Object.entries(TABLES).map(([table, columns]) => [
    table,
    Object.fromEntries(columns.map((column) => [column, 'INTEGER'])),
  ]),
);

/** A query grown at random, and the same after an edit or two. */
function recipePair(dice: Dice): readonly [string, string] {
  const before = recipe(dice);
  return [queryText(before), queryText(edited(dice, before))];
}

/** None or two to seven rows a table, of few values and some NULLs: most differences show. */
async function fill({ roll, tables }: Dice): Promise<void> {
  for (const [table, columns] of Object.entries(tables)) {
    const row = (): string =>
      `(${columns.map(() => (roll(6) === 0 ? 'NULL::INTEGER' : roll(4))).join(', ')})`;
    const rows = Array.from({ length: 2 + roll(6) }, row);
    const where = roll(8) === 0 ? ' WHERE false' : '';
    await bench.run(
      `CREATE OR REPLACE TABLE ${table} AS FROM (VALUES ${rows.join(', ')}) v(${columns.join(', ')})${where}`,
    );
  }
}

async function classify(oldText: string, newText: string): Promise<SqlClassification> {
  const [old = '', now = ''] = await parser.parse([oldText, newText]);
  return classifyTrees(lowerDuckDb(oldText, old), lowerDuckDb(newText, now), { oldText, newText, schema });
}

/** A row of these columns as text, rows sorted. */
function told(
  { names, rows }: { names: readonly string[]; rows: readonly (readonly unknown[])[] },
  columns: readonly string[],
): string {
  const at = columns.map((column) => names.indexOf(column));
  return rows
    .map((row) => JSON.stringify(at.map((index) => row[index])))
    .toSorted()
    .join('\n');
}

test('whatever is said to stay as it is stays as it is', async () => {
  const count = { pairs: 0, same: 0, recognised: 0, text: 0, harmless: 0 };
  const wrong: string[] = [];
  for (let seed = 1; count.pairs < PAIRS; seed += 1) {
    const dice: Dice = { roll: chance(seed), tables: TABLES };
    const [old, now] = seed % 2 === 0 ? shapedPair(dice) : recipePair(dice);
    await fill(dice);
    const rows = await bench.query(old);
    const others = await bench.query(now);
    // An edit that makes no query is an error for its author, not a change.
    if (rows === null || others === null) continue;
    count.pairs += 1;
    const { category, impact } = await classify(old, now);
    const isRepeated = [rows, others].some(({ names }) => new Set(names).size < names.length);
    const isSame =
      rows.names.join() === others.names.join() && told(rows, rows.names) === told(others, others.names);
    const isCalledSame = category !== 'BREAKING' && impact.added.length === 0;
    if (isSame) count.same += 1;
    if (isSame && isCalledSame) count.recognised += 1;
    if (old === now) count.text += 1;
    if (isRepeated) continue;
    if (isCalledSame && !isSame) wrong.push(`${seed}: ${category}\n${old}\n${now}`);
    if (impact.rows) continue;
    const changed = new Set(impact.changed.map((name) => name.toLowerCase()));
    const kept = rows.names.filter((name) => others.names.includes(name) && !changed.has(name));
    count.harmless += 1;
    if (told(rows, kept) !== told(others, kept))
      wrong.push(`${seed}: ${JSON.stringify(impact)}\n${old}\n${now}`);
  }
  process.stdout.write(
    `${count.pairs} pairs of queries run on DuckDB: ${wrong.length} wrong. ${count.same} gave the same rows; ` +
      `${count.recognised} of these were recognised, ${count.text} by comparing texts. ` +
      `The rows were said to stay in ${count.harmless}.\n`,
  );
  expect(wrong).toEqual([]);
}, 3_600_000);

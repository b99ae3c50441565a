/**
 * Two versions of a query, from their texts to the category of the change, in a warm process: each of TPC-H's
 * queries (where its texts are beside the repository; else a few of our own) with one condition more. Then a
 * condition of 2,000 terms, and 100 queries in each other.
 */
import { existsSync, readFileSync } from 'node:fs';

import { openSqlParser } from '@seeknal/engine-duckdb';
import { lightParser, lowerDuckDb } from '@seeknal/sql-ast';
import { classifySqlChange } from '@seeknal/sql-diff';

import { alternate, median, ms, printTable, timed } from './measure.js';

const ROUNDS = 9;
const cases = new URL('../../shared/cases/tpch.json', import.meta.url);
const own = [1, 2, 3, 4, 5, 6].map((joins) => ({ id: `own${joins}`, sql: ownQuery(joins) }));
const queries = existsSync(cases) ? JSON.parse(readFileSync(cases, 'utf8')) : own;

const duckdb = await openSqlParser();
const light = await lightParser('duckdb');
const readers = {
  DuckDB: async (sql) => lowerDuckDb(sql, (await duckdb.parse([sql]))[0]),
  'node-sql-parser': light,
};
const newer = (sql) => `select * from (${sql.replace(/;\s*$/u, '')}) q where 1 = 2`;
const side = (parser) => async () => {
  const times = [];
  for (const { sql } of queries)
    times.push(await timed(() => classifySqlChange(sql, newer(sql), { parser })));
  return { median: median(times), most: Math.max(...times) };
};
for (const parser of Object.values(readers)) await side(parser)();
const pairs = await alternate(
  Object.fromEntries(Object.entries(readers).map(([name, parser]) => [name, side(parser)])),
  ROUNDS,
);
printTable(`A pair of ${queries.length} queries, read and compared (goal: median 3 ms with DuckDB)`, [
  ['', 'median', 'slowest'],
  ...Object.entries(pairs).map(([name, { median: middle, most }]) => [name, ms(middle), ms(most)]),
]);

const large = {
  '2,000 terms of AND, one changed': [terms(2_000, 1), terms(2_000, 2)],
  '2,000 terms of AND, all changed': [terms(2_000, 1), terms(2_000, 1).replaceAll(/\bc(?=\d)/gu, 'd')],
  '100 queries in each other': [nested(100, 1), nested(100, 2)],
};
const rows = [];
for (const [name, [old, now]] of Object.entries(large)) {
  const { DuckDB } = readers;
  const found = await alternate(
    { it: async () => ({ ms: await timed(() => classifySqlChange(old, now, { parser: DuckDB })) }) },
    ROUNDS,
  );
  rows.push([name, ms(found.it.ms)]);
}
printTable('Large queries, with DuckDB (goal: no blow-up)', [['', 'time'], ...rows]);
duckdb.close();

function terms(count, value) {
  const conditions = Array.from({ length: count }, (_, i) => `c${i} = ${i === 0 ? value : i}`);
  return `select a from t where ${conditions.join(' and ')}`;
}

function nested(depth, value) {
  let sql = `select a from t where b = ${value}`;
  for (let i = 0; i < depth; i += 1) sql = `select a from (${sql}) q${i}`;
  return sql;
}

function ownQuery(joins) {
  const tables = Array.from({ length: joins }, (_, i) => ` join t${i} on t${i}.id = o.id${i}`).join('');
  return `select o.day, sum(o.amount) as total, count(*) filter (where o.ok) as n from orders o${tables} where o.day >= '2024-01-01' group by o.day order by total desc limit 10`;
}

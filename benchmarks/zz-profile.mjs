import { readFileSync } from 'node:fs';
import { openSqlParser } from '@seeknal/engine-duckdb';
import { lightParser, lowerDuckDb } from '@seeknal/sql-ast';
import { classifyTrees, diffTrees } from '@seeknal/sql-diff';
const queries = JSON.parse(readFileSync('/work/shared/cases/tpch.json', 'utf8'));
const d = await openSqlParser();
const newer = (sql) => `select * from (${sql.replace(/;\s*$/u, '')}) q where 1 = 2`;
const cpu = async (name, f) => { for (let i=0;i<3;i++) for (const q of queries) await f(q); const c = process.cpuUsage(); const N=10; for (let i=0;i<N;i++) for (const q of queries) await f(q); const u = process.cpuUsage(c); console.log(name, ((u.user+u.system)/1000/N/queries.length).toFixed(2), 'ms cpu each'); };
for (const q of queries) { q.new = newer(q.sql); [q.jo, q.jn] = await d.parse([q.sql, q.new]); q.to = lowerDuckDb(q.sql, q.jo); q.tn = lowerDuckDb(q.new, q.jn); }
await cpu('duckdb parse both in one', (q) => d.parse([q.sql, q.new]));
await cpu('duckdb parse x2', async (q) => { await d.parse([q.sql]); await d.parse([q.new]); });
await cpu('lower both', (q) => { lowerDuckDb(q.sql, q.jo); lowerDuckDb(q.new, q.jn); });
await cpu('diffTrees', (q) => diffTrees(q.to, q.tn, { oldText: q.sql, newText: q.new }));
await cpu('classifyTrees', (q) => classifyTrees(q.to, q.tn, { oldText: q.sql, newText: q.new }));
d.close();

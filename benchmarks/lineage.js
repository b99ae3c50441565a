/**
 * What column lineage costs: every query of TPC-H (from ../shared, where it is there), and all columns of a
 * project of 5,000 nodes, from the manifest to the graph, with either parser.
 */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openSqlParser } from '@seeknal/engine-duckdb';
import { columnLineage } from '@seeknal/lineage';
import { openProject } from '@seeknal/sdk';
import { lightParser, lowerDuckDb } from '@seeknal/sql-ast';

import { alternate, ms, printTable, timed } from './measure.js';
import { removeFolder, scratchFolder, sourceYaml, transformYaml, writeProject } from './project-folder.js';

const NODES = 5000;

await queries();
await project();

async function queries() {
  const cases = (name) => JSON.parse(readFileSync(join('..', 'shared', 'cases', `${name}.json`), 'utf8'));
  let all;
  let schema;
  try {
    [all, schema] = [cases('tpch'), cases('tpch-schema')];
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.log('\nThe queries of TPC-H are in ../shared, which is absent.');
    return;
  }
  const duckdb = await openSqlParser();
  const light = await lightParser('duckdb');
  const byDuckDb = async (sql) => lowerDuckDb(sql, (await duckdb.parse([sql]))[0]);
  const trees = await Promise.all(all.map(({ sql }) => byDuckDb(sql)));
  const each = (work) =>
    timed(async () => {
      for (const item of all.keys()) await work(item);
    });
  const { one } = await alternate(
    {
      one: async () => ({
        read: await each((at) => byDuckDb(all[at].sql)),
        light: await each(async (at) => light(all[at].sql)),
        follow: await each(async (at) => columnLineage(trees[at], { schema })),
      }),
    },
    15,
  );
  duckdb.close();
  printTable(`The ${all.length} queries of TPC-H, all together`, [
    ['', 'time', 'a query'],
    ...[
      ['read by DuckDB, made a tree', one.read],
      ['read by node-sql-parser', one.light],
      ['followed, every column', one.follow],
    ].map(([what, time]) => [what, ms(time), ms(time / all.length)]),
  ]);
}

async function project() {
  const folder = await scratchFolder();
  const cache = join(folder, 'target', 'cache', 'queries.json');
  let edits = 0;
  try {
    await writeProject(folder, files());
    const measured = await alternate(
      {
        'DuckDB, cold': async () => {
          await rm(cache, { force: true });
          return built(folder, 'duckdb');
        },
        'DuckDB, nothing edited': () => built(folder, 'duckdb'),
        'DuckDB, one query edited': async () => {
          edits += 1;
          const sql = firstSql('sales_0', 1_000_000 + edits);
          const node = transformYaml({ name: 'node_0_0', inputs: [], sql });
          await writeFile(join(folder, 'seeknal', 'transforms', 'node_0_0.yml'), node);
          return built(folder, 'duckdb');
        },
        'node-sql-parser, no cache': () => built(folder, 'node-sql-parser'),
      },
      3,
    );
    printTable(`A project of ${NODES} nodes: from the manifest to every column`, [
      ['', 'build', 'all the way down from one column'],
      ...Object.entries(measured).map(([side, { build, down }]) => [side, ms(build), ms(down)]),
    ]);
  } finally {
    await removeFolder(folder);
  }
}

async function built(folder, parser) {
  const opened = await openProject(folder, { now: Date.UTC(2024, 0, 1) });
  try {
    let lineage;
    const build = await timed(async () => {
      lineage = await opened.lineage({ parser });
    });
    if (lineage.nodes.size !== NODES) throw new Error(`${lineage.nodes.size} nodes, not ${NODES}`);
    const [source] = lineage.nodes.keys();
    const down = await timed(async () => lineage.downstream(source, 'amount'));
    return { build, down };
  } finally {
    await opened.close();
  }
}

/** Groups of ten: a file, five transforms over it, four over those. No two queries are the same text. */
function files() {
  const found = {};
  for (let group = 0; group < NODES / 10; group += 1) {
    const source = `sales_${group}`;
    found[`data/${source}.csv`] = 'day,shop,amount,note\n2024-01-01,1,10,x\n';
    found[`seeknal/sources/${source}.yml`] = sourceYaml({
      name: source,
      format: 'csv',
      path: `data/${source}.csv`,
      timeColumn: 'day',
    });
    for (let at = 0; at < 9; at += 1) {
      const name = `node_${group}_${at}`;
      const sql = at < 5 ? firstSql(source, group + at) : secondSql(group, at);
      found[`seeknal/transforms/${name}.yml`] = transformYaml({ name, inputs: [], sql });
    }
  }
  return found;
}

function firstSql(source, number) {
  return `WITH clean AS (
  SELECT *, amount * ${number} AS weighted, row_number() OVER (PARTITION BY shop ORDER BY day) AS place
  FROM source.${source}
  WHERE amount > ${number} AND note IS NOT NULL
)
SELECT day, shop, sum(weighted) AS amount, count(*) FILTER (place = 1) AS firsts
FROM clean GROUP BY day, shop`;
}

function secondSql(group, at) {
  return `SELECT a.day, a.shop, coalesce(b.amount, 0) - a.amount AS change, a.firsts
FROM transform.node_${group}_${at - 5} a LEFT JOIN transform.node_${group}_${at - 4} b USING (day, shop)
WHERE a.shop IN (SELECT shop FROM transform.node_${group}_0)`;
}

/**
 * What column lineage costs: every query of TPC-H (from ../shared, where it is there), and all columns of a
 * project of 5,000 nodes, from the manifest to the graph, with either parser.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openSqlParser } from '@seeknal/engine-duckdb';
import { columnLineage } from '@seeknal/lineage';
import { openProject } from '@seeknal/sdk';
import { lightParser, lowerDuckDb } from '@seeknal/sql-ast';

import { NOW, writeGeneratedProject } from './generated-project.js';
import { alternate, ms, printTable, timed } from './measure.js';
import { removeFolder, scratchFolder } from './project-folder.js';

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
  const each = (work) => timed(async () => {
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
  try {
    await writeGeneratedProject(folder, NODES);
    const { light, duckdb } = await alternate(
      { duckdb: () => built(folder, 'duckdb'), light: () => built(folder, 'node-sql-parser') },
      5,
    );
    printTable(`A project of ${NODES} nodes: from the manifest to every column`, [
      ['', 'build', 'all the way down from one column'],
      ['DuckDB', ms(duckdb.build), ms(duckdb.down)],
      ['node-sql-parser', ms(light.build), ms(light.down)],
    ]);
  } finally {
    await removeFolder(folder);
  }
}

async function built(folder, parser) {
  const opened = await openProject(folder, { now: NOW });
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

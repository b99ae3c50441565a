/**
 * What a plan costs after an edit, in a process of its own: of a chain of a thousand nodes whose top changes a
 * column that nobody reads, and of five thousand nodes of which one in the middle changes what others read.
 * How many queries had to be parsed is told beside it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { coldProcess } from './cold-process.js';
import { alternate, megabytes, ms, printTable, seconds, timed } from './measure.js';
import { removeFolder, scratchFolder, sourceYaml, transformYaml, writeProject } from './project-folder.js';
import { runEverything } from './run-everything.js';

const ROUNDS = 7;
const NOW = Date.UTC(2024, 0, 5);
const SCRIPT = fileURLToPath(new URL('./sdk-plan.js', import.meta.url));

const CASES = [
  {
    name: 'a chain of 1,000',
    chains: 1,
    length: 1000,
    edited: 'node_0_0',
    from: 'AS unread',
    to: '+ 1 AS unread',
  },
  {
    name: '5,000 in chains of 10',
    chains: 500,
    length: 10,
    edited: 'node_250_4',
    from: 'b + 4',
    to: 'b + 5',
  },
];

for (const { name, chains, length, edited, from, to } of CASES) {
  const folder = await scratchFolder();
  try {
    await writeProject(folder, chainsOf(chains, length));
    // Many at once share the writes of the state.
    const first = await timed(() => runEverything(folder, NOW, { maxWorkers: 8 }));
    const file = join(folder, `seeknal/transforms/${edited}.yml`);
    const text = await readFile(file, 'utf8');
    const planned = (sql) => async () => {
      // The manifest is read again: an edit is what made somebody plan.
      await writeFile(file, sql);
      const { wall, peak, output } = await coldProcess([SCRIPT, folder, String(NOW)], {
        cwd: folder,
        scratch: folder,
      });
      return { wall, peak, ...JSON.parse(output) };
    };
    const sides = { 'as it was': planned(text), 'after the edit': planned(text.replace(from, to)) };
    const measured = await alternate(sides, ROUNDS);
    await writeFile(file, text.replace(from, to));
    const { output } = await coldProcess([SCRIPT, folder, String(NOW), 'count'], {
      cwd: folder,
      scratch: folder,
    });
    const parsed = { 'as it was': 0, 'after the edit': JSON.parse(output).parsed };
    printTable(`A plan of ${name} (goal: 0.5 s; its first run took ${seconds(first)})`, [
      ['', 'the plan', 'of it processor', 'whole process', 'peak memory', 'tasks', 'queries parsed'],
      ...Object.entries(measured).map(([side, { plan, processor, wall, peak, tasks }]) => [
        side,
        ms(plan),
        ms(processor),
        ms(wall),
        megabytes(peak),
        String(tasks),
        String(parsed[side]),
      ]),
    ]);
  } finally {
    await removeFolder(folder);
  }
}

/** Chains of whole tables, each over a file of its own; the first of each has a column that nobody reads. */
function chainsOf(chains, length) {
  const files = {};
  for (let chain = 0; chain < chains; chain += 1) {
    files[`data/rows_${chain}.csv`] = 'a,b\n1,1\n2,2\n';
    const source = { name: `rows_${chain}`, format: 'csv', path: `data/rows_${chain}.csv` };
    files[`seeknal/sources/rows_${chain}.yml`] = sourceYaml(source);
    // The source is the first of the chain.
    for (let at = 0; at < length - 1; at += 1) {
      const input = at === 0 ? `source.rows_${chain}` : `transform.node_${chain}_${at - 1}`;
      const unread = at === 0 ? ', a AS unread' : '';
      const name = `node_${chain}_${at}`;
      const sql = `SELECT a, b + ${at} AS b${unread} FROM ${input}`;
      files[`seeknal/transforms/${name}.yml`] = transformYaml({ name, inputs: [input], sql });
    }
  }
  return files;
}

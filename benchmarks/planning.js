/**
 * What a plan costs by the number of intervals that are done: a hundred hourly nodes with one, ten and a
 * hundred years behind them, first with nothing to do, then with one new hour each.
 */
import { join } from 'node:path';

import { openProject } from '@seeknal/sdk';

import { alternate, ms, printTable, ratio, timed } from './measure.js';
import { removeFolder, scratchFolder, transformYaml, writeProject } from './project-folder.js';
import { runEverything } from './run-everything.js';

const NODES = 100;
const ROUNDS = 9;
const HOUR = 3_600_000;
const NOW = Date.UTC(2024, 0, 1, 0, 30);

const folder = await scratchFolder();
try {
  const sides = {};
  for (const years of [1, 10, 100]) {
    const project = join(folder, String(years));
    await writeProject(project, hourlyNodes(2024 - years));
    await runEverything(project, NOW);
    sides[years] = async () => ({
      nothing: await planned(project, NOW, 0),
      hour: await planned(project, NOW + HOUR, NODES),
    });
  }
  const measured = await alternate(sides, ROUNDS);
  printTable(`A plan for ${NODES} hourly nodes, from opening the project to the plan (goal: no growth)`, [
    ['', 'intervals done', 'nothing to do', 'a new hour each', 'beside 1 year'],
    ...Object.entries(measured).map(([years, { nothing, hour }]) => [
      `${years} years`,
      String(NODES * Math.round(Number(years) * 365.25 * 24)),
      ms(nothing),
      ms(hour),
      ratio(nothing / measured[1].nothing),
    ]),
  ]);
} finally {
  await removeFolder(folder);
}

/** @param {number} year */
function hourlyNodes(year) {
  const files = {};
  for (let i = 0; i < NODES; i += 1) {
    // A task may take everything at once: what is measured is the plan, not this run.
    const more = ['schedule: "@hourly"', `start: ${year}-01-01`, 'time_column: hour', 'batch_size: 1000000'];
    const sql = `SELECT TIMESTAMP '{{ start }}' AS hour, ${i} AS amount`;
    files[`seeknal/transforms/node_${i}.yml`] = transformYaml({ name: `node_${i}`, inputs: [], sql, more });
  }
  return files;
}

async function planned(path, now, tasks) {
  let project;
  let plan;
  const elapsed = await timed(async () => {
    project = await openProject(path, { now });
    plan = await project.plan();
  });
  await project.close();
  if (plan.tasks.length !== tasks) throw new Error(`${plan.tasks.length} tasks are planned, not ${tasks}`);
  return elapsed;
}

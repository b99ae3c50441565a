/**
 * What a task costs that takes a second or more by itself: one that computes much and one that writes much,
 * beside the same statement run bare, both durable.
 */
import { join } from 'node:path';

import { openProject } from '@seeknal/sdk';

import { withBareDuckDb } from './bare-duckdb.js';
import { alternate, ms, printTable, ratio, timed } from './measure.js';
import {
  daily,
  forgetRuns,
  removeFolder,
  scratchFolder,
  transformYaml,
  writeProject,
} from './project-folder.js';

const ROUNDS = 5;
const NOW = Date.UTC(2024, 0, 2, 1);
const DAY = "TIMESTAMP '2024-01-01' + to_seconds(i % 86400)";

const TASKS = {
  computes: `SELECT TIMESTAMP '2024-01-01' AS at, bucket, count(DISTINCT h) AS n, median(h) AS middle
FROM (SELECT i % 1000 AS bucket, hash(i * 31) % 100000 AS h FROM range(12000000) AS t(i))
GROUP BY bucket`,
  'writes 5 million rows': `SELECT ${DAY} AS at, i AS id, hash(i) AS payload, i % 1000 AS kind, sqrt(i) AS amount
FROM range(5000000) AS t(i)`,
};

const folder = await scratchFolder();
try {
  const rows = [['', 'bare', 'incremental', 'full']];
  for (const [name, sql] of Object.entries(TASKS)) {
    const projects = {};
    for (const mode of ['incremental', 'full']) {
      projects[mode] = join(folder, `${mode}-${Object.keys(TASKS).indexOf(name)}`);
      const text = mode === 'incremental' ? sql.replaceAll('2024-01-01', '{{ start }}') : sql;
      const more = mode === 'incremental' ? [...daily('2024-01-01').slice(0, 2), 'time_column: at'] : [];
      await writeProject(projects[mode], {
        'seeknal/transforms/heavy.yml': transformYaml({ name: 'heavy', inputs: [], sql: text, more }),
      });
    }
    const measured = await alternate(
      {
        bare: () => bareTask(join(folder, 'bare.duckdb'), sql),
        incremental: () => seeknalTask(projects.incremental),
        full: () => seeknalTask(projects.full),
      },
      ROUNDS,
    );
    const cell = (side) => `${ms(measured[side].task)} (${ratio(measured[side].task / measured.bare.task)})`;
    rows.push([name, ms(measured.bare.task), cell('incremental'), cell('full')]);
  }
  printTable('A task of a second or more beside its SQL run bare, both durable (goal: × 1.05)', rows);
} finally {
  await removeFolder(folder);
}

async function bareTask(file, sql) {
  for (const each of [file, `${file}.wal`]) await removeFolder(each);
  return withBareDuckDb(file, async (run) => ({
    task: await timed(() => run(`CREATE TABLE heavy AS ${sql}`)),
  }));
}

/** From the start of the task to its end: opening and closing the warehouse are not part of it. */
async function seeknalTask(path) {
  await forgetRuns(path);
  const project = await openProject(path, { now: NOW });
  let task = 0;
  const onEvent = (event) => {
    if (event.type === 'finished') task = event.durationMs;
  };
  try {
    const { status, job } = await project.run({ onEvent });
    if (status !== 'success') throw new Error(`The run ended as ${status}`, { cause: job?.failed[0]?.error });
    return { task };
  } finally {
    await project.close();
  }
}

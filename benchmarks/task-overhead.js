/**
 * What a task costs beside the same SQL run bare: 100 days of a cheap aggregation over a Parquet file of five
 * million rows, each day an INSERT … SELECT in a durable transaction of its own.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { openProject } from '@seeknal/sdk';

import { withBareDuckDb } from './bare-duckdb.js';
import { alternate, ms, printTable, ratio, timed } from './measure.js';
import {
  daily,
  forgetRuns,
  removeFolder,
  scratchFolder,
  sourceYaml,
  transformYaml,
  writeProject,
} from './project-folder.js';

const ROWS = 5_000_000;
const DAYS = 100;
const ROUNDS = 5;
const FIRST = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
const NOW = FIRST + DAYS * DAY + 3_600_000;

const folder = await scratchFolder();
try {
  const parquet = join(folder, 'events.parquet');
  await withBareDuckDb(':memory:', (run) => run(eventsSql(parquet)));
  const sql = (
    start,
    end,
    from,
  ) => `SELECT CAST(sold_at AS DATE) AS day, kind, count(*) AS events, sum(amount) AS amount
FROM ${from}
WHERE sold_at >= '${start}' AND sold_at < '${end}'
GROUP BY ALL`;
  const project = join(folder, 'project');
  await writeProject(project, {
    'seeknal/sources/events.yml': sourceYaml({
      name: 'events',
      format: 'parquet',
      path: parquet,
      timeColumn: 'sold_at',
    }),
    'seeknal/transforms/totals.yml': transformYaml({
      name: 'totals',
      inputs: ['source.events'],
      sql: sql('{{ start }}', '{{ end }}', 'source.events'),
      more: [...daily('2024-01-01'), 'batch_size: 1'],
    }),
  });
  const statements = Array.from({ length: DAYS }, (_, day) =>
    sql(dateOf(day), dateOf(day + 1), `read_parquet('${parquet}')`),
  );

  const rows = [['', 'bare', 'seeknal', 'beside it, a task', 'whole run']];
  for (const workers of [1, 4]) {
    const { bare, seeknal } = await alternate(
      {
        bare: () => bareTasks(join(folder, 'bare'), statements, workers),
        seeknal: () => seeknalTasks(project, workers),
      },
      ROUNDS,
    );
    const beside = (seeknal.tasks - bare.tasks) / DAYS;
    rows.push([
      `${workers} at a time`,
      `${ms(bare.tasks / DAYS)} a task`,
      `${ms(seeknal.tasks / DAYS)} a task (${ratio(seeknal.tasks / bare.tasks)})`,
      ms(beside),
      ms(seeknal.run),
    ]);
  }
  printTable(
    `Overhead of a task: ${DAYS} days over ${ROWS / 1e6} million rows, both durable (goal: 15 ms a task)`,
    rows,
  );
} finally {
  await removeFolder(folder);
}

/** @param {string} parquet */
function eventsSql(parquet) {
  return `COPY (
    SELECT TIMESTAMP '2024-01-01' + to_milliseconds(CAST(i * ${(DAYS * DAY) / ROWS} AS BIGINT)) AS sold_at,
           i % 20 AS kind, (i * 7919) % 1000 / 10 AS amount, hash(i) AS payload
    FROM range(${ROWS}) AS t(i)
  ) TO '${parquet}'`;
}

/** @param {number} day */
function dateOf(day) {
  return new Date(FIRST + day * DAY).toISOString().slice(0, 10);
}

/** The statements in order, `workers` connections taking the next one each. */
async function bareTasks(path, statements, workers) {
  const file = `${path}.duckdb`;
  for (const each of [file, `${file}.wal`]) await removeFolder(each);
  return withBareDuckDb(
    file,
    async (run) => {
      await run(`CREATE TABLE totals AS ${statements[0]} LIMIT 0`);
      const waiting = statements.values();
      const work = async (connection) => {
        for (const statement of waiting) {
          await run('BEGIN TRANSACTION', connection);
          await run(`INSERT INTO totals ${statement}`, connection);
          await run('COMMIT', connection);
        }
      };
      const tasks = await timed(() => Promise.all(Array.from({ length: workers }, (_, i) => work(i))));
      return { tasks };
    },
    workers,
  );
}

/** A first run: `tasks` from the start of the first day's task to the end of the last one's, `run` all of it. */
async function seeknalTasks(path, maxWorkers) {
  await forgetRuns(path);
  const project = await openProject(path, { now: NOW });
  let first = Infinity;
  let last = 0;
  const onEvent = ({ type, task }) => {
    if (task?.node !== 'transform.totals') return;
    if (type === 'started') first = Math.min(first, performance.now());
    if (type === 'finished') last = performance.now();
  };
  try {
    let report;
    const run = await timed(async () => {
      report = await project.run({ maxWorkers, onEvent });
    });
    if (report.status !== 'success' || report.job.done.length !== DAYS + 1) {
      throw new Error(`The run ended as ${report.status}`, { cause: report.job?.failed[0]?.error });
    }
    return { tasks: last - first, run };
  } finally {
    await project.close();
  }
}

/**
 * What a program does that plans a project: the folder and the clock are its arguments. Prints what it took
 * from opening the project to the plan, in ms, and the processor time of the plan alone. With a third argument
 * it counts, in place of measuring, the queries that DuckDB's parser was asked for.
 */
import { performance } from 'node:perf_hooks';

const [, , folder, now, counts] = process.argv;
const asked = counts === undefined ? null : await countedQueries();
const { openProject } = await import('@seeknal/sdk');
const startedAt = performance.now();
const project = await openProject(folder, { now: Number(now) });
const openedAt = performance.now();
const before = process.cpuUsage();
const { tasks } = await project.plan();
const plannedAt = performance.now();
const { user, system } = process.cpuUsage(before);
await project.close();
console.log(
  JSON.stringify({
    open: openedAt - startedAt,
    plan: plannedAt - openedAt,
    processor: (user + system) / 1000,
    tasks: tasks.length,
    parsed: asked?.size ?? 0,
  }),
);

/** The texts of all queries that are parsed from now on. */
async function countedQueries() {
  const { DuckDBConnection } = await import('@duckdb/node-api');
  const texts = new Set();
  const methods = /** @type {any} */ (DuckDBConnection.prototype);
  const run = methods.runAndReadAll;
  methods.runAndReadAll = function counting(sql, ...rest) {
    if (sql.includes('json_serialize_sql')) texts.add(sql);
    return run.call(this, sql, ...rest);
  };
  return texts;
}

/**
 * The state in libSQL: 1,000 nodes with 1,000 intervals each saved and loaded through the contract, beside the same
 * rows written and read with the bare client; what a run that changes one node of 1,000 or 5,000 sends and receives; and
 * claims by workers in this process. On a file, and on a server where there is one.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createClient } from '@libsql/client';
import { openProject } from '@seeknal/sdk';
import { DatabaseBackend } from '@seeknal/state-libsql';
import { chaosProxy, sqldMissing, startSqld } from '@seeknal/state-libsql/testkit';

import { NOW, writeGeneratedProject } from './generated-project.js';
import { alternate, ms, printTable, ratio, timed } from './measure.js';
import { removeFolder, scratchFolder } from './project-folder.js';

const NODES = 1000;
const ROUNDS = 7;
const DAY_MS = 86_400_000;
const SCOPE = { project: 'p', warehouse: 'w' };
const sizes = (process.env['SEEKNAL_BENCH_NODES'] ?? '1000,5000').split(',').map(Number);

const snapshotOf = (id) => ({
  id,
  node: `transform.${id}`,
  kind: 'transform',
  fingerprint: id,
  definition: {
    sql: `SELECT day, sum(amount) AS amount FROM input_0 WHERE day >= '{{ start }}' GROUP BY day -- ${id}`,
  },
  materialization: 'incremental_by_time',
  inputs: [],
  reads: [],
  schedule: { expression: '0 0 * * *', timeZone: 'UTC' },
  timeColumn: 'day',
  start: 0,
  createdAt: 0,
});
const ids = Array.from({ length: NODES }, (_, n) => `node_${String(n).padStart(4, '0')}`);
const range = { start: 0, end: 1000 * DAY_MS };

const folder = await scratchFolder();
const server = sqldMissing() === null ? await startSqld() : null;
try {
  await saveAndLoad('a file', () => ({ dbPath: join(folder, `${Math.random()}.db`) }));
  if (server === null) console.log(`No server: ${sqldMissing()}`);
  else {
    const options = { url: server.url, authToken: server.token() };
    await saveAndLoad('a server', () => options);
    await claims('a server', options);
    for (const nodes of sizes) await traffic(nodes, server);
  }
  await claims('a file', { dbPath: join(folder, 'claims.db') });
} finally {
  await server?.remove();
  await removeFolder(folder);
}

/**
 * Save: all intervals of all nodes are done, in one step. Load: a process that has just opened the state reads
 * everything. The bare client keeps the same data by hand, in the simplest way that is sound: a row per node with what
 * it is made from, what is done and the numbers beside it, a line of history per node; saved in one batch, which is one
 * transaction, with a statement per row; loaded with one SELECT, its JSON parsed. It checks nothing: not whether others
 * wrote in between, not whether a lost answer was taken.
 */
async function saveAndLoad(name, place) {
  let round = 0;
  const contract = async () => {
    const options = place();
    const state = new DatabaseBackend(options);
    await state.initialize();
    // A warehouse of its own each time, so that every round begins with nothing.
    const scope = { ...SCOPE, warehouse: `w${(round += 1)}` };
    await state.scope(scope).addSnapshots(ids.map(snapshotOf));
    const stretches = ids.map((snapshot) => ({ snapshot, range, reason: 'bench' }));
    const save = await timed(() => state.scope(scope).complete(stretches, 1));
    const other = new DatabaseBackend(options);
    await other.initialize();
    const load = await timed(() => other.scope(scope).read());
    await state.close();
    await other.close();
    return { save, load };
  };
  const bare = async () => {
    const { dbPath, url = `file:${dbPath}`, authToken } = place();
    const client = createClient({ url, authToken });
    await client.execute('PRAGMA journal_mode = WAL').catch(() => undefined);
    await client.execute(`CREATE TABLE IF NOT EXISTS bare (round INT, id TEXT, made TEXT, generation INT, fence INT,
      seq INT, done TEXT, columns TEXT, rows INT, version TEXT, PRIMARY KEY (round, id))`);
    await client.execute(`CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, round INT, snapshot TEXT, at INT,
      node TEXT, kind TEXT, start INT, "end" INT, run TEXT, reason TEXT)`);
    round += 1;
    const empty = ids.map((id) => ({
      sql: "INSERT INTO bare VALUES (?, ?, ?, 0, 0, 0, '[]', NULL, NULL, NULL)",
      args: [round, id, JSON.stringify(snapshotOf(id))],
    }));
    await client.batch(empty, 'write');
    const save = await timed(() => {
      const done = JSON.stringify([range]);
      const rows = ids.flatMap((id) => [
        { sql: 'UPDATE bare SET done = ? WHERE round = ? AND id = ?', args: [done, round, id] },
        {
          sql: 'INSERT INTO history VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          args: [round, id, 1, `transform.${id}`, 'done', range.start, range.end, null, 'bench'],
        },
      ]);
      return client.batch(rows, 'write');
    });
    const other = createClient({ url, authToken });
    await other.execute('SELECT 1');
    const load = await timed(async () => {
      const found = await other.execute({ sql: 'SELECT * FROM bare WHERE round = ?', args: [round] });
      const records = found.rows.map(({ made, done, columns, version, generation, seq, rows }) => ({
        ...JSON.parse(made),
        done: JSON.parse(done),
        columns: columns === null ? null : JSON.parse(columns),
        version: version === null ? null : JSON.parse(version),
        generation,
        seq,
        rows,
      }));
      return Object.fromEntries(records.map((record) => [record.id, record]));
    });
    client.close();
    other.close();
    return { save, load };
  };
  await contract();
  await bare();
  const measured = await alternate({ bare, contract }, ROUNDS);
  printTable(`1,000 nodes × 1,000 intervals on ${name} (goals: under 100 ms; × 1.3 of the bare client)`, [
    ['', 'bare client', 'through the contract', ''],
    ...['save', 'load'].map((what) => [
      what,
      ms(measured.bare[what]),
      ms(measured.contract[what]),
      ratio(measured.contract[what] / measured.bare[what]),
    ]),
  ]);
}

/** What goes over the wire when one node of many is changed and run; the first run, of all, is not counted. */
async function traffic(nodes, { port, token }) {
  const project = join(folder, `project-${nodes}`);
  await writeGeneratedProject(project, nodes);
  const proxy = await chaosProxy(port);
  const env = { ...process.env, SEEKNAL_STATE_URL: proxy.url, SEEKNAL_STATE_TOKEN: token() };
  const settings = join(project, 'seeknal_project.yml');
  await writeFile(settings, `name: bench_${nodes}\nversion: 1.0.0\n`);
  const counted = async (work) => {
    const before = { ...proxy.counts };
    const took = await timed(work);
    const { requests, bytesUp, bytesDown } = proxy.counts;
    const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
    return [
      `${requests - before.requests}`,
      kilobytes(bytesUp - before.bytesUp),
      kilobytes(bytesDown - before.bytesDown),
      ms(took),
    ];
  };
  const run = async () => {
    const opened = await openProject(project, { now: NOW, env });
    const report = await opened.run({});
    await opened.close();
    return report;
  };
  const first = await counted(run);
  const nothing = await counted(run);
  const full = join(project, 'seeknal/transforms/by_month_0000.yml');
  await writeFile(
    full,
    `kind: transform\nname: by_month_0000\ninputs: [{ref: transform.double_0000}]\ntransform: |\n  SELECT day AS month, max(amount) AS amount FROM input_0 GROUP BY day\n`,
  );
  const one = await counted(run);
  printTable(`State traffic, ${nodes} nodes, over HTTP`, [
    ['', 'requests', 'sent', 'received', 'the whole run'],
    ['the first run, of all', ...first],
    ['nothing to do', ...nothing],
    ['one node changed', ...one],
  ]);
  await proxy.close();
}

/** Twenty workers in this process, each with a connection of its own. */
async function claims(name, options) {
  const workers = 20;
  const tasks = 1000;
  const states = Array.from({ length: workers }, () => new DatabaseBackend(options));
  await states[0].initialize();
  await states[0].scope(SCOPE).addSnapshots(Array.from({ length: workers }, (_, n) => snapshotOf(`s${n}`)));
  let claimed = 0;
  const took = await timed(() =>
    Promise.all(
      states.map(async (state, worker) => {
        const scope = state.scope(SCOPE);
        for (let day = 0; day < tasks / workers; day += 1) {
          const part = { start: day * DAY_MS, end: (day + 1) * DAY_MS };
          const wish = {
            snapshot: `s${worker}`,
            range: part,
            run: 'r',
            task: `t${day}`,
            holder: `${worker}`,
            leaseMs: 60_000,
          };
          const { status, fence } = await scope.claim(wish);
          if (status === 'claimed') claimed += 1;
          await scope.release(wish.snapshot, fence);
        }
      }),
    ),
  );
  for (const state of states) await state.close();
  printTable(`Claims on ${name}: 20 connections, ${tasks} tasks, each claimed and given back`, [
    ['claimed', 'per second'],
    [String(claimed), String(Math.round((claimed / took) * 1000))],
  ]);
}

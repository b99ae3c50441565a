// Child process: works off the days of many snapshots with others, and counts on one environment.
// Prints `<snapshot> <day> <fence>` for what it made, `count` for each increment, `end` with its numbers.
import { writeSync } from 'node:fs';

import { openStateDatabase } from '../database-backend.ts';

const DAY_MS = 86_400_000;
const { options, name, snapshots, days, counts, leaseMs } = JSON.parse(process.argv[2]);
const state = openStateDatabase(options);
const scope = state.scope({ project: 'p', warehouse: 'w' });
const ids = Array.from({ length: snapshots }, (_, n) => `s${n}`);
const shuffled = (list) =>
  list
    .map((value) => [Math.random(), value])
    .toSorted(([a], [b]) => a - b)
    .map(([, value]) => value);

const began = Date.now();
let claims = 0;
let worst = 0;
let left = counts;
let seen = 0;
for (;;) {
  const view = await scope.read();
  const missing = ids.flatMap((id) => {
    const { done } = view.snapshots[id];
    const isDone = (day) => done.some(({ start, end }) => start <= day * DAY_MS && day * DAY_MS < end);
    return Array.from({ length: days }, (_, day) => day)
      .filter((day) => !isDone(day))
      .map((day) => [id, day]);
  });
  if (missing.length === 0 && left === 0) break;
  for (const [snapshot, day] of shuffled(missing).slice(0, 5)) await work(snapshot, day);
  if (left > 0) await count(view.environments.prod?.epoch ?? 0);
}
writeSync(1, `end ${claims} ${Math.round(worst)} ${began} ${Date.now()}\n`);
await state.close();

async function work(snapshot, day) {
  const range = { start: day * DAY_MS, end: (day + 1) * DAY_MS };
  const task = `${snapshot}@${day}`;
  const asked = performance.now();
  const claim = await scope.claim({ snapshot, range, run: name, task, holder: name, leaseMs });
  claims += 1;
  worst = Math.max(worst, performance.now() - asked);
  if (claim.status !== 'claimed') return;
  const { fence, generation } = claim;
  const commit = {
    snapshot,
    range,
    generation,
    fence,
    seq: fence,
    run: name,
    task,
    rows: 1,
    changed: [range],
    seen: {},
    columns: [{ name: 'day', type: 'DATE' }],
    version: null,
    finishedAt: Date.now(),
  };
  const { status } = await scope.record(commit, [], []);
  if (status === 'recorded') writeSync(1, `${snapshot} ${day} ${fence}\n`);
  await scope.release(snapshot, fence);
}

async function count(expectedEpoch) {
  try {
    // `at` is the worker's own, so that nobody takes another's switch for a repetition of theirs.
    const at = Number(name.replace(/\D/g, '')) * 1_000_000 + seen;
    seen += 1;
    await scope.switchEnvironment({ name: 'prod', expectedEpoch, pointers: {}, at, expiresAt: null });
    left -= 1;
    writeSync(1, 'count\n');
  } catch (error) {
    if (error.code !== 'STATE_ENVIRONMENT_MOVED') throw error;
  }
}

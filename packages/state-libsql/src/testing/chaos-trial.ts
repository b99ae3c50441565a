import { openStateDatabase } from '../database-backend.ts';
import { chaosProxy, type Mishap } from './chaos-proxy.ts';
import { emptied } from './emptied.ts';
import type { Sqld } from './sqld.ts';
import { SCOPE, snapshotOf } from './work-trial.ts';

export interface ChaosResult {
  readonly hours: number;
  readonly generation: number;
  readonly epoch: number;
  readonly events: number;
  readonly done: number;
  readonly fence: number;
  readonly runs: number;
  readonly lockFence: number;
}

const HOUR_MS = 3_600_000;

/** Does everything `times` times over a bad network, and counts what came of it. */
export async function endure(
  server: Sqld,
  kind: Mishap,
  times: number,
): Promise<{ readonly result: ChaosResult; readonly mishaps: number }> {
  await emptied(server);
  const proxy = await chaosProxy(server.port);
  const state = openStateDatabase({
    url: proxy.url,
    authToken: server.token(),
    requestMs: 400,
    timeoutMs: 60_000,
  });
  await state.initialize();
  const scope = state.scope(SCOPE);
  await state.createRun('r');
  await scope.addSnapshots([snapshotOf('a'), snapshotOf('b')]);
  proxy.mishap = { kind, oneIn: 4 };
  for (let n = 0; n < times; n += 1) {
    const range = { start: n * HOUR_MS, end: (n + 1) * HOUR_MS };
    await state.addCompletedInterval('r', 'n', 2 * n, 2 * n + 1);
    await scope.invalidate(`key ${n}`, [{ snapshot: 'b', range, reason: 'asked for' }], n);
    const claim = await scope.claim({
      snapshot: 'a',
      range,
      run: 'r',
      task: `t${n}`,
      holder: 'h',
      leaseMs: 60_000,
    });
    if (claim.status !== 'claimed') throw new Error(`Hour ${n} is ${claim.status}`);
    const commit = {
      snapshot: 'a',
      range,
      generation: claim.generation,
      fence: claim.fence,
      seq: n + 1,
      run: 'r',
      task: `t${n}`,
      rows: 1,
      changed: [range],
      seen: {},
      columns: [],
      version: null,
      finishedAt: n,
    };
    const { status } = await scope.record(commit, [], []);
    if (status !== 'recorded') throw new Error(`Hour ${n} was ${status}`);
    await scope.release('a', claim.fence);
    await scope.switchEnvironment({ name: 'prod', expectedEpoch: n, pointers: {}, at: n, expiresAt: null });
    await (await state.acquireLock('lock')).release();
    // Without a start of its own the call cannot be told from another's: it must not be made twice.
    if (n < 40) await state.createRun(`run ${n}`);
  }
  proxy.mishap = null;
  const view = await scope.read();
  const lock = await state.acquireLock('lock');
  const node = await state.getNodeState('r', 'n');
  const claim = await scope.claim({
    snapshot: 'a',
    range: { start: times * HOUR_MS, end: (times + 1) * HOUR_MS },
    run: 'r',
    task: 'last',
    holder: 'h',
    leaseMs: 1,
  });
  const result: ChaosResult = {
    hours: node?.completedIntervals.length ?? 0,
    generation: view.snapshots['b']?.generation ?? 0,
    epoch: view.environments['prod']?.epoch ?? 0,
    events: (await scope.events({ limit: 10 * times })).length,
    done: (view.snapshots['a']?.done ?? []).reduce((sum, { start, end }) => sum + (end - start) / HOUR_MS, 0),
    fence: claim.status === 'claimed' ? claim.fence - 1 : -1,
    runs: (await state.listRuns(100)).length - 1,
    lockFence: lock.fence - 1,
  };
  await state.close();
  await proxy.close();
  return { result, mishaps: proxy.counts.mishaps };
}

/** What must have come of it. */
export const exactly = (times: number): ChaosResult => ({
  hours: times,
  generation: times,
  epoch: times,
  events: times,
  done: times,
  fence: times,
  runs: Math.min(times, 40),
  lockFence: times,
});

import { openStateDatabase, type DatabaseBackendOptions } from '../database-backend.ts';
import { child, pause } from './children.ts';
import { SCOPE, snapshotOf } from './work-trial.ts';

const HOUR_MS = 3_600_000;

export interface KillResult {
  readonly acknowledged: number;
  /** Hours that were acknowledged and are not there. */
  readonly missing: readonly number[];
  /** Steps of which one half is there and the other is not. */
  readonly halves: readonly string[];
}

/** Kills a writing process at a random moment, looks at the state, starts the next, `times` times. */
export async function killAgainAndAgain(options: DatabaseBackendOptions, times: number): Promise<KillResult> {
  const state = openStateDatabase(options);
  await prepare(state);
  const hours = new Set<number>();
  const recorded = new Set<number>();
  for (let n = 0; n < times; n += 1) {
    const from = Math.max(-1, ...hours) + 1;
    const writer = child('acknowledging', { options, from, task: `w${n}`, leaseMs: 1, pauseMs: 0 });
    while (writer.lines.length === 0 && writer.process.exitCode === null) await pause(2);
    await pause(Math.random() * 40);
    writer.process.kill('SIGKILL');
    await writer.ended;
    if (writer.lines.length === 0) throw new Error(writer.errors());
    for (const line of writer.lines) {
      const [what, hour] = line.split(' ');
      if (what === 'hour') hours.add(Number(hour));
      if (what === 'recorded') recorded.add(Number(hour));
    }
  }
  const result = await found(state, hours, recorded);
  await state.close();
  return result;
}

export async function prepare(state: ReturnType<typeof openStateDatabase>): Promise<void> {
  await state.initialize();
  await state.createRun('r');
  await state.scope(SCOPE).addSnapshots([snapshotOf('a')]);
}

async function found(
  state: ReturnType<typeof openStateDatabase>,
  hours: ReadonlySet<number>,
  recorded: ReadonlySet<number>,
): Promise<KillResult> {
  const node = await state.getNodeState('r', 'n');
  const there = new Set(node?.completedIntervals.map(([start]) => start / 2));
  const scope = state.scope(SCOPE);
  const done = (await scope.read()).snapshots['a']?.done ?? [];
  const isDone = (hour: number): boolean =>
    done.some(({ start, end }) => start <= hour * HOUR_MS && hour * HOUR_MS < end);
  // A record writes the snapshot and its history in one step: neither is there without the other.
  const told = new Set((await scope.events({ limit: 1_000_000 })).map(({ range }) => range.start / HOUR_MS));
  const all = Math.max(0, ...hours, ...recorded) + 2;
  const halves = Array.from({ length: all }, (_, hour) => hour).filter(
    (hour) => isDone(hour) !== told.has(hour),
  );
  return {
    acknowledged: hours.size + recorded.size,
    missing: [
      ...[...hours].filter((hour) => !there.has(hour)),
      ...[...recorded].filter((hour) => !isDone(hour)),
    ],
    halves: halves.map((hour) => `hour ${hour}`),
  };
}

export interface ZombieResult {
  readonly stopped: number;
  /** Answers that those who woke late were given. */
  readonly late: readonly string[];
  /** Hours whose rows are no longer those of the newest fence. */
  readonly overwritten: readonly number[];
}

/**
 * Stops a process in the middle of its task until its lease is over, has the task done by another, and wakes
 * it, `times` times.
 */
export async function wakeLate(options: DatabaseBackendOptions, times: number): Promise<ZombieResult> {
  const state = openStateDatabase(options);
  await prepare(state);
  const scope = state.scope(SCOPE);
  const late: string[] = [];
  const overwritten: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const hour = 1000 * n;
    const zombie = child('acknowledging', { options, from: hour, task: `z${n}`, leaseMs: 150, pauseMs: 400 });
    const range = { start: hour * HOUR_MS, end: (hour + 1) * HOUR_MS };
    const wish = { snapshot: 'a', range, run: 'own', task: `own ${n}`, holder: 'own', leaseMs: 60_000 };
    // Whoever finds it held knows that the other is in the middle of it.
    let claim = await scope.claim({ ...wish, leaseMs: 1 });
    for (; claim.status !== 'held'; claim = await scope.claim({ ...wish, leaseMs: 1 })) {
      if (claim.status === 'claimed') await scope.release('a', claim.fence);
      await pause(5);
    }
    zombie.process.kill('SIGSTOP');
    while (claim.status === 'held') {
      await pause(20);
      claim = await scope.claim(wish);
    }
    if (claim.status !== 'claimed') throw new Error(`Expected the claim, it is ${claim.status}`);
    const { fence, generation } = claim;
    await scope.record(
      {
        snapshot: 'a',
        range,
        generation,
        fence,
        seq: 10_000_000 + n,
        run: 'own',
        task: 'own',
        rows: 1,
        changed: [range],
        seen: {},
        columns: [],
        version: { by: 'own' },
        finishedAt: n,
      },
      [],
      [],
    );
    zombie.process.kill('SIGCONT');
    while (!zombie.lines.some((line) => line.startsWith('hour ')) && zombie.process.exitCode === null)
      await pause(5);
    zombie.process.kill('SIGKILL');
    await zombie.ended;
    // `<answer> <hour> <fence>` for the hour it slept through.
    const answers = zombie.lines.map((line) => line.split(' '));
    late.push(
      ...answers
        .filter(({ length, 1: of }) => length === 3 && of === `${hour}`)
        .map(([answer = '']) => answer),
    );
    const after = (await scope.read()).snapshots['a'];
    if (
      after?.version?.['by'] !== 'own' ||
      !after.done.some(({ start, end }) => start <= range.start && range.end <= end)
    ) {
      overwritten.push(hour);
    }
    await scope.release('a', fence);
  }
  await state.close();
  return { stopped: times, late, overwritten };
}

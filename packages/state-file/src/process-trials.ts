import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { openStateFile } from './file-backend.ts';

/** Has `children` processes write `times` times each to one state, and counts what is there afterwards. */
export async function countTogether(
  children: number,
  times: number,
): Promise<{ readonly hours: number; readonly epoch: number }> {
  const folder = await folderWithRun();
  const running = Array.from({ length: children }, (_, index) =>
    child('incrementing', [folder, `${index}`, `${times}`]),
  );
  const codes = await Promise.all(running.map(async (one) => (await once(one, 'exit'))[0] as number | null));
  if (codes.some((code) => code !== 0)) throw new Error(`Children ended with ${codes.join(', ')}`);
  const { environments } = await openStateFile({ folder }).scope({ project: 'p', warehouse: 'w' }).read();
  return { hours: (await hoursIn(folder)).size, epoch: environments['prod']?.epoch ?? 0 };
}

export interface Trial {
  readonly acknowledged: number;
  /** Hours that were acknowledged and are not in the state. */
  readonly missing: readonly number[];
}

/** Kills a writing process at a random moment, looks at the state, starts the next, `times` times. */
export async function killAgainAndAgain(times: number): Promise<Trial> {
  const folder = await folderWithRun();
  const acknowledged = new Set<number>();
  for (let from = 0, n = 0; n < times; n += 1, from = Math.max(-1, ...acknowledged) + 1) {
    const writer = child('acknowledging', [folder, `${from}`, '10000']);
    const first = listen(writer, acknowledged);
    await first;
    await pause(Math.random() * 40);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    // Whatever the moment, the state can be read, and written at once: the holder of its lock has ended.
    await openStateFile({ folder, timeoutMs: 2000 }).addCompletedInterval('r', 'other', n, n + 1);
  }
  return trial(acknowledged, await hoursIn(folder));
}

/** Stops a writing process at a random moment, writes in its place, wakes it, `times` times. */
export async function stopAgainAndAgain(times: number): Promise<Trial> {
  const folder = await folderWithRun();
  const acknowledged = new Set<number>();
  const writer = child('acknowledging', [folder, '0', '50']);
  await listen(writer, acknowledged);
  const own = openStateFile({ folder, staleMs: 50 });
  for (let n = 0; n < times; n += 1) {
    await pause(Math.random() * 30);
    writer.kill('SIGSTOP');
    for (let hour = 0; hour < 3; hour += 1) {
      const other = 1_000_000 + 3 * n + hour;
      await own.addCompletedInterval('r', 'n', 2 * other, 2 * other + 1);
      acknowledged.add(other);
    }
    writer.kill('SIGCONT');
  }
  await pause(30);
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return trial(acknowledged, await hoursIn(folder));
}

const trial = (acknowledged: ReadonlySet<number>, hours: ReadonlySet<number>): Trial => ({
  acknowledged: acknowledged.size,
  missing: [...acknowledged].filter((hour) => !hours.has(hour)),
});

async function folderWithRun(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'seeknal-trial-')), 'target');
  await openStateFile({ folder }).createRun('r');
  return folder;
}

/** Each hour is stored as its own stretch, with a gap after it. */
async function hoursIn(folder: string): Promise<ReadonlySet<number>> {
  const node = await openStateFile({ folder }).getNodeState('r', 'n');
  return new Set(node?.completedIntervals.map(([start]) => start / 2));
}

/** Starts one of the scripts beside this file on the sources. */
function child(script: string, args: readonly string[]): ChildProcess {
  const here = (name: string): string => new URL(name, import.meta.url).pathname;
  const hooks = here('./typescript-hooks.test.mjs');
  const flags = ['--conditions=@seeknal/source', '--import', hooks, here(`./${script}.test.mjs`)];
  const { NODE_OPTIONS: _flagsOfJest, ...env } = process.env;
  return spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
}

/** Collects the hours a child prints; resolves with the first. */
function listen(writer: ChildProcess, acknowledged: Set<number>): Promise<void> {
  let rest = '';
  return new Promise((resolve) => {
    writer.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) acknowledged.add(Number(line));
      resolve();
    });
  });
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

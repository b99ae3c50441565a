import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import type { StateBackend } from '@seeknal/state';

import { nodeDisk, type Disk } from './disk.ts';
import { FileBackend } from './file-backend.ts';

/** A disk whose every call can be watched, held up or made to fail; it does not wait for the real one. */
function watchedDisk(before: (call: number, name: keyof Disk) => void | Promise<void>): Disk {
  let calls = 0;
  const quick: Disk = { ...nodeDisk, create: nodeDisk.createQuickly, syncFolder: () => undefined };
  const watched = Object.entries(quick).map(([name, work]) => [
    name,
    async (...args: unknown[]) => {
      calls += 1;
      await before(calls, name as keyof Disk);
      return (work as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(watched);
}

/** Stops before its call number `at` until it is woken: a process that was sent SIGSTOP. */
function stoppingDisk(at: number): {
  readonly disk: Disk;
  readonly stopped: Promise<void>;
  readonly wake: () => void;
} {
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const disk = watchedDisk((call) => {
    if (call !== at) return undefined;
    stop();
    return woken;
  });
  return { disk, stopped, wake };
}

/** Takes over from a stopped process at once. */
const IMPATIENT = { staleMs: -1, timeoutMs: 60_000 };

async function folderWithRun(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-publish-'));
  await new FileBackend({ basePath: folder }).createRun('r');
  return folder;
}

const add = (state: StateBackend, hour: number): Promise<void> =>
  state.addCompletedInterval('r', 'n', 2 * hour, 2 * hour + 1);

const hoursIn = async (folder: string): Promise<readonly number[]> => {
  const node = await new FileBackend({ basePath: folder }).getNodeState('r', 'n');
  return (node?.completedIntervals ?? []).map(([start]) => start / 2);
};

/** Whether the work comes to its end before it is stopped. */
const endsBefore = (work: Promise<unknown>, stopped: Promise<void>): Promise<boolean> =>
  Promise.race([work.then(() => true), stopped.then(() => false)]);

test('a process stopped before any of its calls cannot undo what others write before it wakes', async () => {
  for (let at = 1; ; at += 1) {
    const folder = await folderWithRun();
    const zombie = stoppingDisk(at);
    const late = add(new FileBackend({ basePath: folder, ...IMPATIENT }, zombie.disk), 0);
    const isDone = await endsBefore(late, zombie.stopped);
    const others = new FileBackend({ basePath: folder, ...IMPATIENT });
    for (const hour of [1, 2, 3]) await add(others, hour);
    zombie.wake();
    await late;
    expect({ at, hours: await hoursIn(folder) }).toEqual({ at, hours: [0, 1, 2, 3] });
    if (isDone) return;
  }
});

test('nor can two, stopped anywhere, in whatever order they wake', async () => {
  for (let first = 1; first <= 32; first += 1) {
    for (let second = 1; second <= 32; second += 3) {
      const folder = await folderWithRun();
      const [one, two] = [stoppingDisk(first), stoppingDisk(second)];
      const late = [add(new FileBackend({ basePath: folder, ...IMPATIENT }, one.disk), 0)];
      await endsBefore(late[0] as Promise<void>, one.stopped);
      late.push(add(new FileBackend({ basePath: folder, ...IMPATIENT }, two.disk), 1));
      await endsBefore(late[1] as Promise<void>, two.stopped);
      const others = new FileBackend({ basePath: folder, ...IMPATIENT });
      await add(others, 2);
      const order = (first + second) % 2 === 0 ? [one, two] : [two, one];
      order[0]?.wake();
      await add(others, 3);
      order[1]?.wake();
      await Promise.all(late);
      await add(others, 4);
      expect({ first, second, hours: await hoursIn(folder) }).toEqual({
        first,
        second,
        hours: [0, 1, 2, 3, 4],
      });
    }
  }
}, 120_000);

test.each([
  ['fails', 'ENOSPC', false],
  ['fails, and all after it', 'EIO', true],
])(
  'whichever call %s: the state is whole, the error is named, the next write succeeds',
  async (_name, code, forGood) => {
    for (let at = 1; ; at += 1) {
      const folder = await folderWithRun();
      let hasFailed = false;
      const disk = watchedDisk((call) => {
        if (call !== at && !(forGood && call > at)) return;
        hasFailed = true;
        throw Object.assign(new Error(code), { code });
      });
      const outcome = await add(new FileBackend({ basePath: folder }, disk), 0).then(
        () => 'written',
        (error: { readonly code: string }) => error.code,
      );
      expect(['written', 'STATE_UNWRITABLE', 'STATE_UNREACHABLE']).toContain(outcome);
      await add(new FileBackend({ basePath: folder, ...IMPATIENT }), 1);
      const hours = await hoursIn(folder);
      // What was refused may have come about all the same; what was acknowledged must have.
      expect(hours).toEqual(outcome === 'written' || hours.includes(0) ? [0, 1] : [1]);
      if (!hasFailed) return;
    }
  },
);

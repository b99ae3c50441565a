import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { openStateFile } from './file-backend.ts';
import { countTogether, killAgainAndAgain, stopAgainAndAgain } from './process-trials.ts';

test('eight processes that write at once lose nothing', async () => {
  expect(await countTogether(8, 25)).toEqual({ hours: 200, epoch: 200 });
}, 120_000);

test('a process killed again and again leaves a whole state with everything it acknowledged', async () => {
  const { acknowledged, missing } = await killAgainAndAgain(10);
  expect(missing).toEqual([]);
  expect(acknowledged).toBeGreaterThan(10);
}, 120_000);

test('a process that is stopped and wakes late overwrites nothing', async () => {
  const { missing } = await stopAgainAndAgain(6);
  expect(missing).toEqual([]);
}, 120_000);

test('a lock and a claim of a process that has ended are free at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-state-'));
  // A process number that no Linux or macOS system gives out.
  const ended = openStateFile({ folder, holder: `${(await import('node:os')).hostname()}:4194305` });
  await ended.acquireLock('r', 0);
  const lock = await openStateFile({ folder }).acquireLock('r', 0);
  await expect(openStateFile({ folder }).acquireLock('r', 0)).rejects.toMatchObject({
    code: 'STATE_LOCK_HELD',
  });
  await lock.release();
});

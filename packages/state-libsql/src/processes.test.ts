import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { killAgainAndAgain, wakeLate } from './testing/kill-trial.ts';
import { workTogether } from './testing/work-trial.ts';

const file = async (): Promise<{ readonly dbPath: string }> => ({
  dbPath: join(await mkdtemp(join(tmpdir(), 'seeknal-trial-')), 'state.db'),
});

test('processes that work off the same tasks lose none and do none twice', async () => {
  const trial = { options: await file(), workers: 3, snapshots: 4, days: 5, counts: 3 };
  expect(await workTogether(trial)).toMatchObject({ lost: 0, twice: 0, counted: 9, acknowledged: 9 });
}, 60_000);

test('a process killed while it writes leaves a whole state with everything it acknowledged', async () => {
  expect(await killAgainAndAgain(await file(), 3)).toMatchObject({ missing: [], halves: [] });
}, 60_000);

test('a process that was stopped and wakes late overwrites nothing', async () => {
  const { late, overwritten } = await wakeLate(await file(), 1);
  expect({ late, overwritten }).toEqual({ late: ['stale'], overwritten: [] });
}, 60_000);

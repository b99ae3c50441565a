import { expect, test } from '@jest/globals';

import { countTogether, killAgainAndAgain, stopAgainAndAgain } from './process-trials.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');
const HOUR_MS = 3_600_000;

const times = (whole: number): number => Math.max(1, Math.round(whole * scale));

test(
  'twenty processes that write at once lose nothing',
  async () => {
    const each = times(25);
    expect(await countTogether(20, each)).toEqual({ hours: 20 * each, epoch: 20 * each });
  },
  HOUR_MS,
);

test(
  'a process killed hundreds of times leaves a whole state with everything it acknowledged',
  async () => {
    expect((await killAgainAndAgain(times(500))).missing).toEqual([]);
  },
  HOUR_MS,
);

test(
  'a process stopped hundreds of times overwrites nothing',
  async () => {
    expect((await stopAgainAndAgain(times(300))).missing).toEqual([]);
  },
  HOUR_MS,
);

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { describe, expect, test } from '@jest/globals';
import { describeStateBackend } from '@seeknal/state/testkit';

import { openStateDatabase, type DatabaseBackendOptions } from './database-backend.ts';
import { missing, server } from './server.test.kit.ts';
import { endure, exactly } from './testing/chaos-trial.ts';
import { pause, type Child } from './testing/children.ts';
import { emptied } from './testing/emptied.ts';
import { killAgainAndAgain, wakeLate } from './testing/kill-trial.ts';
import { workTogether } from './testing/work-trial.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');
const HOUR_MS = 3_600_000;
const times = (whole: number, least = 1): number => Math.max(least, Math.round(whole * scale));

type Place = () => Promise<DatabaseBackendOptions>;
const file: Place = async () => ({
  dbPath: join(await mkdtemp(join(tmpdir(), 'seeknal-trial-')), 'state.db'),
});
const onServer: Place = async () => {
  await emptied(server);
  return { url: server.url, authToken: server.token() };
};
const places: readonly (readonly [string, Place])[] = [
  ['a file', file],
  ...(missing === null ? [['a server', onServer] as const] : []),
];

/** What is printed beside the result of a test. */
const told = (what: string, result: object): void => {
  process.stdout.write(`${what}: ${JSON.stringify(result)}\n`);
};

describe.each(places)('on %s', (name, place) => {
  test(
    'twenty processes work off a thousand tasks and count to four hundred',
    async () => {
      const days = times(50);
      const counts = times(20);
      const result = await workTogether({ options: await place(), workers: 20, snapshots: 20, days, counts });
      told(`20 processes, ${20 * days} tasks on ${name}`, result);
      expect(result).toMatchObject({ lost: 0, twice: 0, counted: 20 * counts, acknowledged: 20 * counts });
    },
    HOUR_MS,
  );

  test(
    'so they do when some are killed',
    async () => {
      const days = times(50);
      const disturb = async (workers: Child[], start: (name: string) => Child): Promise<void> => {
        for (let n = 0; n < times(20, 2); n += 1) {
          await pause(300 + Math.random() * 500);
          workers[Math.floor(Math.random() * workers.length)]?.process.kill('SIGKILL');
          workers.push(start(`worker-${100 + n}`));
        }
      };
      const options = await place();
      const result = await workTogether({
        options,
        workers: 8,
        snapshots: 20,
        days,
        counts: 0,
        leaseMs: 2000,
        disturb,
      });
      told(`8 processes, killed, ${20 * days} tasks on ${name}`, result);
      expect(result).toMatchObject({ lost: 0, twice: 0 });
    },
    HOUR_MS,
  );

  test(
    'so they do when some are stopped and wake late',
    async () => {
      const days = times(50);
      const stops = times(20, 2);
      const disturb = async (workers: Child[]): Promise<void> => {
        for (let n = 0; n < stops; n += 1) {
          const victim = workers[Math.floor(Math.random() * workers.length)]?.process;
          victim?.kill('SIGSTOP');
          await pause(600);
          victim?.kill('SIGCONT');
        }
      };
      const options = await place();
      const result = await workTogether({
        options,
        workers: 8,
        snapshots: 20,
        days,
        counts: 0,
        leaseMs: 300,
        disturb,
      });
      told(`8 processes, stopped, ${20 * days} tasks on ${name}`, result);
      expect(result.lost).toBe(0);
      // Whoever is stopped between its work and its word has its one task done again, under a higher fence.
      expect(result.twice).toBeLessThanOrEqual(stops);
    },
    HOUR_MS,
  );

  test(
    'a process killed hundreds of times leaves a whole state with everything it acknowledged',
    async () => {
      const result = await killAgainAndAgain(await place(), times(500));
      told(`killed ${times(500)} times on ${name}`, result);
      expect(result).toMatchObject({ missing: [], halves: [] });
    },
    HOUR_MS,
  );

  test(
    'a process stopped in the middle of its task overwrites nothing when it wakes',
    async () => {
      const result = await wakeLate(await place(), times(50));
      told(`stopped ${times(50)} times on ${name}`, result);
      expect(result.overwritten).toEqual([]);
      expect(result.late).toEqual(Array.from({ length: result.stopped }, () => 'stale'));
    },
    HOUR_MS,
  );

  test(
    'a hundred workers, ten thousand tasks',
    async () => {
      const workers = times(100, 4);
      const days = times(100);
      const result = await workTogether({ options: await place(), workers, snapshots: 100, days, counts: 0 });
      told(`${workers} processes, ${100 * days} tasks on ${name}`, result);
      expect(result).toMatchObject({ lost: 0, twice: 0 });
    },
    HOUR_MS,
  );
});

test(
  'a process that hogs the file makes others wait, and lose nothing',
  async () => {
    const options = await file();
    const hog = async (): Promise<void> => {
      const client = createClient({ url: `file:${options.dbPath}`, timeout: 10_000 });
      for (let n = 0; n < times(10, 2); n += 1) {
        const held = await client.transaction('write').catch(() => null);
        // Longer than others wait within one request, so that they meet SQLITE_BUSY.
        await pause(6000);
        await held?.commit().catch(() => undefined);
        await pause(500);
      }
      client.close();
    };
    const days = times(50);
    const result = await workTogether({ options, workers: 8, snapshots: 20, days, counts: 3, disturb: hog });
    told(`8 processes and a hog, ${20 * days} tasks on a file`, result);
    expect(result).toMatchObject({ lost: 0, twice: 0, counted: 24, acknowledged: 24 });
  },
  HOUR_MS,
);

(missing === null ? test.each : test.skip.each)([
  'reset before',
  'drop the answer',
  'delay',
  'black hole',
] as const)(
  'over a network with the mishap "%s" everything happens, once',
  async (kind) => {
    const count = times(300);
    const { result, mishaps } = await endure(server, kind, count);
    told(`${kind}, ${mishaps} times in ${count} of each step`, result);
    expect(result).toEqual(exactly(count));
  },
  HOUR_MS,
);

for (const [name, place] of places) {
  describeStateBackend(
    `${name}, at length`,
    async (options) => openStateDatabase({ ...(await place()), ...options }),
    { histories: times(1000) },
  );
}

import { expect } from '@jest/globals';

import { seeknal } from './own-process.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, ledgerOf, ONCE, pause, runUntil, stateAt } from './shared-state.test.kit.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');

/** A run takes some fewer requests. */
const REQUESTS = 50;
const HOUR_MS = 3_600_000;

onServer.each([
  ['waits for it', {}],
  ['ends when it was told to wait for two seconds', { SEEKNAL_STATE_TIMEOUT: '2s' }],
])(
  'a server is gone for thirty seconds: the run %s, and in the end everything is done once',
  async (_what, env) => {
    const folder = await example();
    const { ended, close } = await runUntil(folder, server, 20, env);
    await pause(30_000);
    await server.start();
    const { code } = await ended;
    await close();
    expect(code).toBe('SEEKNAL_STATE_TIMEOUT' in env ? 1 : 0);
    const again = await seeknal(folder, ['run'], stateAt(server.url, server.token()));
    expect(again).toMatchObject({ code: 0 });
    expect(await ledgerOf(folder)).toEqual(ONCE);
  },
  HOUR_MS,
);

onServer(
  'wherever in a run the server is killed, everything is done once in the end',
  async () => {
    const step = Math.max(1, Math.round(1 / scale));
    for (let at = 1; at < REQUESTS; at += step) {
      const folder = await example();
      const { ended, close } = await runUntil(folder, server, at, { SEEKNAL_STATE_TIMEOUT: '1s' });
      const first = await ended;
      await close();
      await server.start();
      const { code, err } = await seeknal(folder, ['run'], stateAt(server.url, server.token()));
      expect({ at, code, err: err.match(/ERROR.*/gu) }).toEqual({ at, code: 0, err: null });
      expect({ at, ledger: await ledgerOf(folder) }).toEqual({ at, ledger: ONCE });
      expect([0, 1]).toContain(first.code);
      expect(first.err).not.toMatch(/^ +at /mu);
    }
  },
  HOUR_MS,
);

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';

import { seeknal } from './own-process.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, ledgerOf, ONCE, pause, runUntil, stateAt } from './shared-state.test.kit.ts';

onServer(
  'a server that is gone for a moment in the middle of a run is waited for',
  async () => {
    const folder = await example();
    const { ended, close } = await runUntil(folder, server, 18);
    await pause(1500);
    await server.start();
    const { code, out, err } = await ended;
    await close();
    expect({ code, err: err.match(/ERROR.*/gu) }).toEqual({ code: 0, err: null });
    expect(out).toMatch(/OK State saved/);
    expect(await ledgerOf(folder)).toEqual(ONCE);
  },
  120_000,
);

onServer(
  'a run whose server does not come back says so, and once it is back the next run goes on',
  async () => {
    const folder = await example();
    const { ended, close } = await runUntil(folder, server, 18, { SEEKNAL_STATE_TIMEOUT: '1s' });
    const { code, err } = await ended;
    await close();
    expect(code).toBe(1);
    expect(err).toMatch(
      /ERROR The state does not answer: libsql http:\/\/127\.0\.0\.1:\d+ \(.*\)\n {2}-> Check that the server runs and can be reached; then run the command again\.\n$/u,
    );
    expect(err).not.toMatch(/^ +at /mu);
    const isDone = (await ledgerOf(folder)).reduce((n, [, commits]) => n + commits, 0);

    const there = stateAt(server.url, server.token());
    const gone = await seeknal(folder, ['run'], { ...there, SEEKNAL_STATE_TIMEOUT: '0.3s' });
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/does not answer.*ECONNREFUSED/u) });
    await server.start();
    expect(await seeknal(folder, ['run'], there)).toMatchObject({ code: 0 });
    expect(isDone).toBeGreaterThan(0);
    expect(await ledgerOf(folder)).toEqual(ONCE);
    expect((await seeknal(folder, ['run'], there)).out).toMatch(/Nothing to run/u);
  },
  120_000,
);

test('a server that takes what it is sent and never answers is given up', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const began = performance.now();
  const { code, err } = await seeknal(await example(), ['run'], {
    ...stateAt(url, 'x'),
    SEEKNAL_STATE_TIMEOUT: '1s',
  });
  expect(performance.now() - began).toBeLessThan(30_000);
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/does not answer/u) });
  silent.close();
}, 120_000);

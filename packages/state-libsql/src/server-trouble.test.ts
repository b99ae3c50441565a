import { expect } from '@jest/globals';

import { openStateDatabase } from './database-backend.ts';
import { onServer, server } from './server.test.kit.ts';
import { pause } from './testing/children.ts';
import { emptied } from './testing/emptied.ts';
import { snapshotOf } from './testing/work-trial.ts';

const SCOPE = { project: 'p', warehouse: 'w' } as const;

const LONG_AGO = 1_000_000;

onServer(
  'a token that is wrong, has expired or may only read is told from a server that is gone',
  async () => {
    await emptied(server);
    const good = openStateDatabase({ url: server.url, authToken: server.token() });
    await good.initialize();
    await good.createRun('r1');
    const tokens = {
      wrong: `${server.token().slice(0, -8)}AAAAAAAA`,
      garbage: 'canary-token',
      expired: server.token({ exp: LONG_AGO }),
      none: '',
    };
    for (const [what, authToken] of Object.entries(tokens)) {
      const began = performance.now();
      const error: unknown = await openStateDatabase({ url: server.url, authToken })
        .initialize()
        .catch((caught: unknown) => caught);
      expect([what, error]).toMatchObject([
        what,
        {
          code: 'STATE_UNREACHABLE',
          message: expect.stringContaining('refuses the token'),
          hint: expect.any(String),
        },
      ]);
      expect(performance.now() - began).toBeLessThan(5000);
      expectNoSecret(error, authToken);
    }
    const reader = openStateDatabase({ url: server.url, authToken: server.token({ a: 'ro' }) });
    await reader.initialize();
    expect(await reader.getRun('r1')).toMatchObject({ runId: 'r1' });
    const refused: unknown = await reader.createRun('r2').catch((caught: unknown) => caught);
    expect(refused).toMatchObject({ code: 'STATE_UNWRITABLE' });
    expect(await good.listRuns()).toHaveLength(1);

    const gone = openStateDatabase({ url: 'http://127.0.0.1:9', authToken: 'canary-token', timeoutMs: 300 });
    const error: unknown = await gone.initialize().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:9'),
    });
    expectNoSecret(error, 'canary-token');
    await Promise.all([good.close(), reader.close(), gone.close()]);
  },
  60_000,
);

/** Nothing of a token in the error, its causes or its stack. */
function expectNoSecret(error: unknown, token: string): void {
  const { message, stack, hint, cause } = error as { [key: string]: unknown };
  const text = JSON.stringify([message, stack, hint, cause, error]);
  if (token !== '') expect(text).not.toContain(token);
  expect(text).not.toMatch(/canary|eyJ/);
}

onServer(
  'steps wait for a server that comes back, and go on where they were',
  async () => {
    await emptied(server);
    const state = openStateDatabase({
      url: server.url,
      authToken: server.token(),
      requestMs: 1000,
      timeoutMs: 60_000,
    });
    await state.initialize();
    const scope = state.scope(SCOPE);
    await scope.addSnapshots([snapshotOf('a')]);
    await server.kill();
    const waiting = [
      scope.read(),
      scope.invalidate('k', [{ snapshot: 'a', range: { start: 0, end: 1 }, reason: 'r' }], 1),
    ];
    await pause(1500);
    await server.start();
    await Promise.all(waiting);
    expect((await scope.read()).snapshots['a']).toMatchObject({ generation: 1 });
    await state.close();
  },
  60_000,
);

onServer(
  'what was acknowledged is there after the server was killed',
  async () => {
    await emptied(server);
    const state = openStateDatabase({ url: server.url, authToken: server.token(), requestMs: 1000 });
    await state.initialize();
    await state.createRun('r');
    const acknowledged: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const writing = (async () => {
        for (let hour = 0; hour < 15; hour += 1) {
          await state.addCompletedInterval('r', 'n', 200 * n + 2 * hour, 200 * n + 2 * hour + 1);
          acknowledged.push(200 * n + 2 * hour);
        }
      })();
      await pause(30 + Math.random() * 60);
      await server.kill();
      await server.start();
      await writing;
    }
    const node = await state.getNodeState('r', 'n');
    expect(node?.completedIntervals.map(([start]) => start)).toEqual(acknowledged.toSorted((a, b) => a - b));
    await state.close();
  },
  60_000,
);

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal as inProcess } from './in-process.test.kit.ts';
import { seeknal } from './own-process.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';
import { example, ledgerOf, ONCE, rowsOf, stateAt } from './shared-state.test.kit.ts';

onServer(
  'of two runs at once on one warehouse and one server, one gives way, and everything is done once',
  async () => {
    const folder = await example();
    const env = stateAt(server.url, server.token());
    const ended = await Promise.all([seeknal(folder, ['run'], env), seeknal(folder, ['run'], env)]);
    expect(ended.map(({ code }) => code)).toContain(0);
    for (const { code, err } of ended) {
      expect([0, 4]).toContain(code);
      // Whoever gives way says who has it.
      if (code === 4) expect(err).toMatch(/process \d+/u);
    }
    expect((await seeknal(folder, ['run', '--wait', '30'], env)).out).toMatch(/Nothing to run/u);
    expect(await ledgerOf(folder)).toEqual(ONCE);
    expect(await rowsOf(folder, 'SELECT count(*), count(DISTINCT date) FROM transform.daily')).toEqual([
      [1430, 1430],
    ]);
  },
  120_000,
);

onServer(
  'one that was told to wait runs after the other, and finds nothing left to do',
  async () => {
    const folder = await example();
    const env = stateAt(server.url, server.token());
    const waiting = ['run', '--wait', '60s'];
    const ended = await Promise.all([seeknal(folder, waiting, env), seeknal(folder, waiting, env)]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(await ledgerOf(folder)).toEqual(ONCE);
  },
  120_000,
);

onServer(
  'two checkouts of one project with a warehouse each, run at once under one state, do everything each',
  async () => {
    const [ann, bob] = [await example(), await example()];
    const env = stateAt(server.url, server.token());
    const run = (folder: string, now: string) => seeknal(folder, ['run', '--now', now], env);
    const ended = await Promise.all([run(ann, '2015-11-01'), run(bob, '2015-12-01')]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const days = 'SELECT count(*), max(date)::VARCHAR FROM transform.daily';
    expect(await rowsOf(ann, days)).toEqual([[1400, '2015-10-31']]);
    expect(await rowsOf(bob, days)).toEqual([[1430, '2015-11-30']]);
    // What the one has done since is not done for the other.
    expect((await run(ann, '2015-12-01')).code).toBe(0);
    expect(await rowsOf(ann, days)).toEqual([[1430, '2015-11-30']]);
    for (const folder of [ann, bob]) {
      expect((await inProcess(folder, 'run', { env })).out).toMatch(/Nothing to run/u);
    }
  },
  120_000,
);

test('without @seeknal/state-libsql a state in a file works, and one in libSQL says what to install', async () => {
  const folder = await example();
  const env = { SEEKNAL_WITHOUT: '@seeknal/state-libsql', SEEKNAL_NOW: '2015-12-01' };
  const refused = {
    code: 1,
    err: `ERROR A state in libSQL needs @seeknal/state-libsql, which is not installed
  -> Install it: npm install @seeknal/state-libsql; or keep the state in a file: state_backend: file.
`,
  };
  for (const args of [['run'], ['state', 'doctor']]) {
    expect(await seeknal(folder, args, { ...env, SEEKNAL_STATE_URL: 'file:target/state.db' })).toMatchObject(
      refused,
    );
  }
  expect(await seeknal(folder, ['run'], env)).toMatchObject({ code: 0 });
  expect(await seeknal(folder, ['migrate-state', '--to', 'libsql', '--no-dry-run'], env)).toMatchObject(
    refused,
  );
  const files = await readdir(join(folder, 'target'), { recursive: true });
  expect(files.filter((name) => /\.db|backup/u.test(name))).toEqual([]);
}, 120_000);

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@jest/globals';
import { chaosProxy, type Sqld } from '@seeknal/state-libsql/testkit';

import { seeknal as inProcess } from './in-process.test.kit.ts';
import { start } from './own-process.test.kit.ts';
import { example, NOW, pause, stateAt } from './shared-state.test.kit.ts';

/**
 * Copies the state of the example and kills the copying process with SIGKILL, once for each of `moments`, then lets
 * one end: everything must be there, and nothing may run again.
 *
 * @param server To copy to; null: from a database file to `state.json`.
 * @param moments After so many requests to the server; for a file, as parts of the time that a whole copy takes.
 * @returns How many were killed before they had ended.
 */
export async function killedCopies(server: Sqld | null, moments: readonly number[]): Promise<number> {
  const folder = await example();
  const inDatabase = { SEEKNAL_NOW: NOW, SEEKNAL_STATE_URL: 'file:target/state.db' };
  const inFile = { SEEKNAL_NOW: NOW };
  const ran = await inProcess(folder, 'run', { env: server === null ? inDatabase : inFile });
  expect(ran.code).toBe(0);
  const proxy = server === null ? null : await chaosProxy(server.port);
  const url = proxy === null ? [] : ['--url', proxy.url];
  const to = server === null ? 'file' : 'database';
  const args = ['migrate-state', '--to', to, ...url, '--no-dry-run', '--summary'];
  const env = server === null ? inDatabase : { ...inFile, SEEKNAL_STATE_TOKEN: server.token() };
  const wholeMs = server === null ? await timeOf(folder, env) : 0;
  let killed = 0;
  for (const moment of moments) {
    const { process: copying, ended } = start(folder, args, env);
    const isOver = ended.then(() => true);
    if (proxy === null) await pause(moment * wholeMs);
    else {
      const from = proxy.counts.requests;
      for (let isEnded = false; !isEnded && proxy.counts.requests < from + moment;) {
        isEnded = await Promise.race([isOver, pause(1).then(() => false)]);
      }
    }
    copying.kill('SIGKILL');
    if ((await ended).code === null) killed += 1;
  }
  const { code, out, err } = await start(folder, args, env).ended;
  expect({ code, err: err.match(/ERROR.*/gu), out }).toEqual({
    code: 0,
    err: null,
    out: expect.stringMatching(/1 run, 6 snapshots, 1 environment copied and verified/u),
  });
  await proxy?.close();
  const there = server === null ? inFile : stateAt(server.url, server.token());
  expect((await inProcess(folder, 'run', { env: there })).out).toMatch(/Nothing to run/u);
  const files = await readdir(join(folder, 'target'), { recursive: true });
  expect(files.filter((name) => /\.tmp/u.test(name) && !name.startsWith('backups'))).toEqual([]);
  return killed;
}

/** Of a copy that only looks: it takes nearly as long as one that writes. */
async function timeOf(folder: string, env: object): Promise<number> {
  const began = performance.now();
  await start(folder, ['migrate-state', '--to', 'file'], env).ended;
  return performance.now() - began;
}

import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { databaseStateStore } from '@seeknal/state-libsql';

import { seeknal as inProcess, type Ran } from './in-process.test.kit.ts';
import { start } from './own-process.test.kit.ts';
import { missing, server } from './server.test.kit.ts';
import { example, ledgerOf, NOW, ONCE, pause, stateAt } from './shared-state.test.kit.ts';

type Env = { readonly [name: string]: string };
const inFile = (): Env => ({ SEEKNAL_NOW: NOW });
const inDatabase = (): Env => ({ SEEKNAL_NOW: NOW, SEEKNAL_STATE_URL: 'file:target/state.db' });
const onServer = (): Env => stateAt(server.url, server.token());
const places: readonly (readonly [string, () => Env])[] = [
  ['a file', inFile],
  ['a database file', inDatabase],
  ...(missing === null ? [['a server', onServer] as const] : []),
];

/** Runs until it is killed. */
const SLOW = {
  path: 'seeknal/transforms/slow.yml',
  text: `kind: transform
name: slow
transform: SELECT sum(a.range * b.range) AS x FROM range(300000) a, range(300000) b WHERE a.range % 7 = b.range % 3
`,
};

jest.setTimeout(120_000);

const { now } = Date;
afterEach(() => {
  Date.now = now;
});

describe.each(places)('a state in %s', (place, envOf) => {
  test('tells who holds what; what a killed run held is taken back, and the next run goes on', async () => {
    const folder = await example();
    const env = envOf();
    const say = (line: string): Promise<Ran> => inProcess(folder, line, { env });
    await writeFile(join(folder, SLOW.path), SLOW.text);
    const { process: running, ended } = start(folder, ['run'], env);
    const isHeld = async (): Promise<boolean> =>
      /transform\.slow/u.test((await say('state doctor --json')).out);
    while (!(await isHeld())) await pause(50);
    running.kill('SIGKILL');
    expect((await ended).code).toBe(null);
    expect((await say('state doctor')).out).toMatch(
      /held: \d+\n(.*\n)* {4}claim transform\.slow by .*:\d+, (until|expired) 20/u,
    );
    // Of a process of this machine a file knows that it has ended; a database goes by the lease.
    if (place !== 'a file') {
      expect((await say('state unlock')).out).toMatch(/nothing to take back/u);
      expect((await say('state unlock --all')).code).toBe(2);
    }
    const taken = await say(place === 'a file' ? 'state unlock' : 'state unlock --all --yes');
    expect(taken.out).toMatch(/taken back: claim transform\.slow/u);
    expect((await say('state doctor')).out).toMatch(/nobody holds anything/u);
    await rm(join(folder, SLOW.path));
    expect(await say('run')).toMatchObject({ code: 0 });
    expect(await ledgerOf(folder)).toEqual(ONCE);
  });

  test('is backed up, lost, and put back or taken over from the warehouse', async () => {
    const folder = await example();
    const env = envOf();
    const say = (line: string): Promise<Ran> => inProcess(folder, line, { env });
    await say('run');
    expect((await say('state backup --out copy.json')).code).toBe(0);
    expect(await say('state repair')).toMatchObject({ code: 2 });
    // The ledger of the warehouse knows what is done.
    expect((await say('state repair --rebuild')).out).toMatch(/The state is empty/u);
    expect((await say('run')).code).toBe(0);
    expect(await ledgerOf(folder)).toEqual(ONCE);

    if (place === 'a file') await rm(join(folder, 'target', 'state.json'), { force: true });
    if (place === 'a file') await rm(join(folder, 'target', 'state.json.1'), { force: true });
    if (place === 'a database file') await rm(join(folder, 'target', 'state.db'), { force: true });
    expect((await say('state repair --from-backup copy.json')).code).toBe(place === 'a server' ? 1 : 0);
    expect((await say('run')).out).toMatch(/Nothing to run/u);
    expect(await ledgerOf(folder)).toEqual(ONCE);
    await writeFile(join(folder, 'other.json'), '{}');
    expect((await say('state repair --from-backup other.json')).err).toMatch(/is not a backup of a state/u);
  });

  test('is up to date, and looking at one that is not there makes none', async () => {
    const folder = await example();
    const env = envOf();
    const say = (line: string): Promise<Ran> => inProcess(folder, line, { env });
    const dry = (await say('state migrate --dry-run')).out;
    if (place === 'a database file') expect(dry).toMatch(/^-- 1 begin\nCREATE TABLE /u);
    expect((await say('state doctor')).code).toBe(0);
    expect((await readdir(join(folder, 'target'))).filter((name) => name.includes('state'))).toEqual([]);
    await say('state migrate');
    for (const line of ['state migrate', 'state migrate --dry-run']) {
      expect((await say(line)).out).toMatch(/The state is up to date/u);
    }
  });
});

describe.each(places.filter(([place]) => place !== 'a file'))('the doctor of %s', (_place, envOf) => {
  test('sees a clock that is wrong by an hour', async () => {
    const folder = await example();
    const env = envOf();
    await inProcess(folder, 'state migrate', { env });
    expect((await inProcess(folder, 'state doctor', { env })).out).not.toMatch(/clock/u);
    Date.now = () => now() + 3_600_000;
    const ahead = (await inProcess(folder, 'state doctor', { env })).out;
    Date.now = () => now() - 3_600_000;
    const behind = (await inProcess(folder, 'state doctor', { env })).out;
    // A file goes by the clock of this machine, so that there is nothing to be apart from.
    expect(ahead).toMatch(/WARNING This machine's clock is 3[56]\d\d s ahead of the server's/u);
    expect(behind).toMatch(/WARNING This machine's clock is 3[56]\d\d s behind the server's/u);
  });

  test('counts what nothing refers to', async () => {
    const folder = await example();
    const env = envOf();
    await inProcess(folder, 'run', { env });
    expect((await inProcess(folder, 'state doctor', { env })).out).not.toMatch(/refers/u);
    const { SEEKNAL_STATE_URL: url = '', SEEKNAL_STATE_TOKEN: authToken } = env;
    const at = url.startsWith('file:') ? { dbPath: join(folder, url.slice('file:'.length)) } : { url };
    const store = databaseStateStore({ ...at, ...(authToken !== undefined && { authToken }) });
    await store.texts.write('nobody-s', '{}');
    await store.close();
    expect((await inProcess(folder, 'state doctor', { env })).out).toMatch(
      /WARNING Nothing refers to 0 node states and 1 manifest\./u,
    );
  });
});

/** Stands before a server and makes every answer late. */
async function late(url: string, ms: number): Promise<Server> {
  const proxy = createServer((request, response) => {
    void (async () => {
      const parts = await request.toArray();
      await pause(ms);
      const { method = 'GET', headers } = request;
      const answer = await fetch(`${url}${request.url}`, {
        method,
        headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
        ...(method === 'POST' && { body: Buffer.concat(parts) }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

(missing === null ? test : test.skip)(
  'the doctor says when a server is slow',
  async () => {
    const folder = await example();
    await inProcess(folder, 'state migrate', { env: onServer() });
    const proxy = await late(server.url, 700);
    const { port } = proxy.address() as AddressInfo;
    const env = stateAt(`http://127.0.0.1:${port}`, server.token());
    expect(await inProcess(folder, 'state doctor', { env })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/WARNING It takes #s to answer\. .*--checkpoint-interval-s/u),
    });
    proxy.close();
  },
  120_000,
);

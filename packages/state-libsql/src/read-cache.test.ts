import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';
import { DocumentBackend, type ScopedState } from '@seeknal/state';

import { Connection } from './connection.ts';
import { openStateDatabase } from './database-backend.ts';
import { DatabaseStore } from './database-store.ts';
import { targetOf } from './database-url.ts';
import { EVERYTHING, type Focus } from './focus.ts';
import { readCache } from './read-cache.ts';
import { focusedScope } from './scope-focus.ts';
import { chaosProxy } from './testing/chaos-proxy.ts';
import { sqldMissing, startSqld } from './testing/sqld.ts';
import { snapshotOf } from './testing/work-trial.ts';

const SCOPE = { project: 'p', warehouse: 'w' } as const;
const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'seeknal-state-'));

interface Process {
  readonly scope: ScopedState;
  close(): Promise<void>;
}

/** What a process that keeps what it reads in a folder has of a database, here a file. */
async function opened(folder: string): Promise<Process> {
  const connection = new Connection(targetOf({ dbPath: join(folder, 'state.db') }), {
    requestMs: 5000,
    busyMs: 5000,
  });
  const cache = readCache(join(folder, 'cache'), 'a server');
  const store = new DatabaseStore(connection, { clock: undefined, timeoutMs: 10_000, cache });
  await new DocumentBackend(store.focused(EVERYTHING)).initialize();
  return { scope: focusedScope((focus: Focus) => store.focused(focus), SCOPE), close: () => store.close() };
}

const point = (
  n: number,
): { readonly snapshot: string; readonly fingerprint: string; readonly metadata: {} } => ({
  snapshot: `s${n}`,
  fingerprint: `f${n}`,
  metadata: {},
});

async function filled(): Promise<string> {
  const folder = await newFolder();
  const { scope, close } = await opened(folder);
  await scope.addSnapshots([snapshotOf('s1'), snapshotOf('s2')]);
  const pointers = { 'transform.s1': point(1), 'transform.s2': point(2) };
  await scope.switchEnvironment({ name: 'prod', expectedEpoch: 0, pointers, at: 1, expiresAt: null });
  await close();
  return folder;
}

/** Runs statements that no process of Seeknal makes. */
async function tamper(folder: string, ...statements: readonly string[]): Promise<void> {
  const client = createClient({ url: `file:${join(folder, 'state.db')}` });
  await client.batch([...statements], 'write');
  client.close();
}

/** Changes a definition behind everybody's back: who still sees the old one has not asked the database. */
const HIDDEN = `UPDATE state_snapshot SET made = replace(made, 'SELECT', 'select')`;

const definitionOf = async ({ scope }: Process): Promise<unknown> =>
  (await scope.read()).snapshots['s1']?.definition;

test('the next process is told only what was written since', async () => {
  const folder = await filled();
  await tamper(folder, HIDDEN);
  const [next, other] = [await opened(folder), openStateDatabase({ dbPath: join(folder, 'state.db') })];
  expect(await definitionOf(next)).toEqual({ sql: 'SELECT * FROM s1' });
  await other.scope(SCOPE).complete([{ snapshot: 's2', range: { start: 0, end: 5 }, reason: 'r' }], 1);
  await other.scope(SCOPE).touchEnvironment('prod', 7);
  const view = await next.scope.read();
  expect(view.snapshots['s2']?.done).toEqual([{ start: 0, end: 5 }]);
  expect(view.environments).toEqual((await other.scope(SCOPE).read()).environments);
  await Promise.all([next.close(), other.close()]);
  const third = await opened(folder);
  expect(await third.scope.read()).toEqual(view);
  await third.close();
});

test.each([
  [
    'was restored and has gone another way',
    `DELETE FROM state_epoch`,
    `UPDATE state_meta SET token = 'other'`,
  ],
  ['has lost a snapshot', `UPDATE state_part SET removed_at = version`],
])('a database that %s is read anew', async (_, ...statements) => {
  const folder = await filled();
  await tamper(folder, HIDDEN, ...statements);
  const next = await opened(folder);
  expect(await definitionOf(next)).toEqual({ sql: 'select * FROM s1' });
  await next.close();
});

test('an environment that was removed, and one made anew, are so for those who remember', async () => {
  const folder = await filled();
  const other = openStateDatabase({ dbPath: join(folder, 'state.db') });
  await other.scope(SCOPE).removeEnvironment({ name: 'prod', expectedEpoch: 1 });
  const next = await opened(folder);
  expect((await next.scope.read()).environments).toEqual({});
  const change = { name: 'prod', expectedEpoch: 0, at: 2, expiresAt: null };
  await other.scope(SCOPE).switchEnvironment({ ...change, pointers: { 'transform.s1': point(2) } });
  expect((await next.scope.read()).environments['prod']).toMatchObject({
    pointers: { 'transform.s1': point(2) },
    previous: null,
  });
  expect(Object.keys((await next.scope.read()).environments['prod']?.pointers ?? {})).toEqual([
    'transform.s1',
  ]);
  await Promise.all([next.close(), other.close()]);
});

test.each([
  ['damaged', (text: string): string => text.replace('SELECT', 'select')],
  ['cut off', (text: string): string => text.slice(0, -20)],
  ['empty', (): string => ''],
])('what is kept and %s is not used', async (_, spoiled) => {
  const folder = await filled();
  const [name = ''] = await readdir(join(folder, 'cache'));
  const file = join(folder, 'cache', name);
  await writeFile(file, spoiled(await readFile(file, 'utf8')));
  await tamper(folder, HIDDEN);
  const next = await opened(folder);
  expect(await definitionOf(next)).toEqual({ sql: 'select * FROM s1' });
  await next.close();
});

test('a folder that cannot be written keeps nothing, and nobody minds', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'cache'), 'in the way');
  const { scope, close } = await opened(folder);
  await scope.addSnapshots([snapshotOf('s1')]);
  await close();
  expect(await readFile(join(folder, 'cache'), 'utf8')).toBe('in the way');
});

const missing = sqldMissing();
(missing === null ? test : test.skip)(
  'over HTTP, what is sent and received follows what changes, not what there is',
  async () => {
    const server = await startSqld();
    const proxy = await chaosProxy(server.port);
    try {
      const folder = await newFolder();
      const open = (): ReturnType<typeof openStateDatabase> =>
        openStateDatabase({ url: proxy.url, authToken: server.token(), cacheFolder: folder });
      const first = open();
      await first.initialize();
      const ids = Array.from({ length: 1000 }, (_, n) => `s${n}`);
      const text = ids.map((id) => JSON.stringify(snapshotOf(id))).join('\n');
      await first.scope(SCOPE).addSnapshots(ids.map(snapshotOf));
      const pointers = Object.fromEntries(ids.map((id, n) => [`transform.${id}`, point(n)]));
      const change = { name: 'prod', at: 1, expiresAt: null };
      await first.scope(SCOPE).switchEnvironment({ ...change, expectedEpoch: 0, pointers });
      await first.scope(SCOPE).saveManifest('one', text);
      await first.close();

      const before = { ...proxy.counts };
      const next = open();
      expect(Object.keys((await next.scope(SCOPE).read()).snapshots)).toHaveLength(1000);
      expect(proxy.counts.bytesDown - before.bytesDown).toBeLessThan(5000);
      await next.scope(SCOPE).switchEnvironment({
        ...change,
        at: 2,
        expectedEpoch: 1,
        pointers: { ...pointers, 'transform.s7': point(8) },
      });
      await next.scope(SCOPE).saveManifest('two', text.replace('s500', 's_500'));
      expect(proxy.counts.bytesUp - before.bytesUp).toBeLessThan(40_000);
      expect(proxy.counts.bytesDown - before.bytesDown).toBeLessThan(20_000);
      expect(await next.scope(SCOPE).manifest('two')).toBe(text.replace('s500', 's_500'));
      await next.close();
    } finally {
      await proxy.close();
      await server.remove();
    }
  },
  60_000,
);

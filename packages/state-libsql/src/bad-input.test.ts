import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';

import { DatabaseBackend, openStateDatabase } from './database-backend.ts';
import { inspectDatabase } from './inspect.ts';
import { MIGRATIONS } from './migrations.ts';
import { snapshotOf } from './testing/work-trial.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'seeknal-state-'));
const SCOPE = { project: 'p', warehouse: 'w' } as const;

test.each([
  ['a url without a scheme', { url: 'db.example.com' }],
  ['a url of something else', { url: 'postgres://db.example.com' }],
  ['a url without a host', { url: 'libsql://' }],
  ['nothing', { url: '' }],
  ['a database in memory', { url: 'file::memory:' }],
  ['a password', { url: 'libsql://ann:hunter2@db.example.com' }],
  ['two places', { url: 'libsql://db.example.com', dbPath: 'x.db' }],
  ['no path', { dbPath: '' }],
])('%s is refused before anything is opened, without its secrets', (_what, options) => {
  let error: unknown;
  try {
    openStateDatabase({ ...options, authToken: 'canary-token' });
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'STATE_INVALID_ARGUMENT', hint: expect.any(String) });
  expect(JSON.stringify([error, String(error)])).not.toMatch(/canary|hunter2/);
});

test.each([
  ['libsql://a.turso.io', 'libsql https://a.turso.io'],
  ['libsql://a.turso.io?authToken=canary-token', 'libsql https://a.turso.io'],
  ['wss://a.turso.io', 'libsql https://a.turso.io'],
  ['http://127.0.0.1:8080/', 'libsql http://127.0.0.1:8080'],
  ['libsql://127.0.0.1:8080?tls=0', 'libsql http://127.0.0.1:8080'],
  ['file:some/state.db', 'libsql some/state.db'],
  ['file:///some/sta%20te.db', 'libsql /some/sta te.db'],
])('%s is described as %s', (url, description) => {
  expect(new DatabaseBackend({ url }).description).toBe(description);
});

test('a folder in place of the file is named', async () => {
  const dbPath = await folder();
  await expect(openStateDatabase({ dbPath }).initialize()).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    message: expect.stringContaining(dbPath),
  });
  expect(await readdir(dbPath)).toEqual([]);
});

test('a file that is no database is refused and not touched', async () => {
  const dbPath = join(await folder(), 'state.db');
  await writeFile(dbPath, 'something else, and more than a page of it '.repeat(200));
  const text = await readFile(dbPath, 'utf8');
  await expect(openStateDatabase({ dbPath }).initialize()).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
  expect(await readFile(dbPath, 'utf8')).toBe(text);
});

test('the database of another program is refused and not touched', async () => {
  const dbPath = join(await folder(), 'orders.db');
  const client = createClient({ url: `file:${dbPath}` });
  await client.execute('CREATE TABLE orders (id INTEGER)');
  client.close();
  const before = await readFile(dbPath);
  await expect(openStateDatabase({ dbPath }).initialize()).rejects.toMatchObject({
    code: 'STATE_INVALID_ARGUMENT',
    message: expect.stringMatching(/another program.*orders/),
  });
  expect((await readFile(dbPath)).equals(before)).toBe(true);
  expect(existsSync(`${dbPath}-wal`)).toBe(false);
});

async function withSql(sql: string): Promise<string> {
  const dbPath = join(await folder(), 'state.db');
  const state = openStateDatabase({ dbPath });
  await state.initialize();
  await state.createRun('r1');
  await state.close();
  const client = createClient({ url: `file:${dbPath}` });
  await client.execute(sql);
  client.close();
  return dbPath;
}

test('a state of a newer version is refused', async () => {
  const dbPath = await withSql(
    `INSERT INTO state_migration VALUES (${MIGRATIONS.length + 1}, 'later', 'x', 0)`,
  );
  await expect(openStateDatabase({ dbPath }).initialize()).rejects.toMatchObject({
    code: 'STATE_TOO_NEW',
    message: expect.stringContaining(`schema ${MIGRATIONS.length + 1}`),
  });
});

test('a state made by other migrations of the same number is refused', async () => {
  const dbPath = await withSql(`UPDATE state_migration SET hash = 'x' WHERE version = 1`);
  await expect(openStateDatabase({ dbPath }).initialize()).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
});

test('what a look would migrate can be read before, and looking makes nothing', async () => {
  const dbPath = join(await folder(), 'state.db');
  await mkdir(join(dbPath, '..'), { recursive: true });
  const { schema } = await inspectDatabase({ dbPath });
  expect(schema).toMatchObject({ version: 0, newest: MIGRATIONS.length });
  expect(schema.pending[0]?.statements.join('\n')).toContain('CREATE TABLE run_state');
});

test('names that no database keeps as they are, and endless ones, are refused', async () => {
  const state = openStateDatabase({ dbPath: join(await folder(), 'state.db') });
  await state.initialize();
  for (const name of ['half \ud800', 'nothing \0 after', 'x'.repeat(10_000)]) {
    await expect(state.createRun(name)).rejects.toMatchObject({ code: 'STATE_INVALID_ARGUMENT' });
    await expect(state.scope(SCOPE).addSnapshots([snapshotOf(name)])).rejects.toMatchObject({
      code: 'STATE_INVALID_ARGUMENT',
    });
  }
  expect(await state.listRuns()).toEqual([]);
  expect((await state.scope(SCOPE).read()).snapshots).toEqual({});
  await state.close();
});

test('a commit that is told again is an event once', async () => {
  const state = openStateDatabase({ dbPath: join(await folder(), 'state.db') });
  await state.initialize();
  const scope = state.scope(SCOPE);
  await scope.addSnapshots([snapshotOf('a')]);
  const range = { start: 0, end: 1 };
  const claim = await scope.claim({ snapshot: 'a', range, run: 'r', task: 't', holder: 'h', leaseMs: 1000 });
  const fence = claim.status === 'claimed' ? claim.fence : 0;
  const commit = {
    snapshot: 'a',
    range,
    generation: 0,
    fence,
    seq: 1,
    run: 'r',
    task: 't',
    rows: 1,
    changed: [range],
    seen: {},
    columns: [],
    version: null,
    finishedAt: 1,
  };
  const answers = [];
  for (let n = 0; n < 3; n += 1) answers.push(await scope.record(commit, [], []));
  expect(answers.map(({ status }) => status)).toEqual(['recorded', 'recorded', 'recorded']);
  expect(await scope.events()).toHaveLength(1);
  await state.close();
});

test('a clock of this machine that is an hour wrong ends no lease', async () => {
  const dbPath = join(await folder(), 'state.db');
  const state = openStateDatabase({ dbPath });
  await state.initialize();
  const { now } = Date;
  Date.now = () => now() + 3_600_000;
  try {
    const lock = await state.acquireLock('l');
    expect(lock.expiresAt).toBeLessThan(now() + 60_000);
    await expect(openStateDatabase({ dbPath }).acquireLock('l', 0)).rejects.toMatchObject({
      code: 'STATE_LOCK_HELD',
    });
  } finally {
    Date.now = now;
  }
  await state.close();
});

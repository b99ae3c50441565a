import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { executeInFile, sqldMissing, startSqld, type Sqld } from '@seeknal/state-libsql/testkit';

import { backUpState, emptyState, restoreState, stateReport, unlockState } from './state-care.ts';
import { migrateState } from './state-migration.ts';
import { csv, PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

const settings = (state: string): string => `name: example\nversion: 1.0.0\n${state}\n`;
const LIBSQL = { ...PROJECT, 'seeknal_project.yml': settings('state_backend: libsql') };
const NOW = Date.UTC(2024, 0, 8);

afterEach(removeProjectFolders);

const missing = sqldMissing();
const onServer = missing === null ? test : test.skip;
let server: Sqld;
beforeAll(async () => {
  if (missing === null) server = await startSqld();
}, 30_000);
afterAll(() => server?.remove());

test('a project whose state is a database runs as one whose state is a file', async () => {
  const [file, database] = [await ProjectFolder.make(), await ProjectFolder.make(LIBSQL)];
  for (const day of [3, 3, 5, 8]) {
    const [a, b] = [await file.run(day), await database.run(day)];
    expect([b.status, b.tasks]).toEqual([a.status, a.tasks]);
  }
  for (const folder of [file, database])
    await folder.write({ 'data/sales.csv': csv([1, 1], [2, 3], [3, 4], [4, 8]) });
  const [a, b] = [await file.run(8), await database.run(8)];
  expect(b.tasks).toEqual(a.tasks);
  expect(b.tasks.length).toBeGreaterThan(0);
  const sql = 'FROM transform.window ORDER BY ALL';
  expect(await database.rows(sql)).toEqual(await file.rows(sql));
  expect(await readdir(join(database.path, 'target'))).not.toContain('state.json');
});

test('without a setting the state that is there is taken; of two, neither', async () => {
  const folder = await ProjectFolder.make(LIBSQL);
  await folder.run(3);
  await folder.write({ 'seeknal_project.yml': settings('') });
  expect(await folder.run(3)).toMatchObject({ status: 'nothing_to_do' });
  await folder.write({ 'target/state.json': '{}' });
  await expect(folder.run(3)).rejects.toMatchObject({
    code: 'SDK_STATE_BACKEND',
    message: expect.stringContaining('two'),
  });
});

test.each([
  ['state_backend: redis', /no state backend "redis"/],
  ['state_backend: {libsql: {url: "${NOT_SET}"}}', /NOT_SET, which is not set/],
  ['state_backend: {libsql: {password: x}}', /no option "password"/],
  ['state_backend: {libsql: {url: 7}}', /url is not a text/],
  ['state_backend: {libsql: {timeout: soon}}', /"soon" is no time to wait for the state/],
])('%s is refused', async (line, message) => {
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal_project.yml': settings(line) });
  await expect(folder.run(3)).rejects.toMatchObject({
    code: 'SDK_STATE_BACKEND',
    message: expect.stringMatching(message),
  });
});

test.each(['0.5', '0.5s', '0.01m'])('a server is waited for as long as timeout: %s says', async (timeout) => {
  const line = `state_backend: {libsql: {url: "http://127.0.0.1:9", timeout: ${timeout}}}`;
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal_project.yml': settings(line) });
  const began = performance.now();
  await expect(folder.run(3)).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a state goes from the file to a database and back, with everything, and nothing runs again', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  expect(await migrateState(folder.path, { to: 'database', now: NOW })).toMatchObject({
    isDry: true,
    from: 'file',
    snapshots: 4,
  });
  expect(await readdir(join(folder.path, 'target'))).not.toContain('state.db');

  const there = await migrateState(folder.path, { to: 'database', isDry: false, now: NOW });
  expect(there).toMatchObject({
    isDry: false,
    runs: 1,
    environments: 1,
    backups: [expect.stringContaining('state-file')],
  });
  await folder.write({ 'seeknal_project.yml': settings('state_backend: libsql') });
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  // Again: what is there already is left, and so is the file.
  expect(await migrateState(folder.path, { from: 'file', isDry: false, now: NOW })).toMatchObject({
    already: { runs: 1, snapshots: 4, environments: 1 },
  });

  await folder.run(5);
  await expect(migrateState(folder.path, { to: 'file', isDry: false, now: NOW })).rejects.toMatchObject({
    code: 'SDK_STATE_MIGRATION',
    message: expect.stringContaining('gone on by itself'),
  });
  await folder.remove(
    'target/state.json',
    'target/state.json.1',
    'target/interval_events.jsonl',
    'target/manifests',
  );
  expect(await migrateState(folder.path, { to: 'file', isDry: false, now: NOW })).toMatchObject({
    runs: 2,
    from: 'database',
  });
  await folder.write({ 'seeknal_project.yml': settings('state_backend: file') });
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a migration that was cut short is taken up where it ended', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await migrateState(folder.path, { to: 'database', isDry: false, now: NOW });
  // As after half of it: some snapshots, some of the history, nothing that points at them.
  await executeInFile(
    join(folder.path, 'target', 'state.db'),
    `DELETE FROM state_item; DELETE FROM node_state; DELETE FROM run_state; DELETE FROM interval_event WHERE id > 2;
     DELETE FROM state_snapshot WHERE node = 'transform.total'`,
  );
  const report = await migrateState(folder.path, { to: 'database', isDry: false, now: NOW });
  expect(report.already).toEqual({ runs: 0, snapshots: 3, environments: 0 });
  await folder.write({ 'seeknal_project.yml': settings('state_backend: libsql') });
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
});

test('what the Python seeknal remembers becomes a run', async () => {
  const folder = await ProjectFolder.make(LIBSQL);
  await folder.write({
    'target/run_state.json': JSON.stringify({
      schema_version: '2.0',
      run_id: 'py',
      last_run: '2024-01-01T00:00:00',
      nodes: {
        'source.sales': {
          hash: 'abc',
          status: 'success',
          completed_intervals: [['2024-01-01T00:00:00', '2024-01-01T23:59:59']],
        },
      },
    }),
  });
  expect(
    await migrateState(folder.path, { from: 'python', to: 'database', isDry: false, now: NOW }),
  ).toMatchObject({
    runs: 1,
    nodes: 1,
  });
  const runs = await folder.using(NOW, (project) => project.runs());
  expect(runs.map(({ runId }) => runId)).toEqual(['py']);
});

test('a database is backed up, emptied and restored; what expired is taken back', async () => {
  const folder = await ProjectFolder.make(LIBSQL);
  await folder.run(4);
  const care = { now: NOW };
  const backup = await backUpState(folder.path, { ...care, out: 'copy.json' });
  expect(await stateReport(folder.path, care)).toMatchObject({
    kind: 'database',
    runs: 1,
    snapshots: 4,
    held: [],
  });
  await emptyState(folder.path, care);
  expect(await stateReport(folder.path, care)).toMatchObject({ snapshots: 0, environments: 0 });
  await folder.remove('target/state.db', 'target/state.db-wal', 'target/state.db-shm');
  await restoreState(folder.path, backup, care);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  const text = await readFile(backup, 'utf8');
  await writeFile(backup, text.replace('transform.total', 'transform.other'));
  await expect(restoreState(folder.path, backup, care)).rejects.toMatchObject({
    code: 'SDK_STATE_MIGRATION',
  });

  await folder.using(NOW, async () => {
    const { DatabaseBackend } = await import('@seeknal/state-libsql');
    const held = new DatabaseBackend({ dbPath: join(folder.path, 'target', 'state.db'), lockLeaseMs: 1 });
    await held.acquireLock('deploy');
    await held.close();
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await unlockState(folder.path, care)).toMatchObject([
    { kind: 'lock', name: 'deploy', isExpired: true },
  ]);
  expect(await unlockState(folder.path, care)).toEqual([]);
});

const onSqld = (): { readonly [path: string]: string } => ({
  ...PROJECT,
  'seeknal_project.yml': settings(
    `state_backend:\n  libsql:\n    url: ${server.url}\n    auth_token: \${CANARY_TOKEN}`,
  ),
});

onServer(
  'two checkouts with a warehouse each share a server, and neither takes the other’s intervals for its own',
  async () => {
    process.env['CANARY_TOKEN'] = server.token();
    const [ann, bob] = [await ProjectFolder.make(onSqld()), await ProjectFolder.make(onSqld())];
    const first = await ann.run(4);
    const second = await bob.run(4);
    expect(second.tasks).toEqual(first.tasks);
    expect(first.tasks.length).toBeGreaterThan(3);
    expect([(await ann.run(4)).status, (await bob.run(4)).status]).toEqual([
      'nothing_to_do',
      'nothing_to_do',
    ]);
    expect((await ann.run(5)).tasks.length).toBeGreaterThan(0);
    expect((await bob.run(5)).tasks.length).toBeGreaterThan(0);
    // Nothing of the token reached a file of the project.
    for (const path of await readdir(ann.path, { recursive: true, withFileTypes: true })) {
      if (!path.isFile() || path.name.includes('duckdb')) continue;
      expect(await readFile(join(path.parentPath ?? path.path, path.name), 'utf8')).not.toContain(
        server.token().slice(-40),
      );
    }
  },
  60_000,
);

onServer(
  'a server that goes away in the middle of a run and comes back is waited for',
  async () => {
    process.env['CANARY_TOKEN'] = server.token();
    const folder = await ProjectFolder.make(onSqld());
    const running = folder.run(4);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.start();
    expect(await running).toMatchObject({ status: 'success' });
    expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  },
  60_000,
);

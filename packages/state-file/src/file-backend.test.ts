import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { canonicalJson, sha256, type Json } from '@seeknal/manifest';
import { createStateBackend } from '@seeknal/state';
import { describeStateBackend } from '@seeknal/state/testkit';

import { nodeDisk, type Disk } from './disk.ts';
import { FileBackend, FileStateBackend, openStateFile } from './file-backend.ts';
import { restoreStateFile } from './restore.ts';

const emptyFolder = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), 'seeknal-state-')), 'target');

/** Does not wait for the disk, so that many histories take seconds. */
const quickDisk: Disk = { ...nodeDisk, create: nodeDisk.createQuickly, syncFolder: () => undefined };

describeStateBackend('file', async (options) => openStateFile({ folder: await emptyFolder(), ...options }), {
  histories: 2,
});

describeStateBackend(
  'file, not waiting for the disk',
  async (options) => new FileBackend({ basePath: await emptyFolder(), ...options }, quickDisk),
  { histories: 30 },
);

const A = {
  id: 'a',
  node: 'transform.a',
  kind: 'transform',
  fingerprint: 'a',
  definition: {},
  materialization: 'incremental_by_time',
  inputs: [],
  reads: [],
  schedule: null,
  timeColumn: null,
  start: 0,
  createdAt: 0,
} as const;

/** A folder with a state of two writes: run `r1`, run `r2`. */
async function written(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await emptyFolder();
  const state = openStateFile({ folder });
  await state.initialize();
  await state.createRun('r1');
  await state.createRun('r2');
  await state.close();
  return { folder, file: join(folder, 'state.json') };
}

test('what was written is there when the folder is opened again, and nothing else is left lying about', async () => {
  const { folder } = await written();
  expect((await openStateFile({ folder }).listRuns()).map(({ runId }) => runId)).toEqual(['r2', 'r1']);
  expect((await readdir(folder)).toSorted()).toEqual(['.state', 'state.json', 'state.json.1']);
  expect(await readdir(join(folder, '.state'))).toEqual([]);
});

test('two that are open at once see each other’s writes', async () => {
  const { folder } = await written();
  const [one, other] = [openStateFile({ folder }), openStateFile({ folder })];
  await Promise.all([one.createRun('r3'), other.createRun('r4'), one.createRun('r5'), other.createRun('r6')]);
  expect(await one.listRuns()).toHaveLength(6);
  expect(await other.listRuns()).toEqual(await one.listRuns());
});

test('reading writes nothing', async () => {
  const folder = await emptyFolder();
  const state = openStateFile({ folder });
  expect(await state.getRun('r1')).toBeNull();
  expect(await state.scope({ project: 'p', warehouse: 'w' }).events()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['cut in half', (text: string) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['zeroes', (text: string) => '\0'.repeat(text.length)],
  ['one letter changed', (text: string) => text.replace('r1', 'r9')],
  ['not JSON', () => 'hello'],
  ['another JSON', () => '{"nodes":{}}'],
  ['a list', () => '[1]'],
  ['without its payload', () => '{"schemaVersion":1,"epoch":2,"checksum":"00"}'],
  ['with a wrong header', (text: string) => text.replace('"epoch":2', '"epoch":null')],
])('a state file that is %s is refused, not taken for empty, and stays as it is', async (_name, damage) => {
  const { folder, file } = await written();
  const text = damage(await readFile(file, 'utf8'));
  await writeFile(file, text);
  const state = openStateFile({ folder });
  const damaged = {
    code: 'STATE_DAMAGED',
    message: expect.stringContaining(file),
    hint: expect.stringContaining('seeknal state repair --from-backup'),
  };
  await expect(state.initialize()).rejects.toMatchObject(damaged);
  await expect(state.listRuns()).rejects.toMatchObject(damaged);
  await expect(state.createRun('r3')).rejects.toMatchObject(damaged);
  expect(await readFile(file, 'utf8')).toBe(text);

  await restoreStateFile(folder, 5);
  expect((await openStateFile({ folder }).listRuns()).map(({ runId }) => runId)).toEqual(['r1']);
  expect(await readFile(`${file}.damaged.5`, 'utf8')).toBe(text);
  await openStateFile({ folder }).createRun('r3');
});

test('a state file that is gone while its previous copy is there is refused', async () => {
  const { folder, file } = await written();
  await nodeDisk.remove(file);
  await expect(openStateFile({ folder }).createRun('r3')).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
  await restoreStateFile(folder, 5);
  expect(await openStateFile({ folder }).listRuns()).toHaveLength(1);
});

test('a restored state gives out fences that were never given out', async () => {
  const folder = await emptyFolder();
  const before = await openStateFile({ folder }).acquireLock('a', 0);
  await openStateFile({ folder }).acquireLock('b', 0);
  await restoreStateFile(folder, 5);
  const after = await openStateFile({ folder }).acquireLock('b', 0);
  expect(after.fence).toBeGreaterThan(before.fence + 1);
});

test('a folder in the place of the state file is named, and left alone', async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'state.json'), { recursive: true });
  const backend = openStateFile({ folder });
  await expect(backend.scope({ project: 'p', warehouse: 'w' }).read()).rejects.toMatchObject({
    code: 'STATE_UNREACHABLE',
    message: expect.stringMatching(/state\.json: it is a folder$/u),
    hint: 'Move the folder away, or choose another with --target.',
  });
  expect(await readdir(join(folder, 'state.json'))).toEqual([]);
});

test('nothing can be restored where there is no previous copy', async () => {
  const folder = await emptyFolder();
  await expect(restoreStateFile(folder, 5)).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
});

test('a state file that an editor indented is read', async () => {
  const { folder, file } = await written();
  await writeFile(file, JSON.stringify(JSON.parse(await readFile(file, 'utf8')), null, 2));
  const state = openStateFile({ folder });
  await state.createRun('r3');
  expect(await state.listRuns()).toHaveLength(3);
});

test('a state of a newer version is refused and not touched', async () => {
  const { folder, file } = await written();
  const text = (await readFile(file, 'utf8')).replace('"schemaVersion":2', '"schemaVersion":3');
  await writeFile(file, text);
  const newer = { code: 'STATE_TOO_NEW', message: expect.stringContaining(file) };
  await expect(openStateFile({ folder }).initialize()).rejects.toMatchObject(newer);
  await expect(openStateFile({ folder }).createRun('r3')).rejects.toMatchObject(newer);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a state of the version before, without what is new, is read and goes on', async () => {
  const folder = await emptyFolder();
  const file = join(folder, 'state.json');
  const scope = { project: 'p', warehouse: 'w' };
  const before = openStateFile({ folder }).scope(scope);
  await before.addSnapshots([A]);
  const pointers = { 'transform.a': { snapshot: 'a', fingerprint: 'a', metadata: {} } };
  const change = { name: 'prod', expectedEpoch: 0, pointers, at: 1, expiresAt: null };
  await before.switchEnvironment(change);

  const text = (await readFile(file, 'utf8'))
    .replace('"manifest":null,', '')
    .replace('"previousManifest":null,', '');
  const { epoch, payload } = JSON.parse(text) as { readonly epoch: number; readonly payload: Json };
  const checksum = sha256(canonicalJson(payload));
  expect(text).not.toMatch(/manifest|proofs|dropping|bornFence/i);
  await writeFile(file, JSON.stringify({ schemaVersion: 1, epoch, checksum, payload }));

  const state = openStateFile({ folder }).scope(scope);
  const { environments, proofs, snapshots } = await state.read();
  expect(proofs).toEqual({});
  expect(environments['prod']).toMatchObject({ epoch: 1, pointers, previous: null });
  expect(snapshots['a']?.dropping).toBeUndefined();
  expect(await state.manifest('m')).toBeNull();
  expect(await state.collectManifests()).toEqual([]);
  expect(await state.switchEnvironment(change)).toEqual(environments['prod']);
  await state.saveManifest('m', '{}');
  expect(await state.switchEnvironment({ ...change, expectedEpoch: 1, manifest: 'm' })).toMatchObject({
    epoch: 2,
    manifest: 'm',
    previous: null,
  });
  expect(await readFile(file, 'utf8')).toMatch(/^\{"schemaVersion":2,/);
});

test('a manifest is a file of its own, whole or not there', async () => {
  const folder = await emptyFolder();
  const state = openStateFile({ folder, clock: () => now }).scope({ project: 'p', warehouse: 'w' });
  let now = 0;
  const text = `{"long":"${'x'.repeat(10_000)}"}`;
  await Promise.all([1, 2, 3].map(() => state.saveManifest('abc', text)));
  expect(await readFile(join(folder, 'manifests', 'abc.json'), 'utf8')).toBe(text);
  expect(await readdir(join(folder, 'manifests'))).toEqual(['abc.json']);
  expect(await readdir(join(folder, '.state'))).toEqual([]);
  expect(await readFile(join(folder, 'state.json'), 'utf8')).not.toContain('xxx');
  await nodeDisk.remove(join(folder, 'manifests', 'abc.json'));
  expect(await state.manifest('abc')).toBeNull();
  now = 4_000_000;
  expect(await state.collectManifests()).toEqual(['abc']);

  const full: Disk = {
    ...nodeDisk,
    create: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOSPC' })),
  };
  const failing = new FileBackend({ basePath: folder }, full).scope({ project: 'p', warehouse: 'w' });
  await expect(failing.saveManifest('def', text)).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    message: expect.stringContaining('def.json'),
  });
  expect(await readdir(join(folder, 'manifests'))).toEqual([]);
});

test('a folder that cannot be written is named', async () => {
  const { file } = await written();
  const folder = join(file, 'target');
  const unwritable = { code: 'STATE_UNWRITABLE', message: expect.stringContaining(folder) };
  await expect(openStateFile({ folder }).initialize()).rejects.toMatchObject(unwritable);
  await expect(openStateFile({ folder }).createRun('r1')).rejects.toMatchObject(unwritable);
});

test('a lock that a living process holds is waited for, and then named', async () => {
  const { folder } = await written();
  const lock = join(folder, 'state.lock');
  await writeFile(lock, JSON.stringify({ host: 'elsewhere', pid: 7, started: null, token: 't' }));
  const state = openStateFile({ folder, timeoutMs: 30 });
  await expect(state.createRun('r3')).rejects.toMatchObject({
    code: 'STATE_LOCK_HELD',
    message: expect.stringContaining('process 7 on elsewhere'),
  });
  expect(existsSync(lock)).toBe(true);
  expect(await state.listRuns()).toHaveLength(2);
  await openStateFile({ folder, staleMs: 1 }).createRun('r3');
});

test('a lock whose writer died while it made it ends with its lease', async () => {
  const { folder } = await written();
  await writeFile(join(folder, 'state.lock'), '');
  const refused = openStateFile({ folder, timeoutMs: 10 }).createRun('r3');
  await expect(refused).rejects.toMatchObject({ code: 'STATE_LOCK_HELD' });
  await openStateFile({ folder, staleMs: 20 }).createRun('r3');
  // It never said who it is: nobody waits for a whole lease.
  await writeFile(join(folder, 'state.lock'), '');
  await openStateFile({ folder, staleMs: 60_000, timeoutMs: 5000 }).createRun('r4');
});

test('a closed state takes no more writes', async () => {
  const state = openStateFile({ folder: await emptyFolder() });
  const last = state.createRun('r1');
  await state.close();
  expect(await last).toMatchObject({ runId: 'r1' });
  await expect(state.createRun('r2')).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
});

test('events that never reached the log are logged by the next who looks, and half a line is passed over', async () => {
  const folder = await emptyFolder();
  const log = join(folder, 'interval_events.jsonl');
  const scope = { project: 'p', warehouse: 'w' };
  const forgetful: Disk = {
    ...nodeDisk,
    append: () => Promise.reject(Object.assign(new Error('no'), { code: 'EIO' })),
  };
  const first = new FileBackend({ basePath: folder }, forgetful).scope(scope);
  const done = [{ start: 0, end: 1 }];
  await first.addSnapshots([A]);
  await first.rebuild('a', { done, seq: 0, columns: null, version: null });
  await first.invalidate('k1', [{ snapshot: 'a', range: { start: 0, end: 1 }, reason: 'one' }], 1);
  expect(existsSync(log)).toBe(false);

  const second = openStateFile({ folder }).scope(scope);
  expect((await second.events()).map(({ reason }) => reason)).toEqual(['one']);
  await writeFile(log, '{"n":2,"proj', { flag: 'a' });
  await second.rebuild('a', { done, seq: 0, columns: null, version: null });
  await second.invalidate('k2', [{ snapshot: 'a', range: { start: 0, end: 1 }, reason: 'two' }], 2);
  expect((await second.events()).map(({ reason }) => reason)).toEqual(['two', 'one']);
});

test('the backend is opened by name, under both of its names', async () => {
  const basePath = await emptyFolder();
  const state = await createStateBackend('file', { basePath });
  expect(state).toBeInstanceOf(FileStateBackend);
  expect(state.description).toBe(`file ${join(basePath, 'state.json')}`);
  expect(openStateFile({ folder: 'target' }).description).toBe(`file ${join('target', 'state.json')}`);
});

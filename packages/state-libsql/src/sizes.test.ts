import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { openStateDatabase } from './database-backend.ts';
import { snapshotOf } from './testing/work-trial.ts';

const SCOPE = { project: 'p', warehouse: 'w' } as const;
const file = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'seeknal-state-')), 'state.db');

test('a scope of more than one answer is read whole, also while it changes', async () => {
  const dbPath = await file();
  const [writer, reader] = [openStateDatabase({ dbPath }), openStateDatabase({ dbPath })];
  await writer.initialize();
  const sql = 'x'.repeat(50_000);
  const ids = Array.from({ length: 200 }, (_, n) => `s${n}`);
  const scope = writer.scope(SCOPE);
  for (let at = 0; at < ids.length; at += 50) {
    await scope.addSnapshots(
      ids.slice(at, at + 50).map((id) => ({ ...snapshotOf(id), definition: { sql } })),
    );
  }
  const reading = reader.scope(SCOPE).read();
  await scope.rebuild('s7', { done: [{ start: 1, end: 2 }], seq: 9, columns: null, version: null });
  expect(Object.keys((await reading).snapshots)).toHaveLength(200);
  const { snapshots } = await reader.scope(SCOPE).read();
  expect(snapshots).toEqual((await scope.read()).snapshots);
  expect(snapshots['s7']).toMatchObject({ seq: 9, definition: { sql } });
  await Promise.all([writer.close(), reader.close()]);
});

test('a long text comes back as it was', async () => {
  const state = openStateDatabase({ dbPath: await file() });
  await state.initialize();
  const scope = state.scope(SCOPE);
  // What does not shrink when packed, so that it takes several rows and answers.
  const text = `😀${randomBytes(2_500_000).toString('base64')}é`;
  await scope.saveManifest('long', text);
  await scope.saveManifest('empty', '');
  expect((await scope.manifest('long')) === text).toBe(true);
  expect(await scope.manifest('empty')).toBe('');
  await state.close();
});

test('rows that another process removes are gone here', async () => {
  const dbPath = await file();
  const [one, other] = [openStateDatabase({ dbPath }), openStateDatabase({ dbPath })];
  await one.initialize();
  const change = { name: 'dev', expectedEpoch: 0, pointers: {}, at: 1, expiresAt: null };
  await one.scope(SCOPE).switchEnvironment(change);
  expect(Object.keys((await other.scope(SCOPE).read()).environments)).toEqual(['dev']);
  await one.scope(SCOPE).removeEnvironment({ name: 'dev', expectedEpoch: 1 });
  await expect(other.scope(SCOPE).touchEnvironment('dev', 5)).rejects.toMatchObject({
    code: 'STATE_ENVIRONMENT_UNKNOWN',
  });
  expect((await other.scope(SCOPE).read()).environments).toEqual({});
  await Promise.all([one.close(), other.close()]);
});

test('a transaction over thousands of nodes is one batch', async () => {
  const state = openStateDatabase({ dbPath: await file() });
  await state.initialize();
  await state.createRun('r1');
  await state.setNodeState('r1', 'node 7', { hash: 'before' });
  await state.transaction(async (tx) => {
    for (let n = 0; n < 3000; n += 1) await tx.setNodeState('r1', `node ${n}`, { rowCount: n });
    await tx.updateRun('r1', { status: 'success' });
  });
  expect(await state.getNodeState('r1', 'node 7')).toMatchObject({ hash: 'before', rowCount: 7 });
  expect(await state.getNodeState('r1', 'node 2999')).toMatchObject({ rowCount: 2999 });
  expect(await state.getRun('r1')).toMatchObject({ status: 'success' });
  await state.close();
});

test('an environment of thousands of nodes, and thousands of snapshots at once, fit', async () => {
  const dbPath = await file();
  const [one, other] = [openStateDatabase({ dbPath }), openStateDatabase({ dbPath })];
  await one.initialize();
  const ids = Array.from({ length: 6000 }, (_, n) => `s${n}`);
  await one
    .scope(SCOPE)
    .addSnapshots(ids.map((id) => ({ ...snapshotOf(id), definition: { sql: 'x'.repeat(500) } })));
  const pointers = Object.fromEntries(
    ids.map((id) => [
      `transform.${id}`,
      { snapshot: id, fingerprint: id, metadata: { note: 'x'.repeat(300) } },
    ]),
  );
  await one
    .scope(SCOPE)
    .switchEnvironment({ name: 'prod', expectedEpoch: 0, pointers, at: 1, expiresAt: null });
  const seen = await other.scope(SCOPE).read();
  expect(seen).toEqual(await one.scope(SCOPE).read());
  expect(Object.keys(seen.environments['prod']?.pointers ?? {})).toHaveLength(6000);
  await Promise.all([one.close(), other.close()]);
});

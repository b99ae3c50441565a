import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';

import { openStateDatabase } from './database-backend.ts';
import { inspectDatabase } from './inspect.ts';
import { MIGRATIONS } from './migrations.ts';
import { snapshotOf } from './testing/work-trial.ts';

const SCOPE = { project: 'p', warehouse: 'w' } as const;
const KEY = '["p","w"]';

const POINTERS = Object.fromEntries(
  ['a', 'b'].map((name) => [`transform.${name}`, { snapshot: 's1', fingerprint: name, metadata: {} }]),
);
const PROD = {
  name: 'prod',
  epoch: 2,
  pointers: POINTERS,
  manifest: 'm1',
  previous: { 'transform.a': { snapshot: 's1', fingerprint: 'old', metadata: {} } },
  previousManifest: null,
  createdAt: 1,
  switchedAt: 2,
  expiresAt: null,
};

/** A database as version 1 of the schema left it: environments and texts each in one piece. */
async function oldDatabase(): Promise<string> {
  const dbPath = join(await mkdtemp(join(tmpdir(), 'seeknal-state-')), 'state.db');
  const client = createClient({ url: `file:${dbPath}` });
  const [first] = MIGRATIONS;
  if (first === undefined) throw new Error('There is no first migration');
  const notes = { exact: [], folded: { set: [], value: 0 } };
  const body = { changes: notes, invalidations: notes, commits: notes, seqs: [], staleSeqs: [], answers: [] };
  const record = { columns: null, rows: 7, version: null };
  const item = (field: string, key: string, value: string): { sql: string; args: string[] } => ({
    sql: 'INSERT INTO state_item (scope, field, key, version, bytes, body) VALUES (?, ?, ?, 3, 1, ?)',
    args: [KEY, field, key, value],
  });
  const packed = (text: string): string => gzipSync(text).toString('base64');
  await client.batch(
    [
      ...first.statements,
      `CREATE TABLE state_migration (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL)`,
      {
        sql: 'INSERT INTO state_migration VALUES (1, ?, ?, 0)',
        args: [first.name, first.hash],
      },
      `UPDATE state_meta SET epoch = 3, token = 'newest'`,
      `INSERT INTO state_write (token, at) VALUES ('newest', 0)`,
      { sql: 'INSERT INTO state_part (name, version, removed_at) VALUES (?, 3, 0)', args: [KEY] },
      {
        sql: `INSERT INTO state_snapshot (scope, id, version, made_version, bytes, node, generation, fence, seq, done,
          claims, body, made) VALUES (?, 's1', 3, 3, 1, 'transform.s1', 0, 4, 4, '[{"start":0,"end":5}]', '[]', ?, ?)`,
        args: [KEY, JSON.stringify({ ...body, record }), JSON.stringify(snapshotOf('s1'))],
      },
      item('environments', 'prod', JSON.stringify(PROD)),
      item('environments', 'dev', `gzip:${packed(JSON.stringify({ ...PROD, name: 'dev', previous: null }))}`),
      item('tick', '', '5'),
      item('manifests', 'm1', '1000'),
      `INSERT INTO state_text (id, piece, body) VALUES ('m1', -1, '2')`,
      ...[0, 1].map((piece) => ({
        sql: 'INSERT INTO state_text (id, piece, body) VALUES (?, ?, ?)',
        args: [
          'm1',
          piece,
          packed('{"a manifest": "of schema 1"}').slice(piece * 20, piece === 0 ? 20 : undefined),
        ],
      })),
    ],
    'write',
  );
  client.close();
  return dbPath;
}

test('a database of schema 1 is brought up to date, with all that it holds', async () => {
  const dbPath = await oldDatabase();
  expect((await inspectDatabase({ dbPath })).schema).toMatchObject({ version: 1, pending: [{ version: 2 }] });
  const [state, other] = [openStateDatabase({ dbPath }), openStateDatabase({ dbPath })];
  await Promise.all([state.initialize(), other.initialize()]);
  const view = await other.scope(SCOPE).read();
  expect(view.environments).toEqual({ prod: PROD, dev: { ...PROD, name: 'dev', previous: null } });
  expect(view.snapshots['s1']).toMatchObject({
    node: 'transform.s1',
    rows: 7,
    seq: 4,
    done: [{ start: 0, end: 5 }],
  });
  expect(await state.scope(SCOPE).manifest('m1')).toBe('{"a manifest": "of schema 1"}');

  // What changes from now on is kept as it is now, also for those who saw it as it was.
  const { 'transform.b': _gone, ...left } = POINTERS;
  const change = { name: 'prod', expectedEpoch: 2, pointers: left, at: 3, expiresAt: null, manifest: 'm2' };
  await state.scope(SCOPE).saveManifest('m2', 'another');
  const switched = await state.scope(SCOPE).switchEnvironment(change);
  expect(switched).toMatchObject({ epoch: 3, pointers: left, previous: POINTERS });
  await state.scope(SCOPE).touchEnvironment('dev', 9);
  for (const reader of [other, openStateDatabase({ dbPath })]) {
    expect((await reader.scope(SCOPE).read()).environments).toEqual({
      prod: switched,
      dev: { ...PROD, name: 'dev', previous: null, expiresAt: 9 },
    });
    expect(await reader.scope(SCOPE).manifest('m2')).toBe('another');
  }
  expect(await inspectDatabase({ dbPath })).toMatchObject({
    schema: { version: 2, pending: [] },
    orphans: { nodes: 0, texts: 0 },
  });
  await Promise.all([state.close(), other.close()]);
});

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';
import { DocumentBackend } from '@seeknal/state';

import { Connection } from './connection.ts';
import { DatabaseStore } from './database-store.ts';
import { targetOf } from './database-url.ts';
import { EVERYTHING, type Focus } from './focus.ts';
import { focusedScope } from './scope-focus.ts';
import type { Statement } from './statement.ts';
import { snapshotOf } from './testing/work-trial.ts';

const SCOPE = { project: 'p', warehouse: 'w' } as const;
const DAY_MS = 86_400_000;

/** Tables that grow with the project or with time. */
const LARGE =
  /^SCAN (state_snapshot|state_item|state_epoch|interval_event|node_state|state_chunk|state_text_chunk)\b/;

test('a task, and a switch, look rows up and scan no table that grows', async () => {
  const dbPath = join(await mkdtemp(join(tmpdir(), 'seeknal-state-')), 'state.db');
  const connection = new Connection(targetOf({ dbPath }), { requestMs: 5000, busyMs: 5000 });
  const store = new DatabaseStore(connection, { clock: undefined, timeoutMs: 10_000 });
  await new DocumentBackend(store.focused(EVERYTHING)).initialize();
  const scope = focusedScope((focus: Focus) => store.focused(focus), SCOPE);
  const ids = Array.from({ length: 300 }, (_, n) => `s${n}`);
  await scope.addSnapshots(ids.map(snapshotOf));

  const sent: Statement[] = [];
  const send = connection.send.bind(connection);
  connection.send = (mode, statements) => {
    sent.push(...statements);
    return send(mode, statements);
  };
  const range = { start: 0, end: DAY_MS };
  const asked = { snapshot: 's7', range, run: 'r', task: 't', holder: 'h', leaseMs: 60_000 };
  expect((await scope.claim(asked)).status).toBe('claimed');
  await scope.renew('s7', 1, 60_000);
  const done = { rows: 1, changed: [range], seen: {}, columns: [], version: null, finishedAt: 1 };
  const commit = { snapshot: 's7', range, generation: 0, fence: 1, seq: 1, run: 'r', task: 't', ...done };
  expect((await scope.record(commit, [], [])).status).toBe('recorded');
  await scope.release('s7', 1);
  const pointers = { 'transform.s7': { snapshot: 's7', fingerprint: 's7', metadata: {} } };
  await scope.switchEnvironment({ name: 'prod', expectedEpoch: 0, pointers, at: 1, expiresAt: null });
  await scope.saveManifest('m', 'text');
  await scope.read();
  await store.close();

  const client = createClient({ url: `file:${dbPath}` });
  const scans: string[] = [];
  for (const { sql, args } of sent) {
    const { rows } = await client.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args });
    const steps = rows.map(({ detail }) => String(detail));
    scans.push(...steps.filter((step) => LARGE.test(step)).map((step) => `${step}: ${sql}`));
  }
  client.close();
  expect(sent.length).toBeGreaterThan(30);
  expect(scans).toEqual([]);
});

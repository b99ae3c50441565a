import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';
import { createStateBackend } from '@seeknal/state';
import { describeStateBackend } from '@seeknal/state/testkit';

import { DatabaseStateBackend, openStateDatabase } from './database-backend.ts';

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'seeknal-state-'));

describeStateBackend(
  'libSQL file',
  async (options) =>
    openStateDatabase({ dbPath: join(await emptyFolder(), 'target', 'state.db'), ...options }),
  { histories: 5 },
);

test('anybody can read the newest state of every node in SQL', async () => {
  const dbPath = join(await emptyFolder(), 'state.db');
  const state = openStateDatabase({ dbPath });
  await state.initialize();
  for (const [run, startedAt] of [
    ['new', 2],
    ['old', 1],
  ] as const) {
    await state.createRun(run, { startedAt });
    await state.setNodeState(run, 'transform.a', { hash: run, rowCount: startedAt });
  }
  await state.addCompletedInterval('old', 'transform.b', 5, 6);
  await state.close();
  const client = createClient({ url: `file:${dbPath}` });
  const { rows } = await client.execute(
    'SELECT node_id, run_id, hash, completed_intervals FROM current_node_state ORDER BY node_id',
  );
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['transform.a', 'new', 'new', '[]'],
    ['transform.b', 'old', '', '[[5,6]]'],
  ]);
  client.close();
});

test('the backend is found by its name in the plan documents', async () => {
  const dbPath = join(await emptyFolder(), 'state.db');
  const state = await createStateBackend('database', { dbPath });
  expect(state).toBeInstanceOf(DatabaseStateBackend);
  expect(state.description).toBe(`libsql ${dbPath}`);
  await expect(state.getRun('r')).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
  await state.initialize();
  expect(await state.getRun('r')).toBeNull();
  await state.close();
  await expect(state.getRun('r')).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
});

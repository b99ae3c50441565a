import { afterEach, expect, test } from '@jest/globals';

import { repairState } from './state-repair.ts';
import { PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const NOW = Date.UTC(2024, 0, 8);

test('a damaged state is restored from its copy, and nothing runs that the warehouse has', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(8);
  await folder.write({ 'target/state.json': 'garbage' });
  await expect(folder.run(8)).rejects.toMatchObject({
    code: 'STATE_DAMAGED',
    hint: expect.stringContaining('state repair --from-backup'),
  });
  expect(await repairState(folder.path, { from: 'backup', now: NOW })).toEqual([
    `target/state.json.damaged.${NOW}`,
    `target/warehouse.json.aside.${NOW}`,
  ]);
  expect((await folder.run(8)).tasks).toEqual([]);
  expect(await folder.run(8)).toMatchObject({ status: 'nothing_to_do' });
});

test('a state without a copy is taken over from the warehouse, and nothing is deleted', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(8);
  const before = await folder.rows('FROM transform.window ORDER BY ALL');
  await folder.remove('target/state.json.1');
  await folder.write({ 'target/state.json': '' });
  await expect(repairState(folder.path, { from: 'backup', now: NOW })).rejects.toMatchObject({
    code: 'STATE_DAMAGED',
    hint: expect.stringContaining('--rebuild'),
  });
  expect(await repairState(folder.path, { from: 'warehouse', now: NOW })).toEqual([
    `target/state.json.aside.${NOW}`,
    `target/warehouse.json.aside.${NOW}`,
  ]);
  const { tasks, status } = await folder.run(8);
  expect(['success', 'nothing_to_do']).toContain(status);
  expect(tasks.filter((id) => id.includes('@'))).toEqual([]);
  expect(await folder.rows('FROM transform.window ORDER BY ALL')).toEqual(before);
});

test('a state that is no file is left to its database', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal_project.yml': 'name: example\nversion: 1.0.0\nstate_backend: libsql\n',
  });
  await expect(repairState(folder.path, { from: 'backup', now: NOW })).rejects.toMatchObject({
    code: 'SDK_STATE_NOT_A_FILE',
  });
});

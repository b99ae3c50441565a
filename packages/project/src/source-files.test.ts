import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { sourceVersion } from './index.ts';
import { projectFolder, removeFolders, write } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const spec = { path: 'data/a.csv' };

test('equal bytes are an equal version, whatever the times and the folder', async () => {
  const one = await sourceVersion(projectFolder({ 'data/a.csv': 'id\n1\n' }), spec, null, 0);
  const folder = projectFolder({ 'data/a.csv': 'id\n1\n' });
  utimesSync(join(folder, 'data/a.csv'), 1, 1);
  expect((await sourceVersion(folder, spec, null, 9)).version).toBe(one.version);
});

test('a change within the same stamp is seen, as long as the last look was just after it', async () => {
  const folder = projectFolder({ 'data/a.csv': 'id\n1\n' });
  const path = join(folder, 'data/a.csv');
  const before = await sourceVersion(folder, spec, null, Date.now());
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'id\n2\n');
  utimesSync(path, atime, mtime);
  expect((await sourceVersion(folder, spec, before, Date.now())).version).not.toBe(before.version);
});

test('an old stamp proves a file unchanged, without reading it', async () => {
  const folder = projectFolder({ 'data/a.csv': 'id\n1\n' });
  const known = await sourceVersion(folder, spec, null, Date.now() + 60_000);
  // A hash that is not that of the bytes stays: nobody looked at them.
  const marked = { ...known, files: known.files.map((file) => ({ ...file, sha256: 'not looked at' })) };
  expect(await sourceVersion(folder, spec, marked, Date.now() + 60_000)).toBe(marked);
});

test('an equal look keeps the version when the file was only touched', async () => {
  const folder = projectFolder({ 'data/a.csv': 'id\n1\n' });
  const known = await sourceVersion(folder, spec, null, Date.now() + 60_000);
  utimesSync(join(folder, 'data/a.csv'), 1, 1);
  const after = await sourceVersion(folder, spec, known, Date.now() + 60_000);
  expect(after.version).toBe(known.version);
  expect(after.files).not.toEqual(known.files);
});

test('a pattern takes its files in order, and a file more is another version', async () => {
  const folder = projectFolder({
    'data/b.csv': '2',
    'data/a.csv': '1',
    'data/c.txt': '3',
    'data/deep/d.csv': '4',
  });
  const flat = await sourceVersion(folder, { path: 'data/*.csv' }, null, 0);
  expect(flat.files.map(({ path }) => path)).toEqual(['data/a.csv', 'data/b.csv']);
  const deep = await sourceVersion(folder, { path: 'data/**/*.csv' }, null, 0);
  expect(deep.files.map(({ path }) => path)).toEqual(['data/a.csv', 'data/b.csv', 'data/deep/d.csv']);
  write(folder, { 'data/0.csv': '0' });
  expect((await sourceVersion(folder, { path: 'data/*.csv' }, flat, 0)).version).not.toBe(flat.version);
  rmSync(join(folder, 'data/0.csv'));
  expect((await sourceVersion(folder, { path: 'data/*.csv' }, flat, 0)).version).toBe(flat.version);
});

test.each([
  ['data/none.csv', 'SOURCE_FILE_MISSING', 'There is no file: data/none.csv'],
  ['none/*.csv', 'SOURCE_FILE_MISSING', 'No file matches: none/*.csv'],
  ['data', 'SOURCE_FILE_UNREADABLE', 'The file data cannot be read'],
])('%s is refused', async (path, code, message) => {
  const folder = projectFolder({ 'data/a.csv': '1' });
  await expect(sourceVersion(folder, { path }, null, 0)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test('an absolute path is read where it is', async () => {
  const folder = projectFolder({ 'data/a.csv': '1' });
  const path = join(folder, 'data/a.csv');
  expect((await sourceVersion('/nowhere', { path }, null, 0)).files[0]?.path).toBe(path);
  const glob = join(folder, 'data/*.csv');
  expect((await sourceVersion('/nowhere', { path: glob }, null, 0)).files[0]?.path).toBe(path);
});

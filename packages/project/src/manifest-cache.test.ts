import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { loadProject, type LoadOptions, type Project } from './index.ts';
import { ORDERS, projectFolder, removeFolders, write } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const T = 'seeknal/transforms/t.yml';
const FILES = {
  ...ORDERS,
  [T]: "kind: transform\nname: t\nsql: SELECT '{{ env:A|a }}' AS a FROM source.orders\n",
};
const cacheOf = (folder: string): string => join(folder, 'target/cache/manifest.json');
const again = (folder: string, options: LoadOptions = {}): Promise<Project> =>
  loadProject(folder, { env: {}, ...options });

/** A project loaded once, so that the cache is written. */
async function loaded(): Promise<{ folder: string; project: Project }> {
  const folder = projectFolder(FILES);
  return { folder, project: await again(folder) };
}

test('the second load is answered by the cache, with the same answer', async () => {
  const { folder, project } = await loaded();
  expect(project.fromCache).toBe(false);
  expect(await again(folder)).toEqual({ ...project, fromCache: true });
});

test('a project moved elsewhere is parsed or told with its new folder', async () => {
  const { folder } = await loaded();
  expect((await again(folder)).settings.folder).toBe(folder);
});

test.each<[string, (folder: string) => void, LoadOptions?]>([
  ['a file changed', (folder) => write(folder, { [T]: FILES[T].replace('AS a', 'AS b') })],
  [
    'a file added',
    (folder) => write(folder, { 'seeknal/x.yml': 'kind: transform\nname: x\nsql: SELECT 1\n' }),
  ],
  ['a file removed', (folder) => rmSync(join(folder, T))],
  ['profiles added', (folder) => write(folder, { 'profiles.yml': 'connections: {}\n' })],
  ['settings changed', (folder) => write(folder, { 'seeknal_project.yml': 'name: other\n' })],
  ['another value of a variable that was asked for', () => {}, { env: { A: 'x' } }],
  ['other params', () => {}, { params: { p: 1 } }],
  ['another version of the tool', () => {}, { toolVersion: '9.9.9' }],
  ['no cache wanted', () => {}, { cache: false }],
  ['the cache deleted', (folder) => rmSync(cacheOf(folder))],
  [
    'the cache cut in half',
    (folder) => writeFileSync(cacheOf(folder), readFileSync(cacheOf(folder), 'utf8').slice(0, 500)),
  ],
  [
    'the cache edited',
    (folder) =>
      writeFileSync(
        cacheOf(folder),
        readFileSync(cacheOf(folder), 'utf8').replace('transform.t', 'transform.u'),
      ),
  ],
  ['the cache empty', (folder) => writeFileSync(cacheOf(folder), '')],
])('%s: everything is parsed anew', async (_what, change, options = {}) => {
  const { folder } = await loaded();
  change(folder);
  expect((await again(folder, options)).fromCache).toBe(false);
});

test('a variable nobody asks for changes nothing', async () => {
  const { folder } = await loaded();
  expect((await again(folder, { env: { OTHER: 'x' } })).fromCache).toBe(true);
});

test('an edit of the same length within the same tick of the clock is seen', async () => {
  const { folder } = await loaded();
  const path = join(folder, T);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, FILES[T].replace('AS a', 'AS b'));
  utimesSync(path, atime, mtime);
  const { manifest } = await again(folder);
  expect(manifest.nodes['transform.t']?.definition['sql']).toMatch(/as b/);
});

test('a project that is wrong leaves no cache, and one made right is read', async () => {
  const folder = projectFolder({ [T]: 'kind: transform\nname: t\n' });
  await expect(again(folder)).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
  expect(existsSync(cacheOf(folder))).toBe(false);
  write(folder, { [T]: 'kind: transform\nname: t\nsql: SELECT 1\n' });
  expect(Object.keys((await again(folder)).manifest.nodes)).toEqual(['transform.t']);
});

test('the cache holds no value of a variable', async () => {
  const folder = projectFolder(FILES);
  await again(folder, { env: { A: 'canary' } });
  expect(readFileSync(cacheOf(folder), 'utf8')).not.toContain('canary');
});

test('where nothing can be written, nothing is lost', async () => {
  const folder = projectFolder({ ...FILES, target: 'a file where a folder should be' });
  expect(Object.keys((await again(folder)).manifest.nodes)).toHaveLength(2);
  expect((await again(folder)).fromCache).toBe(false);
});

test('any folder inside a project finds it', async () => {
  const { folder } = await loaded();
  expect((await again(join(folder, 'seeknal/transforms'))).settings.folder).toBe(folder);
});

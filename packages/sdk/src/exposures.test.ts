import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { openProject } from './open-project.ts';
import { csv, morning, ProjectFolder, SOURCE } from './testing/project-folder.ts';

const folders: ProjectFolder[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove('.');
});

const DOUBLE = (factor: number): string =>
  `kind: transform\nname: double\ninputs: [{ref: source.sales}]\ntransform: SELECT day, ${factor} * amount AS amount FROM input_0\n`;

const FILES = {
  'data/sales.csv': csv([1, 1]),
  'seeknal/sources/sales.yml': SOURCE,
  'seeknal/transforms/double.yml': DOUBLE(2),
  'seeknal/exposures/out.yml':
    'kind: exposure\nname: out\ntype: file\nparams: {path: target/exports/sales.csv}\ninputs: [transform.double]\n',
};

test("what an environment exports stands with it, and prod's file stays as it is until prod has the rows", async () => {
  const folder = await ProjectFolder.make(FILES);
  folders.push(folder);
  const text = async (path: string): Promise<string> =>
    (await readFile(join(folder.path, path), 'utf8')).split('\n')[1] ?? '';
  const ours = 'target/exports/sales.csv';
  const theirs = 'target/environments/dev/exposures/out.csv';
  const using = async (use: (project: Awaited<ReturnType<typeof openProject>>) => Promise<unknown>) => {
    const project = await openProject(folder.path, { now: morning(2) });
    await use(project);
    await project.close();
  };
  await folder.run(2);
  expect(await text(ours)).toBe('2024-01-01,2');
  await folder.write({ 'seeknal/transforms/double.yml': DOUBLE(3) });
  await using((project) => project.apply('dev'));
  expect([await text(ours), await text(theirs)]).toEqual(['2024-01-01,2', '2024-01-01,3']);
  // A file that somebody removed is written again, where it was.
  await folder.remove(theirs);
  await using((project) => project.apply('dev'));
  expect(await text(theirs)).toBe('2024-01-01,3');
  await using((project) => project.environments.promote('dev'));
  await folder.run(2);
  expect(await text(ours)).toBe('2024-01-01,3');
  await using((project) => project.environments.delete('dev'));
  expect(existsSync(join(folder.path, theirs))).toBe(false);
});

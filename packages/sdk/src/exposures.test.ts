import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { csv, morning, ProjectFolder, removeProjectFolders, SOURCE } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

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
  const text = async (path: string): Promise<string> =>
    (await readFile(join(folder.path, path), 'utf8')).split('\n')[1] ?? '';
  const ours = 'target/exports/sales.csv';
  const theirs = 'target/environments/dev/exposures/out.csv';
  await folder.run(2);
  expect(await text(ours)).toBe('2024-01-01,2');
  await folder.write({ 'seeknal/transforms/double.yml': DOUBLE(3) });
  await folder.using(morning(2), (project) => project.apply('dev'));
  expect([await text(ours), await text(theirs)]).toEqual(['2024-01-01,2', '2024-01-01,3']);
  // A file that somebody removed is written again, where it was.
  await folder.remove(theirs);
  await folder.using(morning(2), (project) => project.apply('dev'));
  expect(await text(theirs)).toBe('2024-01-01,3');
  await folder.using(morning(2), (project) => project.environments.promote('dev'));
  await folder.run(2);
  expect(await text(ours)).toBe('2024-01-01,3');
  await folder.using(morning(2), (project) => project.environments.delete('dev'));
  expect(existsSync(join(folder.path, theirs))).toBe(false);
});

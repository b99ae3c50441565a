import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from '@jest/globals';
import { examplesIn, printedBy, promisedBy } from '@seeknal/testing';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** The project of the repository's README: its files are the blocks under a line that holds nothing but a path. */
async function shopIn(folder: string): Promise<string> {
  for (const [, path = '', text = ''] of (await read('README.md')).matchAll(
    /^`([^`\n]+)`:\n+```\w+\n(.*?)^```$/gmsu,
  )) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return join(folder, 'shop');
}

test.each([
  'manifest',
  'plan',
  'project',
  'state',
  'state-file',
  'state-libsql',
  'engine',
  'engine-duckdb',
  'sql-diff',
  'lineage',
  'orchestrator-adapter',
  'environments',
  'sdk',
])('the example of the README of %s prints what it says', async (name) => {
  const [example = ''] = examplesIn(await read(`packages/${name}/README.md`));
  const promised = promisedBy(example);
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-readme-'));
  try {
    const here = example.replace("'shop'", JSON.stringify(await shopIn(folder)));
    expect(await printedBy(here, (from) => import(from))).toEqual(promised);
    expect(promised.length).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

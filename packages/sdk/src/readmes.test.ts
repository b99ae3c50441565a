import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { format } from 'node:util';

import { expect, test } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

const IMPORT = /^import \{(.*?)\} from '(.*?)';$/gmsu;

/** Runs the example of a package's README in this process, its folder `shop` being another. */
async function printedBy(example: string, shop: string): Promise<readonly string[]> {
  const names: Record<string, unknown> = {};
  for (const [, imported = '', from = ''] of example.matchAll(IMPORT)) {
    const all = (await import(from)) as { readonly [name: string]: unknown };
    for (const name of imported
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean))
      names[name] = all[name];
  }
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => void printed.push(format(...values)) };
  const body = example.replaceAll(IMPORT, '').replace("'shop'", JSON.stringify(shop));
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction('console', ...Object.keys(names), body) as (
    ...values: unknown[]
  ) => Promise<void>;
  await run(console, ...Object.values(names));
  return printed;
}

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
  const readme = await read(`packages/${name}/README.md`);
  const [, example = ''] = /```ts\n(.*?)```/su.exec(readme) ?? [];
  const promised = [...example.matchAll(/console\.log.*\n\s*\/\/ (.*)/gu)].map(([, said]) => said);
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-readme-'));
  try {
    expect(await printedBy(example, await shopIn(folder))).toEqual(promised);
    expect(promised.length).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { abridged, plain, shell, stepsOf } from './docs.test.kit.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

test.each([
  'README.md',
  'docs/guides/getting-started.md',
  'docs/guides/interval-tracking.md',
  'docs/guides/change-detection.md',
  'docs/guides/lineage.md',
  'docs/guides/plan-apply-workflow.md',
  'docs/guides/coming-from-python.md',
  'docs/guides/node-kinds.md',
  'docs/guides/testing.md',
  'docs/tutorials/interval-backfill-tutorial.md',
  'docs/tutorials/plan-apply-tutorial.md',
])(
  'every command of %s prints what it shows',
  async (page) => {
    const steps = stepsOf(await read(page));
    expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(4);
    const { take, close } = await shell();
    try {
      for (const step of steps) {
        const printed = await take(step);
        if (step.kind === 'file') continue;
        const shown = plain(step.prints);
        expect(`$ ${step.line}\n${abridged(printed, shown)}`).toBe(`$ ${step.line}\n${shown}`);
      }
    } finally {
      await close();
    }
  },
  120_000,
);

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'docs/guides/getting-started.md',
  'docs/guides/interval-tracking.md',
  'docs/guides/change-detection.md',
  'docs/guides/lineage.md',
  'docs/guides/plan-apply-workflow.md',
  'docs/guides/coming-from-python.md',
  'docs/guides/node-kinds.md',
  'docs/guides/testing.md',
  'docs/tutorials/interval-backfill-tutorial.md',
  'docs/tutorials/plan-apply-tutorial.md',
  'docs/api/interval-tracking.md',
  'docs/api/change-detection.md',
  'docs/api/lineage.md',
  'docs/reference/configuration.md',
])('what %s links to is there', async (page) => {
  const links = [...(await read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)].map(
    ([, link = '']) => link,
  );
  for (const link of links) await readFile(new URL(link, new URL(page, ROOT))).catch(ignoreFolder);
});

test('the commands that README.md says are here are here, and those that are not say so', async () => {
  const row = /^\| (`init`.*) \| (`.*`) \|$/mu.exec(await read('README.md')) ?? [];
  const [here, later] = row
    .slice(1)
    .map((cell) => [...cell.matchAll(/`([\w-]+)`/gu)].map(([, name = '']) => name));
  const { take, close } = await shell();
  const say = (line: string): Promise<string> => take({ kind: 'command', line, prints: '' });
  const ofIntervals = new Set(['pending', 'complete', 'restate', 'backfill']);
  for (const name of here ?? []) {
    const full = ofIntervals.has(name) ? `intervals ${name}` : name;
    expect(await say(`seeknal ${full} --help`)).toContain(`Usage: seeknal ${full}`);
  }
  for (const name of later ?? [])
    expect(await say(`seeknal ${name}`)).toMatch(/is not part of this version yet/u);
  expect([here?.length, later?.length]).toEqual([28, 1]);
  await close();
});

test('the commands of the repository that README.md names are there', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as {
    scripts: { readonly [name: string]: string };
  };
  const named = [...(await read('README.md')).matchAll(/`npm (?:run )?([\w:]+)`/gu)].map(
    ([, name = '']) => name,
  );
  expect(new Set(named)).toEqual(new Set(['demo', 'test']));
  for (const name of named) expect(scripts).toHaveProperty(name);
});

function ignoreFolder(error: { readonly code?: string }): void {
  if (error.code !== 'EISDIR') throw error as Error;
}

import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { abridged, plain, shell, stepsOf } from './docs.test.kit.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

test.each(['README.md', 'docs/guides/getting-started.md'])(
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
  'docs/reference/configuration.md',
])('what %s links to is there', async (page) => {
  const links = [...(await read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)].map(
    ([, link = '']) => link,
  );
  for (const link of links) await readFile(new URL(link, new URL(page, ROOT))).catch(ignoreFolder);
});

function ignoreFolder(error: { readonly code?: string }): void {
  if (error.code !== 'EISDIR') throw error as Error;
}

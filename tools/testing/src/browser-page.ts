import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { test } from '@jest/globals';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Asks for nothing beyond the page, and keeps nothing. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A test that is skipped, and says so in its name, where there is no Chromium. It may take two minutes. */
export function inChromium(name: string, body: () => Promise<void>): void {
  if (existsSync(executablePath)) {
    test(name, body, 120_000);
    return;
  }
  const reason = `there is no ${executablePath}; install chromium, or name another one in CHROMIUM`;
  test.skip(`${name} (skipped: ${reason})`, body);
}

/**
 * The function `answers` of a file and what it needs of its package, as that was built, in one small script that
 * fills the page's `pre`.
 *
 * @param file `browser-answers.ts` of a package.
 */
export async function answersScript(file: URL): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { answers } from './browser-answers.ts';
document.querySelector('pre').textContent = await answers();`,
      resolveDir: fileURLToPath(new URL('.', file)),
    },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** What a page came to. */
export interface Shown {
  readonly text: string | null;
  /** The messages of what was thrown in the page and not caught. */
  readonly failures: readonly string[];
}

/**
 * Opens a page with a script in headless Chromium, waits until its `pre` holds something, and closes it.
 * SEEKNAL_PICTURE names a file for a picture of it.
 */
export async function shownByChromium(script: string): Promise<Shown> {
  const page = `<!doctype html><meta charset="utf-8"><title>answers</title><pre></pre><script type="module">
${script}</script>`;
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const profile = mkdtempSync(join(tmpdir(), 'seeknal-chromium-'));
  try {
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: QUIET });
    const tab = await context.newPage();
    const failures: string[] = [];
    tab.on('pageerror', ({ message }) => failures.push(message));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("document.querySelector('pre').textContent !== ''");
    const text = await tab.textContent('pre');
    const picture = process.env['SEEKNAL_PICTURE'];
    if (picture !== undefined) await tab.screenshot({ path: picture });
    await context.close();
    return { text, failures };
  } finally {
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

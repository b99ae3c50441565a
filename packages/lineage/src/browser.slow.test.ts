import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

import { answers } from './testing/browser-answers.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const reason = `there is no ${executablePath}; install chromium, or name another one in CHROMIUM`;
const inBrowser = existsSync(executablePath) ? test : test.skip;

/** All of it with the parser of one dialect, compressed, may weigh this much in a page. */
const limitBytes = 120_000;

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

inBrowser(
  `in headless Chromium the built package answers as in Node, within 120 kB${inBrowser === test ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const script = await bundle();
    expect(gzipSync(script).length).toBeLessThan(limitBytes);
    const page = `<!doctype html><meta charset="utf-8"><title>lineage</title><pre></pre><script type="module">
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
      const shown = await tab.textContent('pre');
      const picture = process.env['SEEKNAL_PICTURE'];
      if (picture !== undefined) await tab.screenshot({ path: picture });
      await context.close();
      expect(failures).toEqual([]);
      expect(shown).toBe(await answers());
    } finally {
      server.close();
      rmSync(profile, { recursive: true, force: true });
    }
  },
  120_000,
);

/** The answers and what they need of the package, as it was built, in one script that fills the page. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { answers } from './browser-answers.ts';
document.querySelector('pre').textContent = await answers();`,
      resolveDir: fileURLToPath(new URL('./testing', import.meta.url)),
    },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  return outputFiles[0]!.text;
}

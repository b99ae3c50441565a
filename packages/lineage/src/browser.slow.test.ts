import { gzipSync } from 'node:zlib';

import { expect } from '@jest/globals';
import { answersScript, inChromium, shownByChromium } from '@seeknal/testing';

import { answers } from './testing/browser-answers.ts';

/** All of it with the parser of one dialect, compressed, may weigh this much in a page. */
const limitBytes = 120_000;

inChromium('in headless Chromium the built package answers as in Node, within 120 kB', async () => {
  const script = await answersScript(new URL('./testing/browser-answers.ts', import.meta.url));
  expect(gzipSync(script).length).toBeLessThan(limitBytes);
  expect(await shownByChromium(script)).toEqual({ text: await answers(), failures: [] });
});

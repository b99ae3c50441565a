import { expect } from '@jest/globals';
import { answersScript, inChromium, shownByChromium } from '@seeknal/testing';

import { answers } from './testing/browser-answers.ts';

inChromium('in headless Chromium the built package answers as in Node', async () => {
  const script = await answersScript(new URL('./testing/browser-answers.ts', import.meta.url));
  expect(await shownByChromium(script)).toEqual({ text: answers(), failures: [] });
});

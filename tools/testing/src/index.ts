export { answersScript, inChromium, shownByChromium, type Shown } from './browser-page.ts';
export { examplesIn, printedBy, promisedBy, type Load } from './page-examples.ts';
export { describeApiPage, exportedNames, unnamedOn } from './api-page.ts';
export { randomBits } from './random-bits.ts';

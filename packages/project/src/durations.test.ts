import { expect, test } from '@jest/globals';

import { durationMs } from './durations.ts';

test.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['30 minutes', 1_800_000],
  ['1.5h', 5_400_000],
  ['24 hours', 86_400_000],
  ['7d', 604_800_000],
  ['1 week', 604_800_000],
  ['7', null],
  ['h', null],
  ['-1h', null],
  ['1 month', null],
])('%s is %s ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

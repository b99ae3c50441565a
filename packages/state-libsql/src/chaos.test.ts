import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { endure, exactly } from './testing/chaos-trial.ts';
import { sqldMissing, startSqld, type Sqld } from './testing/sqld.ts';

const missing = sqldMissing();
let server: Sqld;
beforeAll(async () => {
  if (missing === null) server = await startSqld();
}, 30_000);
afterAll(() => server?.remove());

(missing === null ? test.each : test.skip.each)([
  'reset before',
  'drop the answer',
  'delay',
  'black hole',
] as const)(
  'over a network with the mishap "%s" everything happens, once',
  async (kind) => {
    const { result, mishaps } = await endure(server, kind, 12);
    expect(result).toEqual(exactly(12));
    expect(mishaps).toBeGreaterThan(10);
  },
  60_000,
);

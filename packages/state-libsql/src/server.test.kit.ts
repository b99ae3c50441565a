import { afterAll, beforeAll, test } from '@jest/globals';

import { sqldMissing, startSqld, type Sqld } from './testing/sqld.ts';

/** Why there is no server for the tests of this file; null when there is one. */
export const missing: string | null = sqldMissing();

/** A test that is skipped where there is no server. */
export const onServer: typeof test.skip = missing === null ? test : test.skip;

/** Runs while the tests of a file run; nothing before them, and where it is missing. */
export let server: Sqld;

beforeAll(async () => {
  if (missing === null) server = await startSqld();
}, 30_000);
afterAll(() => server?.remove());

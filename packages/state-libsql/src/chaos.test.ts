import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { endure, exactly } from './testing/chaos-trial.ts';
import { sqldMissing, startSqld, type Sqld } from './testing/sqld.ts';

const missing = sqldMissing();
let server: Sqld;
beforeAll(async () => {
  if (missing === null) server = await startSqld();
}, 30_000);
afterAll(() => server?.remove());

/** Each of so many rounds takes nine steps; whoever is swallowed waits until its time is over. */
const ROUNDS = [
  ['reset before', 6],
  ['drop the answer', 6],
  ['delay', 4],
  ['black hole', 2],
] as const;

(missing === null ? test.each(ROUNDS) : test.skip.each(ROUNDS))(
  'over a network with the mishap "%s" everything happens, once',
  async (kind, rounds) => {
    const { result, mishaps } = await endure(server, kind, rounds);
    expect(result).toEqual(exactly(rounds));
    expect(mishaps).toBeGreaterThan(0);
  },
  60_000,
);

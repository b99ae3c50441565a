import { expect } from '@jest/globals';

import { onServer, server } from './server.test.kit.ts';
import { endure, exactly } from './testing/chaos-trial.ts';

/** Each of so many rounds takes nine steps; whoever is swallowed waits until its time is over. */
const ROUNDS = [
  ['reset before', 6],
  ['drop the answer', 6],
  ['delay', 4],
  ['black hole', 2],
] as const;

onServer.each(ROUNDS)(
  'over a network with the mishap "%s" everything happens, once',
  async (kind, rounds) => {
    const { result, mishaps } = await endure(server, kind, rounds);
    expect(result).toEqual(exactly(rounds));
    expect(mishaps).toBeGreaterThan(0);
  },
  60_000,
);

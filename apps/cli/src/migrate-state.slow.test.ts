import { expect, test } from '@jest/globals';

import { killedCopies } from './killed-copies.test.kit.ts';
import { onServer, server } from './server.test.kit.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');

const HOUR_MS = 3_600_000;
const times = Math.max(2, Math.round(40 * scale));
const shares = Array.from({ length: times }, (_, n) => (n + 1) / times);

onServer(
  'a copy to a server, killed at every one of its requests, is whole in the end',
  async () => {
    expect(
      await killedCopies(
        server,
        shares.map((share) => Math.ceil(15 * share)),
      ),
    ).toBeGreaterThan(0);
  },
  HOUR_MS,
);

test(
  'so is one to a file, killed at any time',
  async () => {
    expect(
      await killedCopies(
        null,
        shares.map((share) => 0.7 + 0.4 * share),
      ),
    ).toBeGreaterThan(0);
  },
  HOUR_MS,
);

import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { describeStateBackend } from '@seeknal/state/testkit';

import { openStateDatabase } from './database-backend.ts';
import { emptied } from './testing/emptied.ts';
import { sqldMissing, startSqld, type Sqld } from './testing/sqld.ts';

const missing = sqldMissing();
if (missing === null) {
  let server: Sqld;
  beforeAll(async () => {
    server = await startSqld();
  }, 30_000);
  afterAll(() => server.remove());
  describeStateBackend(
    'a libSQL server, with a token',
    async (options) => {
      await emptied(server);
      return openStateDatabase({ url: server.url, authToken: server.token(), ...options });
    },
    { histories: 3 },
  );
} else {
  describe('a libSQL server', () => {
    test.skip(`left out: ${missing}`, () => undefined);
  });
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeStateBackend } from '@seeknal/state/testkit';

import { openStateDatabase } from './database-backend.ts';

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'seeknal-state-'));

describeStateBackend(
  'libSQL file',
  async (options) =>
    openStateDatabase({ dbPath: join(await emptyFolder(), 'target', 'state.db'), ...options }),
  { histories: 5 },
);

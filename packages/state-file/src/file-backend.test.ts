import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeStateBackend } from '@seeknal/state/testkit';

import { openStateFile } from './file-backend.ts';

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'seeknal-state-'));

describeStateBackend(
  'file',
  async (options) => openStateFile({ folder: join(await emptyFolder(), 'target'), ...options }),
  {
    histories: 40,
  },
);

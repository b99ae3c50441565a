import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { describeStateBackend } from '@seeknal/state/testkit';

import { openStateFile } from './file-backend.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');

describeStateBackend(
  'file, at length',
  async (options) => openStateFile({ folder: await mkdtemp(join(tmpdir(), 'seeknal-state-')), ...options }),
  { histories: Math.max(1, Math.round(1000 * scale)) },
);

import { join, resolve } from 'node:path';

import type { DocumentStore } from '@seeknal/state';

import { nodeDisk } from './disk.ts';
import { fileStore } from './file-store.ts';
import { stateFiles } from './state-files.ts';

/** The whole document of a folder's state, for what copies states. `read` of a folder without one is empty. */
export const fileStateStore = (folder: string): DocumentStore =>
  fileStore({
    label: join(folder, 'state.json'),
    files: stateFiles(resolve(folder)),
    disk: nodeDisk,
    clock: Date.now,
    staleMs: 10_000,
    timeoutMs: 30_000,
  });

import { join, resolve } from 'node:path';

import { DocumentBackend, type StateBackend, type StoreOptions } from '@seeknal/state';

import { nodeDisk, type Disk } from './disk.ts';
import { fileStore } from './file-store.ts';
import { stateFiles } from './state-files.ts';

export interface FileBackendOptions extends StoreOptions {
  /** The folder that holds `state.json` and what belongs to it. Default: `target`. */
  readonly basePath?: string;
  /** After this long a process that holds the file's lock counts as stopped. Default: 10,000. */
  readonly staleMs?: number;
  /** How long to wait for other processes that write. Default: 30,000. */
  readonly timeoutMs?: number;
}

/**
 * State in one JSON file, `state.json`, on a local disk of one machine; any number of processes may use it.
 * A write costs some milliseconds, and grows with the size of the file.
 */
export class FileBackend extends DocumentBackend {
  constructor(options: FileBackendOptions = {}, disk: Disk = nodeDisk) {
    const { basePath = 'target', clock = Date.now, staleMs = 10_000, timeoutMs = 30_000 } = options;
    const files = stateFiles(resolve(basePath));
    super(
      fileStore({ label: join(basePath, 'state.json'), files, disk, clock, staleMs, timeoutMs }),
      options,
    );
  }
}

/** The name of the plan documents for `FileBackend`. */
export { FileBackend as FileStateBackend };

/** Opens the state of a folder; call `initialize()` before anything else. */
export const openStateFile = (
  options: Omit<FileBackendOptions, 'basePath'> & { readonly folder: string },
): StateBackend => new FileBackend({ ...options, basePath: options.folder });

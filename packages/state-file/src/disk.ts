import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

import { StateError } from '@seeknal/state';

/**
 * What the state asks of a disk. The calls of `nodeDisk` block: each takes a fraction of a millisecond, and
 * the threads that asynchronous calls wait for may all be busy with queries.
 */
export interface Disk {
  /** Creates a file that must not be there, writes the text and waits until it is on the disk. */
  create(path: string, text: string): void | Promise<void>;
  /** Creates a file that must not be there, without waiting for the disk. */
  createQuickly(path: string, text: string): void | Promise<void>;
  /** Adds to a file, which is created where it is absent, without waiting for the disk. */
  append(path: string, text: string): void | Promise<void>;
  /** Null when there is no such file. */
  read(path: string): string | null | Promise<string | null>;
  /** The first bytes of a file, fewer when it is shorter; null when there is no such file. */
  readStart(path: string, bytes: number): string | null | Promise<string | null>;
  /** The last bytes of a file; null when there is no such file. */
  readEnd(path: string, bytes: number): string | null | Promise<string | null>;
  /** Null when there is no such file. */
  stat(path: string): FileStat | null | Promise<FileStat | null>;
  /** Gives a file a second name, which must not be there. */
  link(path: string, name: string): void | Promise<void>;
  rename(from: string, to: string): void | Promise<void>;
  /** Does nothing when there is no such file. */
  remove(path: string): void | Promise<void>;
  list(folder: string): readonly string[] | Promise<readonly string[]>;
  makeFolder(folder: string): void | Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(folder: string): void | Promise<void>;
}

export interface FileStat {
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

export const nodeDisk: Disk = {
  create: (path, text) => writeNew(path, text, true),
  createQuickly: (path, text) => writeNew(path, text, false),
  append: (path, text) => {
    const file = openSync(path, 'a');
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
  },
  read: (path) => unlessAbsent(() => readFileSync(path, 'utf8')),
  readStart: (path, bytes) => unlessAbsent(() => readPart(path, () => 0, bytes)),
  readEnd: (path, bytes) => unlessAbsent(() => readPart(path, (size) => Math.max(0, size - bytes), bytes)),
  stat: (path) =>
    unlessAbsent(() => {
      const { size, mtimeMs } = statSync(path);
      return { size, changedAt: mtimeMs };
    }),
  link: linkSync,
  rename: renameSync,
  remove: (path) => {
    unlessAbsent(() => unlinkSync(path));
  },
  list: (folder) => readdirSync(folder),
  makeFolder: (folder) => {
    mkdirSync(folder, { recursive: true });
  },
  syncFolder: (folder) => {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
};

/** The code of an error of the file system; undefined for anything else. */
export const codeOf = (error: unknown): string | undefined =>
  (error as { readonly code?: string } | null | undefined)?.code;

/** Turns what the file system says into a `StateError`; anything that is not of the file system stays. */
export function unwritable(path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return cause;
  return new StateError('STATE_UNWRITABLE', `Cannot write the state ${path} (${code})`, hintFor(code), {
    cause,
  });
}

/** As `unwritable`, of what cannot be read. */
export function unreadable(path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return cause;
  const what = code === 'EISDIR' ? 'it is a folder' : code;
  const hint = code === 'EISDIR' ? 'Move the folder away, or choose another with --target.' : hintFor(code);
  return new StateError('STATE_UNREACHABLE', `Cannot read the state ${path}: ${what}`, hint, { cause });
}

function hintFor(code: string): string {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'Make room on the disk and run the command again: nothing was lost.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'Make the folder writable, or choose another with --target.';
  return 'The state needs a folder on a local disk that can hold hard links.';
}

function writeNew(path: string, text: string, isDurable: boolean): void {
  const file = openSync(path, 'wx');
  try {
    const bytes = Buffer.from(text);
    // One call may take fewer bytes than it was given, on a disk that fills up.
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    if (isDurable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readPart(path: string, from: (size: number) => number, bytes: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const read = readSync(file, buffer, 0, bytes, from(statSync(path).size));
    return buffer.toString('utf8', 0, read);
  } finally {
    closeSync(file);
  }
}

function unlessAbsent<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

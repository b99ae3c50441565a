import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { SdkError } from './errors.ts';
import type { StateContents } from './state-copy.ts';

/** Of the file's form. */
const VERSION = 1;

interface BackupFile {
  readonly seeknal_state_backup: number;
  readonly checksum: string;
  readonly contents: StateContents;
}

/** The name of a backup made now: `target/backups/state-20240105T080000Z.json`. */
export const backupPath = (target: string, now: number, what: string = 'state'): string =>
  join(target, 'backups', `${what}-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}.json`);

/** Writes a backup, whole or not at all. */
export async function writeBackup(path: string, contents: StateContents): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file: BackupFile = { seeknal_state_backup: VERSION, checksum: checksumOf(contents), contents };
  const draft = `${path}.tmp`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(JSON.stringify(file));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
}

/** @throws {SdkError} `SDK_STATE_MIGRATION` when the file is no backup, or not as it was written. */
export async function readBackup(path: string): Promise<StateContents> {
  const text = await readFile(path, 'utf8');
  let file: Partial<BackupFile> | null;
  try {
    file = JSON.parse(text) as Partial<BackupFile> | null;
  } catch {
    file = null;
  }
  if (
    file?.seeknal_state_backup === VERSION &&
    file.contents &&
    checksumOf(file.contents) === file.checksum
  ) {
    return file.contents;
  }
  throw SdkError.stateMigration(
    `${path} is not a backup of a state, or was changed`,
    'Give a file that seeknal state backup made.',
  );
}

const checksumOf = (contents: StateContents): string =>
  createHash('sha256').update(JSON.stringify(contents)).digest('hex');

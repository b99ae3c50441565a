import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { NodeId } from '@seeknal/manifest';
import type { SourceVersion } from '@seeknal/project';

type Stamps = { readonly [node: NodeId]: SourceVersion };

const pathIn = (folder: string): string => join(folder, 'target', 'cache', 'source-stamps.json');

/**
 * Stamps of files as a later look than their load found them: a file that was loaded within two seconds of
 * being written would else be hashed by every command for ever. Deleting them is always safe.
 */
export async function readStamps(folder: string): Promise<Stamps> {
  try {
    const stamps: unknown = JSON.parse(await readFile(pathIn(folder), 'utf8'));
    return typeof stamps === 'object' && stamps !== null && !Array.isArray(stamps) ? (stamps as Stamps) : {};
  } catch {
    return {};
  }
}

/** A folder that cannot be written costs a hash the next time, and nothing else. */
export async function writeStamps(folder: string, stamps: Stamps): Promise<void> {
  const path = pathIn(folder);
  const beside = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true })
    .then(() => writeFile(beside, JSON.stringify(stamps)))
    .then(() => rename(beside, path))
    .catch(() => {});
}

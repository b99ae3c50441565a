import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What tells that a file, or the list of files in a folder, is still the same. `bigint`s as text. */
export interface FileStamp {
  readonly path: string;
  readonly size: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly ino: string;
}

/** The stamp of a file relative to a folder; null when it is not there. */
export async function fileStamp(folder: string, path: string): Promise<FileStamp | null> {
  const found = await stat(join(folder, path), { bigint: true }).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (found === null) return null;
  const { size, mtimeNs, ctimeNs, ino } = found;
  return { path, size: String(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), ino: String(ino) };
}

export const isSameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.path === b.path &&
  a.size === b.size &&
  a.mtimeNs === b.mtimeNs &&
  a.ctimeNs === b.ctimeNs &&
  a.ino === b.ino;

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What this project remembers of the warehouse it last wrote, so that a run with nothing to do need not open it. */
export interface WarehouseNote {
  readonly id: string;
  /** The token that the last opening wrote. */
  readonly token: string;
  readonly ino: string;
  readonly size: string;
  readonly mtimeNs: string;
}

/**
 * - `absent`: there is no file; `previous` is the id of one that was there before.
 * - `same`: the file is the one that was left, byte for byte as far as its size, time and inode tell.
 * - `unknown`: it has to be opened to know.
 */
export type WarehouseFile =
  | { readonly status: 'absent'; readonly previous: string | null }
  | { readonly status: 'same'; readonly note: WarehouseNote }
  | { readonly status: 'unknown'; readonly note: WarehouseNote | null };

const notePath = (target: string): string => join(target, 'warehouse.json');

/** Looks at the warehouse's file without opening it. */
export async function lookAtWarehouse(path: string, target: string): Promise<WarehouseFile> {
  const note = await readNote(target);
  const found = await identity(path);
  if (found === null) return { status: 'absent', previous: note?.id ?? null };
  const hasWal = (await identity(`${path}.wal`)) !== null;
  const isSame =
    note !== null &&
    !hasWal &&
    note.ino === found.ino &&
    note.size === found.size &&
    note.mtimeNs === found.mtimeNs;
  return isSame ? { status: 'same', note } : { status: 'unknown', note };
}

/**
 * Notes at once which opening of the warehouse is ours: should this process die, the next one still knows
 * the file for the one it was.
 */
export const noteOpening = (target: string, id: string, token: string): Promise<void> =>
  writeNote(target, { id, token, ino: '', size: '', mtimeNs: '' });

/** Notes the warehouse as it is left; to be called once it is closed. */
export async function noteWarehouse(path: string, target: string, id: string, token: string): Promise<void> {
  const found = await identity(path);
  if (found !== null) await writeNote(target, { id, token, ...found });
}

async function writeNote(target: string, note: WarehouseNote): Promise<void> {
  await mkdir(target, { recursive: true });
  const beside = `${notePath(target)}.${randomUUID()}.tmp`;
  await writeFile(beside, `${JSON.stringify(note, null, 2)}\n`);
  await rename(beside, notePath(target));
}

async function readNote(target: string): Promise<WarehouseNote | null> {
  try {
    const note = JSON.parse(await readFile(notePath(target), 'utf8')) as Partial<WarehouseNote>;
    return typeof note.id === 'string' && typeof note.token === 'string' ? (note as WarehouseNote) : null;
  } catch {
    // Absent or cut in half: the warehouse is opened and says itself who it is.
    return null;
  }
}

async function identity(path: string): Promise<Pick<WarehouseNote, 'ino' | 'size' | 'mtimeNs'> | null> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return { ino: String(ino), size: String(size), mtimeNs: String(mtimeNs) };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}

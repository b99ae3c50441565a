import { join } from 'node:path';

import { codeOf, unreadable, type Disk } from './disk.ts';
import type { StateFiles } from './state-files.ts';
import { HEADER_BYTES, readHeader, readStateText, type StateHeader } from './state-text.ts';

/**
 * Makes the text the state of `epoch`, if the state is still that of the epoch before. False when another
 * process came first.
 *
 * This holds without any lock, also for a process that is stopped between any two of these calls and wakes
 * much later:
 * - The *mark* of an epoch, a second name of the file written, can be made by one process only while the
 *   state is older than the epoch. Whoever made it and then still finds the epoch before has won the epoch,
 *   and anybody may finish its work (`finishOther`).
 * - The mark of an epoch that was won is removed only once the state is of that epoch, also when the disk
 *   fails in between: somebody may be finishing it.
 * - Before an epoch replaces the state, every mark and then every file of older epochs is removed. So a
 *   process that wakes finds that what it wanted to move into place is gone.
 */
export async function publish(
  disk: Disk,
  files: StateFiles,
  epoch: number,
  text: string,
  token: string,
): Promise<boolean> {
  const own = draftOf(files, epoch, token);
  const mark = markOf(files, epoch);
  try {
    await disk.create(own, text);
  } catch (error) {
    await Promise.resolve(disk.remove(own)).catch(() => undefined);
    throw error;
  }
  if (!(await linked(disk, own, mark))) {
    await disk.remove(own);
    await finishOther(disk, files, epoch, token);
    return false;
  }
  if ((await currentEpoch(disk, files)) !== epoch - 1) {
    await disk.remove(mark);
    await disk.remove(own);
    return false;
  }
  await replaceState(disk, files, epoch, own, token);
  return true;
}

/** Finishes what the process that made this epoch's mark may not live to finish. */
async function finishOther(disk: Disk, files: StateFiles, epoch: number, token: string): Promise<void> {
  const copy = draftOf(files, epoch, `${token}.copy`);
  if (!(await linked(disk, markOf(files, epoch), copy))) return;
  if ((await currentEpoch(disk, files)) === epoch - 1) await replaceState(disk, files, epoch, copy, token);
  else await disk.remove(copy);
}

async function replaceState(
  disk: Disk,
  files: StateFiles,
  epoch: number,
  draft: string,
  token: string,
): Promise<void> {
  await removeOlder(disk, files, epoch);
  await keepPrevious(disk, files, epoch, token);
  // Gone when another process has finished this epoch, and maybe later ones, in our place.
  await renamed(disk, draft, files.state);
  await disk.syncFolder(files.folder);
  await disk.remove(markOf(files, epoch));
}

/** Marks first: a file made from a mark that is still there would otherwise escape. */
async function removeOlder(disk: Disk, files: StateFiles, epoch: number): Promise<void> {
  for (const isGoing of [isMark, isDraft]) {
    for (const name of await disk.list(files.workshop)) {
      if (isGoing(name) && epochOf(name) < epoch) await disk.remove(join(files.workshop, name));
    }
  }
}

async function keepPrevious(disk: Disk, files: StateFiles, epoch: number, token: string): Promise<void> {
  const copy = draftOf(files, epoch, `${token}.previous`);
  if (!(await linked(disk, files.state, copy))) return;
  await renamed(disk, copy, files.previous);
  // Renaming one name of a file to another name of the same file does nothing and leaves both.
  await disk.remove(copy);
}

/** The epoch of the state file; 0 when there is none. */
async function currentEpoch(disk: Disk, files: StateFiles): Promise<number> {
  return (await currentHeader(disk, files))?.epoch ?? 0;
}

/**
 * The first line of what the state file says; null when there is no file.
 *
 * @throws `STATE_DAMAGED`, `STATE_TOO_NEW`, `STATE_UNREACHABLE`
 */
export async function currentHeader(disk: Disk, files: StateFiles): Promise<StateHeader | null> {
  let start: string | null;
  try {
    start = await disk.readStart(files.state, HEADER_BYTES);
  } catch (error) {
    throw unreadable(files.state, error);
  }
  if (start === null) return null;
  const header = readHeader(start);
  if (header) return header;
  const text = await disk.read(files.state);
  return text === null ? null : readStateText(text, files.state);
}

/** False when the new name is taken, or the file is not there. */
async function linked(disk: Disk, path: string, name: string): Promise<boolean> {
  try {
    await disk.link(path, name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function renamed(disk: Disk, from: string, to: string): Promise<void> {
  try {
    await disk.rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

const markOf = (files: StateFiles, epoch: number): string => join(files.workshop, `${epoch}.mark`);

const draftOf = (files: StateFiles, epoch: number, token: string): string =>
  join(files.workshop, `${epoch}.${token}.draft`);

const isMark = (name: string): boolean => /^\d+\.mark$/.test(name);

const isDraft = (name: string): boolean => /^\d+\..*\.draft$/.test(name);

const epochOf = (name: string): number => Number.parseInt(name, 10);

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { StateError } from '@seeknal/state';

import { nodeDisk, unwritable, type Disk } from './disk.ts';
import { releaseFileLock, takeFileLock } from './file-lock.ts';
import { stateFiles, type StateFiles } from './state-files.ts';
import { readStateText, stateText, type StatePayload } from './state-text.ts';

/** More than the writes that the copy can be behind. */
const AHEAD = 1_000_000;

/**
 * Makes the previous copy the state again: the repair of a damaged file, which stays beside it as
 * `state.json.damaged.<time>`. What the newest write had recorded is gone from the state; the ledger of the
 * warehouse still has it, so rebuild the snapshots from there before the next run.
 *
 * @throws `STATE_DAMAGED` when there is no previous copy, or it is damaged too.
 */
export async function restoreStateFile(folder: string, now: number, disk: Disk = nodeDisk): Promise<void> {
  const files = stateFiles(folder);
  const token = randomUUID();
  try {
    await disk.makeFolder(files.workshop);
    await takeFileLock(disk, { path: files.lock, token, staleMs: 10_000, timeoutMs: 30_000 });
    await restore(disk, files, now, token);
  } catch (error) {
    throw unwritable(files.state, error);
  } finally {
    await releaseFileLock(disk, files.lock, token);
  }
}

async function restore(disk: Disk, files: StateFiles, now: number, token: string): Promise<void> {
  const copy = await disk.read(files.previous);
  if (copy === null) {
    throw new StateError(
      'STATE_DAMAGED',
      `There is no previous copy ${files.previous}`,
      'Rebuild the state from the warehouse: seeknal state repair --rebuild',
    );
  }
  const { epoch, payload } = readStateText(copy, files.previous);
  for (const name of await disk.list(files.workshop)) await disk.remove(join(files.workshop, name));
  const draft = join(files.folder, `state.json.${token}.tmp`);
  await disk.create(draft, stateText(epoch + AHEAD, withNewFences(payload)).text);
  if ((await disk.stat(files.state)) !== null)
    await disk.rename(files.state, `${files.state}.damaged.${now}`);
  await disk.rename(draft, files.state);
  await disk.syncFolder(files.folder);
}

/** The write that is lost may have given out fences: they must not be given out again. */
function withNewFences({ document, events }: StatePayload): StatePayload {
  const scopes = Object.entries(document.scopes).map(([key, scope]) => {
    const snapshots = Object.entries(scope.snapshots).map(
      ([id, state]) => [id, { ...state, fence: state.fence + AHEAD }] as const,
    );
    const fence = (scope.fence ?? 0) + AHEAD;
    return [key, { ...scope, fence, snapshots: Object.fromEntries(snapshots) }] as const;
  });
  return {
    document: { ...document, lockFence: document.lockFence + AHEAD, scopes: Object.fromEntries(scopes) },
    events,
  };
}

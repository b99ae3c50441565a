import { rename, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { Instant } from '@seeknal/intervals';
import { loadProject } from '@seeknal/project';
import { restoreStateFile } from '@seeknal/state-file';

import { SdkError } from './errors.ts';
import { emptyState, restoreState } from './state-care.ts';
import { stateSettings } from './state-settings.ts';

export interface StateRepairOptions {
  /**
   * - `backup`: the copy before the newest becomes the state again.
   * - `warehouse`: the state is put aside; the next command takes it over from the warehouse's ledger.
   */
  readonly from: 'backup' | 'warehouse';
  /** What `seeknal state backup` wrote; default: the copy that a state file keeps itself. */
  readonly file?: string;
  /** Names what is put aside. */
  readonly now: Instant;
  readonly env?: { readonly [name: string]: string | undefined };
}

/** The truth first, so that a repair cut short leaves a copy without a state: damaged, never empty. */
const STATE = ['state.json', 'state.json.1'];
/** Without it the next command opens the warehouse, and makes the state agree with its ledger. */
const NOTE = 'warehouse.json';

/**
 * Repairs the state of a project. Nothing is deleted: what was there stays beside it, or in a backup.
 *
 * @returns The files that were put aside, relative to the project.
 * @throws {SdkError} `SDK_STATE_NOT_A_FILE` for a database that is to be restored from no file; `STATE_DAMAGED`
 *   when there is no copy, or it is damaged too; `SDK_STATE_MIGRATION` when a file is no backup, or says
 *   something else than what is there.
 */
export async function repairState(folder: string, options: StateRepairOptions): Promise<readonly string[]> {
  const { now, from, env = process.env } = options;
  const { settings } = await loadProject(folder, { now, env });
  const state = await stateSettings(settings, env);
  const target = join(settings.folder, 'target');
  const putAside = async (names: readonly string[]): Promise<readonly string[]> => {
    const aside: string[] = [];
    for (const name of names) {
      const beside = `${name}.aside.${now}`;
      if (await isMoved(join(target, name), join(target, beside))) aside.push(join('target', beside));
    }
    return aside;
  };
  const note = async (): Promise<readonly string[]> => putAside([NOTE]);
  if (options.file !== undefined) {
    await restoreState(folder, options.file, { now, env });
    return note();
  }
  if (state.kind === 'database') {
    if (from === 'backup') throw SdkError.stateNotAFile(settings.stateBackend);
    return [relative(settings.folder, await emptyState(folder, { now, env })), ...(await note())];
  }
  if (from === 'warehouse') return putAside([...STATE, NOTE]);
  const hadState = await isThere(join(target, 'state.json'));
  await restoreStateFile(target, now);
  const damaged = hadState ? [join('target', `state.json.damaged.${now}`)] : [];
  return [...damaged, ...(await putAside([NOTE]))];
}

/** Moves a file; false where there is none. */
const isMoved = (from: string, to: string): Promise<boolean> => orAbsent(rename(from, to));
const isThere = (path: string): Promise<boolean> => orAbsent(stat(path));

async function orAbsent(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
}

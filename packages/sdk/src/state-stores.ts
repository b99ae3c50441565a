import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { DocumentStore } from '@seeknal/state';

import { stateDatabase } from './state-database.ts';
import type { StateSettings } from './state-settings.ts';

/** A state opened as one document, for what copies, looks at or repairs states. */
export async function storeOf(settings: StateSettings): Promise<DocumentStore> {
  if (settings.kind === 'file') {
    const { fileStateStore } = await import('@seeknal/state-file');
    return fileStateStore(settings.folder);
  }
  const { databaseStateStore } = await stateDatabase();
  return databaseStateStore(settings.options);
}

/** Whether there is a state to read; looking for one makes none. */
export async function isState(settings: StateSettings): Promise<boolean> {
  if (settings.kind === 'file') return isThere(join(settings.folder, 'state.json'));
  const { dbPath } = settings.options;
  if (dbPath !== undefined && !(await isThere(dbPath))) return false;
  const { inspectDatabase } = await stateDatabase();
  return (await inspectDatabase(settings.options)).schema.version > 0;
}

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { DocumentStore } from '@seeknal/state';

import { unwritable, type Disk } from './disk.ts';
import type { StateFiles } from './state-files.ts';

/** Texts as files of their own, `manifests/<id>.json`: written beside and renamed, so that none is ever seen half. */
export function fileTexts(disk: Disk, files: StateFiles): DocumentStore['texts'] {
  const pathOf = (id: string): string => join(files.texts, `${id}.json`);
  const writing = async (path: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  return {
    write: (id, text) =>
      writing(pathOf(id), async () => {
        const draft = join(files.workshop, `${randomUUID()}.text`);
        await disk.makeFolder(files.workshop);
        await disk.makeFolder(files.texts);
        try {
          await disk.create(draft, text);
          await disk.rename(draft, pathOf(id));
        } catch (error) {
          await Promise.resolve(disk.remove(draft)).catch(() => undefined);
          throw error;
        }
        await disk.syncFolder(files.texts);
      }),
    read: async (id) => disk.read(pathOf(id)),
    remove: (id) => writing(pathOf(id), async () => disk.remove(pathOf(id))),
  };
}

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SCHEMA_VERSION } from './migrations.ts';
import type { SavedScope } from './scope-copy.ts';

/** What was read of a server, kept in a folder from one process to the next. */
export interface ReadCache {
  /** Null: nothing is kept, or it is damaged or another version's. */
  load(key: string): SavedScope | null;
  /** Keeps a scope; a folder that cannot be written keeps nothing. */
  save(key: string, saved: SavedScope): Promise<void>;
}

/** Raised when what is kept is kept otherwise. */
const FORMAT = 1;

/** @param label The database as messages name it: it holds no secret. */
export function readCache(folder: string, label: string): ReadCache {
  const fileOf = (key: string): string =>
    join(folder, `state-${hashOf(`${label}\n${key}`).slice(0, 16)}.json`);
  return {
    load: (key) => {
      try {
        const text = readFileSync(fileOf(key), 'utf8');
        const end = text.indexOf('\n');
        const body = text.slice(end + 1);
        return text.slice(0, end) === headOf(key, body) ? (JSON.parse(body) as SavedScope) : null;
      } catch {
        return null;
      }
    },
    save: async (key, saved) => {
      const body = JSON.stringify(saved);
      const file = fileOf(key);
      const beside = `${file}.${randomUUID()}`;
      try {
        await mkdir(folder, { recursive: true });
        // Only for those who may read the state.
        await writeFile(beside, `${headOf(key, body)}\n${body}`, { mode: 0o600 });
        await rename(beside, file);
      } catch {
        await rm(beside, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** The first line of a file: what makes the rest of it valid. */
const headOf = (key: string, body: string): string =>
  JSON.stringify({ format: FORMAT, schema: SCHEMA_VERSION, key, hash: hashOf(body) });

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

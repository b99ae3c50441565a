import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { EngineError, type Commit, type Work } from '@seeknal/engine';
import type { JsonObject } from '@seeknal/manifest';

import { checkedResult, taskContext } from './checked-result.ts';
import { publish } from './publish.ts';
import { changedAsAWhole } from './replace-rows.ts';
import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';
import { preparedSql } from './stage.ts';
import type { TaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

type ExportFile = NonNullable<Work['export']>;

/** Writes a file beside its place, then puts it there in one step: readers see the old file or the new one. */
export async function exportFile(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Commit> {
  const file = work.export;
  if (file === null)
    throw new EngineError('ENGINE_SQL', `${work.node} is to be exported, but nothing says where to.`);
  const sql = await preparedSql(session, work, catalog);
  const folder = dirname(file.path);
  const beside = join(folder, `.${basename(file.path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await onDisk(file.path, () => mkdir(folder, { recursive: true }));
    const staged = await session.transaction(async () => {
      const result = await checkedResult(session, warehouse, work, sql, catalog);
      await session.run(
        `COPY (FROM ${result.relation}) TO ${quoteText(beside)} (${copyOptions(file)})`,
        taskContext(work, catalog),
      );
      return result;
    });
    await onDisk(file.path, () => flush(beside));
    return await publish(session, warehouse, work, staged, async (target) => {
      const version = await onDisk(file.path, () => putInPlace(beside, file.path));
      return { changed: changedAsAWhole(staged, target), name: null, hasHiddenKey: false, version };
    });
  } finally {
    // Where not even the folder could be made there is nothing to remove.
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

function copyOptions({ format, path }: ExportFile): string {
  // The name of the file beside does not tell DuckDB about compression.
  const gzip = path.endsWith('.gz') ? ', COMPRESSION gzip' : '';
  switch (format) {
    case 'csv':
      return `FORMAT csv, HEADER true${gzip}`;
    case 'parquet':
      return 'FORMAT parquet';
    case 'json':
      return `FORMAT json, ARRAY true${gzip}`;
    case 'jsonl':
      return `FORMAT json${gzip}`;
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What identifies the file as the one written here. A second try, after a conflict, finds it in its place. */
async function putInPlace(from: string, to: string): Promise<JsonObject> {
  await rename(from, to).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
  });
  const { size, mtimeMs } = await stat(to);
  return { path: to, size, mtimeMs };
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new EngineError('ENGINE_DISK_FULL', `No space left for ${path}.`, {
        cause: error,
        hint: 'Free some space, then run again.',
      });
    }
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
      throw new EngineError('ENGINE_UNWRITABLE', `Cannot write ${path}: ${code}.`, {
        cause: error,
        hint: 'Check who may write there.',
      });
    }
    throw error;
  }
}

import { randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { DuckDBInstance } from '@duckdb/node-api';
import { EngineError, type Engine } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';

import { duckDbApi } from './duckdb-api.ts';
import { DuckDbEngine } from './duckdb-engine.ts';
import { KeyedLock } from './keyed-lock.ts';
import { layoutOf, prepareLayout, type Layout } from './layout.ts';
import { openFailure } from './open-failure.ts';
import { Session } from './session.ts';
import { quoteText } from './sql-text.ts';
import type { Warehouse } from './warehouse.ts';

export interface DuckDbOptions {
  /** The warehouse file; made, with its folder, when it is not there. */
  readonly path: string;
  /** Where large intermediate results go; default: `<path>.tmp`, beside the warehouse. */
  readonly tempDirectory?: string;
  /** As DuckDB writes it: `4GB`, `50%`. Default: 80 % of the machine's memory. */
  readonly memoryLimit?: string;
  /** Threads of the engine itself; default: one per core. */
  readonly threads?: number;
  /** Tasks at the same time; default: what Node's thread pool allows, less 2, at least 1. */
  readonly maxConcurrent?: number;
  /** How long to wait for another process that holds the file; default 0 ms. */
  readonly waitMs?: number;
  /** `strict`: SQL reaches no files but those in `allowedDirectories`, no network, and cannot undo this. */
  readonly security?: 'standard' | 'strict';
  /** Absolute folders that `strict` leaves open; the warehouse's own is one of them. */
  readonly allowedDirectories?: readonly string[];
  /** The wall clock of the ledger. */
  readonly clock?: () => Instant;
}

/**
 * Names that a warehouse cannot have: schemas of the author's SQL would be ambiguous with the catalogue, which
 * DuckDB names after the file up to its first dot; and `USE` cannot spell a double quote.
 */
const RESERVED_CATALOGS =
  /"|^(?:main|temp|system|memory|_data|_seeknal|source|transform|aggregation|feature_group|rule|exposure|model|profile|metric|semantic_model|second_order_aggregation)$/i;

/**
 * Opens a DuckDB file as a warehouse. DuckDB itself is loaded here, when first needed.
 *
 * @throws {EngineError} `ENGINE_WAREHOUSE_HELD` with the holder's process when another one has it open;
 *   `ENGINE_WAREHOUSE_DAMAGED` when the file is no DuckDB database or is cut short;
 *   `ENGINE_WAREHOUSE_TOO_NEW`, `ENGINE_UNWRITABLE`, `ENGINE_DISK_FULL` as they say.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<Engine> {
  const path = await resolvedPath(options.path);
  return opening.with(path, async () => {
    const instance = await openInstance(path, options.waitMs ?? 0);
    try {
      return await engineOn(instance, path, options);
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  });
}

/** Two openings of one new file must not both lay it out. */
const opening = new KeyedLock();

/** What the engines of this process that have a file open share, besides the instance of DuckDB. */
interface Shared {
  readonly publishing: KeyedLock;
  engines: number;
}

const openPaths = new Map<string, Shared>();

function enter(path: string): Shared {
  const shared = openPaths.get(path) ?? { publishing: new KeyedLock(), engines: 0 };
  shared.engines += 1;
  openPaths.set(path, shared);
  return shared;
}

function leave(path: string, shared: Shared): void {
  shared.engines -= 1;
  if (shared.engines === 0) openPaths.delete(path);
}

/** The file's one true path: the cache of open instances goes by it. */
async function resolvedPath(path: string): Promise<string> {
  if (RESERVED_CATALOGS.test(basename(path).split('.')[0] ?? '')) {
    throw new EngineError(
      'ENGINE_UNWRITABLE',
      `A warehouse cannot be named ${basename(path)}: SQL could not name it.`,
      {
        hint: 'Name it after the project, or warehouse.duckdb.',
      },
    );
  }
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    return join(await realpath(folder), basename(path));
  } catch (error) {
    const code = String((error as { readonly code?: unknown }).code);
    const kind = code === 'ENOSPC' ? 'ENGINE_DISK_FULL' : 'ENGINE_UNWRITABLE';
    throw new EngineError(kind, `Cannot make the folder ${folder}: ${code}.`, {
      cause: error,
      hint: 'Check who may write there.',
    });
  }
}

async function openInstance(path: string, waitMs: number): Promise<DuckDBInstance> {
  const { DuckDBInstance } = duckDbApi();
  const settings = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };
  const deadline = performance.now() + waitMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(500, pauseMs * 2)) {
    try {
      return await DuckDBInstance.fromCache(path, settings);
    } catch (error) {
      const failure = await openFailure(error, path);
      if (failure.code !== 'ENGINE_WAREHOUSE_HELD' || performance.now() + pauseMs > deadline) throw failure;
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  }
}

async function engineOn(instance: DuckDBInstance, path: string, options: DuckDbOptions): Promise<Engine> {
  const closing = new AbortController();
  const isShared = openPaths.has(path);
  const shared = enter(path);
  const connection = await instance.connect();
  try {
    const session = new Session(connection);
    // Settings belong to the instance: whoever opened it first made them, and may have locked them.
    if (!isShared) for (const setting of settingsOf(path, options)) await session.run(setting);
    const [catalog, version] = await session.row('SELECT current_database(), version()');
    const layout = layoutOf(String(catalog));
    await prepareLayout(session, layout, randomBytes(16).toString('hex'), isShared);
    const { warehouseId, ...openToken } = await sign(session, layout, randomBytes(16).toString('hex'));
    const warehouse: Warehouse = {
      instance,
      layout,
      engineVersion: String(version),
      clock: options.clock ?? Date.now,
      publishing: shared.publishing,
      closing: closing.signal,
    };
    const poolSize = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
    const maxConcurrent = options.maxConcurrent ?? Math.max(1, poolSize - 2);
    const closed = (): void => leave(path, shared);
    return new DuckDbEngine({ warehouse, warehouseId, openToken, maxConcurrent, closing, closed });
  } catch (error) {
    leave(path, shared);
    throw await openFailure(error, path);
  } finally {
    connection.closeSync();
  }
}

/** Leaves the token of this opening in the warehouse, and tells the one before. */
async function sign(
  session: Session,
  { own }: Layout,
  current: string,
): Promise<{ readonly warehouseId: string; readonly previous: string | null; readonly current: string }> {
  return session.transaction(async () => {
    const rows = await session.rows(`SELECT key, value FROM ${own('meta')}`);
    const meta = new Map(rows.map(([key, value]) => [key, String(value)]));
    await session.run(`DELETE FROM ${own('meta')} WHERE key = 'open_token'`);
    await session.run(`INSERT INTO ${own('meta')} VALUES ('open_token', ${quoteText(current)})`);
    return { warehouseId: meta.get('warehouse') ?? '', previous: meta.get('open_token') ?? null, current };
  });
}

/** Global ones, so that every connection has them. Locking comes last. */
function settingsOf(path: string, options: DuckDbOptions): readonly string[] {
  const settings = [`SET GLOBAL TimeZone = 'UTC'`, `SET GLOBAL errors_as_json = true`];
  if (options.tempDirectory !== undefined)
    settings.push(`SET GLOBAL temp_directory = ${quoteText(options.tempDirectory)}`);
  if (options.memoryLimit !== undefined)
    settings.push(`SET GLOBAL memory_limit = ${quoteText(options.memoryLimit)}`);
  if (options.threads !== undefined) settings.push(`SET GLOBAL threads = ${options.threads}`);
  if (options.security === 'strict') {
    const folders = [dirname(path), ...(options.allowedDirectories ?? [])].map(quoteText).join(', ');
    settings.push(`SET GLOBAL allowed_directories = [${folders}]`);
    settings.push('SET GLOBAL enable_external_access = false', 'SET GLOBAL lock_configuration = true');
  }
  return settings;
}

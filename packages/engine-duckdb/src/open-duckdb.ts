import { randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import type { DuckDBInstance } from '@duckdb/node-api';
import { EngineError, type Engine } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';

import { DuckDbEngine } from './duckdb-engine.ts';
import { KeyedLock } from './keyed-lock.ts';
import { layoutOf, prepareLayout } from './layout.ts';
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

/** Names that a warehouse cannot have: schemas of the author's SQL would be ambiguous with the catalogue. */
const RESERVED_CATALOGS =
  /^(?:main|temp|system|memory|_data|_seeknal|source|transform|aggregation|feature_group|rule|exposure|model|profile|metric|semantic_model|second_order_aggregation)$/i;

/**
 * Opens a DuckDB file as a warehouse. DuckDB itself is loaded here, when first needed.
 *
 * @throws {EngineError} `ENGINE_WAREHOUSE_HELD` with the holder's process when another one has it open;
 *   `ENGINE_WAREHOUSE_DAMAGED` when the file is no DuckDB database or is cut short;
 *   `ENGINE_WAREHOUSE_TOO_NEW`, `ENGINE_UNWRITABLE`, `ENGINE_DISK_FULL` as they say.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<Engine> {
  const path = await resolvedPath(options.path);
  const instance = await openInstance(path, options.waitMs ?? 0);
  try {
    return await engineOn(instance, path, options);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** How many engines of this process have a file open: they share one instance of DuckDB. */
const openPaths = new Map<string, number>();

function countOpen(path: string, change: 1 | -1): void {
  const count = (openPaths.get(path) ?? 0) + change;
  if (count === 0) openPaths.delete(path);
  else openPaths.set(path, count);
}

/** The file's one true path: the cache of open instances goes by it. */
async function resolvedPath(path: string): Promise<string> {
  if (RESERVED_CATALOGS.test(basename(path, extname(path)))) {
    throw new EngineError(
      'ENGINE_UNWRITABLE',
      `A warehouse cannot be named ${basename(path)}: SQL could not tell it from a schema.`,
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
  const { DuckDBInstance } = await import('@duckdb/node-api');
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
  const connection = await instance.connect();
  const session = new Session(connection);
  try {
    for (const setting of settingsOf(path, options)) await session.run(setting);
    const [catalog, version] = await session.row('SELECT current_database(), version()');
    const layout = layoutOf(String(catalog));
    await prepareLayout(session, layout, randomBytes(16).toString('hex'), (openPaths.get(path) ?? 0) > 0);
    const { id, previous, current } = await session.transaction(async () => {
      const meta = new Map(
        (await session.rows(`SELECT key, value FROM ${layout.own('meta')}`)).map(([key, value]) => [
          key,
          String(value),
        ]),
      );
      const token = randomBytes(16).toString('hex');
      await session.run(
        `INSERT INTO ${layout.own('meta')} VALUES ('open_token', ${quoteText(token)}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      );
      return { id: meta.get('warehouse') ?? '', previous: meta.get('open_token') ?? null, current: token };
    });
    const warehouse: Warehouse = {
      instance,
      layout,
      engineVersion: String(version),
      clock: options.clock ?? Date.now,
      publishing: new KeyedLock(),
      closing: closing.signal,
    };
    const poolSize = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
    const maxConcurrent = options.maxConcurrent ?? Math.max(1, poolSize - 2);
    return new DuckDbEngine({
      warehouse,
      warehouseId: id,
      openToken: { previous, current },
      maxConcurrent,
      closing,
    });
  } catch (error) {
    throw await openFailure(error, path);
  } finally {
    connection.closeSync();
  }
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

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Json } from '@seeknal/manifest';
import { interpolate, type ProjectSettings } from '@seeknal/project';
import type { StateBackend } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { stateDatabase } from './state-database.ts';

export type Env = { readonly [name: string]: string | undefined };

/** Where the state of a project is, variables looked up: it may hold secrets, so it is shown nowhere. */
export type StateSettings =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 'database'; readonly options: DatabaseSettings };

export interface DatabaseSettings {
  readonly url?: string;
  readonly dbPath?: string;
  readonly authToken?: string;
  /** How long a database that does not answer is waited for. Default: 60,000. */
  readonly timeoutMs?: number;
  /** How long a single request is waited for. Default: 10,000. */
  readonly requestMs?: number;
  /** Where what was read of a server is kept for the next process. */
  readonly cacheFolder?: string;
}

/** A request to a server that is far away may take the first; one that takes the second is given up. */
const [LEAST_REQUEST_MS, MOST_REQUEST_MS] = [1000, 10_000];

/** Names of the database backend: one and the same. */
const DATABASES = new Set(['libsql', 'database', 'turso', 'sqlite']);
const KEYS = new Map([
  ['url', 'url'],
  ['auth_token', 'authToken'],
  ['authToken', 'authToken'],
  ['token', 'authToken'],
  ['db_path', 'dbPath'],
  ['dbPath', 'dbPath'],
  ['path', 'dbPath'],
  ['timeout', 'timeout'],
]);

/** A database's settings as they are written. */
interface Written {
  readonly url?: string;
  readonly dbPath?: string;
  readonly authToken?: string;
  readonly timeout?: string;
}

/**
 * Where a project's state is: `SEEKNAL_STATE_URL` (with `SEEKNAL_STATE_TOKEN`), else `state_backend` of its
 * settings, else what is there in `target`: `state.json`, or `state.db`. `SEEKNAL_STATE_TIMEOUT` goes before the
 * `timeout` of the settings.
 *
 * @throws {SdkError} `SDK_STATE_BACKEND` for a backend or an option that does not exist, a variable that is not
 *   set, and when both files are there and no setting says which.
 */
export async function stateSettings(
  settings: ProjectSettings,
  env: Env,
  {
    isEither = false,
  }: { /** Of two states take the file, rather than refuse. */ readonly isEither?: boolean } = {},
): Promise<StateSettings> {
  const { folder, stateBackend } = settings;
  const target = join(folder, 'target');
  const file: StateSettings = { kind: 'file', folder: target };
  const url = env['SEEKNAL_STATE_URL'];
  if (url !== undefined && url !== '') {
    const authToken = env['SEEKNAL_STATE_TOKEN'] || env['TURSO_AUTH_TOKEN'];
    return { kind: 'database', options: located({ url, ...(authToken && { authToken }) }, folder, env) };
  }
  if (stateBackend === 'file') return file;
  if (stateBackend === 'auto') {
    const [hasFile, hasDatabase] = await Promise.all([
      isThere(join(target, 'state.json')),
      isThere(join(target, 'state.db')),
    ]);
    if (hasFile && hasDatabase && !isEither) {
      throw SdkError.stateBackend(
        'There are two states: target/state.json and target/state.db',
        'Say which in seeknal_project.yml: state_backend: file, or state_backend: libsql.',
      );
    }
    return hasDatabase && !hasFile ? { kind: 'database', options: located({}, folder, env) } : file;
  }
  return { kind: 'database', options: located(databaseSettings(settings, env), folder, env) };
}

/** Opens the state; the package that keeps it is loaded then. */
export async function openState(settings: StateSettings): Promise<StateBackend> {
  if (settings.kind === 'file') {
    const { FileBackend } = await import('@seeknal/state-file');
    return new FileBackend({ basePath: settings.folder });
  }
  const { DatabaseBackend } = await stateDatabase();
  return new DatabaseBackend(settings.options);
}

function databaseSettings({ stateBackend, stateOptions }: ProjectSettings, env: Env): Written {
  if (!DATABASES.has(stateBackend)) {
    throw SdkError.stateBackend(
      `There is no state backend "${stateBackend}"`,
      'Use state_backend: file, or state_backend: {libsql: {url: …, auth_token: …}}.',
    );
  }
  const options: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(stateOptions)) {
    const known = KEYS.get(key);
    if (known === undefined) {
      throw SdkError.stateBackend(
        `state_backend has no option "${key}"`,
        'It has url, auth_token, db_path and timeout.',
      );
    }
    options[known] = lookedUp(key, value, env);
  }
  return options;
}

function lookedUp(key: string, value: Json | undefined, env: Env): string {
  if (key === 'timeout' && typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') {
    throw SdkError.stateBackend(`state_backend.${key} is not a text`, `Write it as ${key}: …`);
  }
  const found = interpolate(value, (name) => env[name]);
  if ('text' in found) return found.text;
  throw SdkError.stateBackend(
    `state_backend.${key} takes its value from ${found.missing}, which is not set`,
    `Set the variable ${found.missing}.`,
  );
}

/** Paths are relative to the project. */
function located({ url, dbPath, authToken, timeout }: Written, folder: string, env: Env): DatabaseSettings {
  const wait = env['SEEKNAL_STATE_TIMEOUT'] || timeout;
  const rest = {
    ...(authToken !== undefined && authToken !== '' && { authToken }),
    ...(wait !== undefined && patience(timeoutMs(wait))),
  };
  const path = url?.startsWith('file:') && !url.startsWith('file:/') ? url.slice('file:'.length) : dbPath;
  if (path !== undefined) return { dbPath: resolve(folder, path), ...rest };
  if (url === undefined) return { dbPath: join(folder, 'target', 'state.db'), ...rest };
  return { url, ...rest, cacheFolder: join(folder, 'target', 'cache') };
}

/** Whoever does not wait long for a server does not wait longer for one request of it. */
const patience = (ms: number): Pick<DatabaseSettings, 'timeoutMs' | 'requestMs'> => ({
  timeoutMs: ms,
  requestMs: Math.max(LEAST_REQUEST_MS, Math.min(MOST_REQUEST_MS, ms)),
});

/** Of `90s`, `2m`, or seconds without a unit. */
function timeoutMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(s|m)?$/.exec(text.trim()) ?? [];
  if (amount !== undefined) return Number(amount) * (unit === 'm' ? 60_000 : 1000);
  throw SdkError.stateBackend(
    `"${text}" is no time to wait for the state`,
    'Write seconds or minutes, as 30s or 2m.',
  );
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Json } from '@seeknal/manifest';
import { interpolate, type ProjectSettings } from '@seeknal/project';
import type { StateBackend } from '@seeknal/state';

import { SdkError } from './errors.ts';

export type Env = { readonly [name: string]: string | undefined };

/** Where the state of a project is, variables looked up: it may hold secrets, so it is shown nowhere. */
export type StateSettings =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 'database'; readonly options: DatabaseSettings };

export interface DatabaseSettings {
  readonly url?: string;
  readonly dbPath?: string;
  readonly authToken?: string;
}

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
]);

/**
 * Where a project's state is: `SEEKNAL_STATE_URL` (with `SEEKNAL_STATE_TOKEN`), else `state_backend` of its
 * settings, else what is there in `target`: `state.json`, or `state.db`.
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
    return { kind: 'database', options: located({ url, ...(authToken && { authToken }) }, folder) };
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
    return hasDatabase && !hasFile
      ? { kind: 'database', options: { dbPath: join(target, 'state.db') } }
      : file;
  }
  return { kind: 'database', options: located(databaseSettings(settings, env), folder) };
}

/** Opens the state; the package that keeps it is loaded then. */
export async function openState(settings: StateSettings): Promise<StateBackend> {
  if (settings.kind === 'file') {
    const { FileBackend } = await import('@seeknal/state-file');
    return new FileBackend({ basePath: settings.folder });
  }
  const { DatabaseBackend } = await import('@seeknal/state-libsql');
  return new DatabaseBackend(settings.options);
}

function databaseSettings({ stateBackend, stateOptions }: ProjectSettings, env: Env): DatabaseSettings {
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
        'It has url, auth_token and db_path.',
      );
    }
    options[known] = lookedUp(key, value, env);
  }
  return options;
}

function lookedUp(key: string, value: Json | undefined, env: Env): string {
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
function located({ url, dbPath, authToken }: DatabaseSettings, folder: string): DatabaseSettings {
  const token = authToken === undefined || authToken === '' ? {} : { authToken };
  const path = url?.startsWith('file:') && !url.startsWith('file:/') ? url.slice('file:'.length) : dbPath;
  if (path !== undefined) return { dbPath: resolve(folder, path), ...token };
  if (url === undefined) return { dbPath: join(folder, 'target', 'state.db'), ...token };
  return { url, ...token };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

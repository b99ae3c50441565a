import { join, resolve } from 'node:path';

import type { Instant } from '@seeknal/intervals';
import { loadProject, type ProjectSettings } from '@seeknal/project';
import type { DocumentStore, StateDocument } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { backupPath, readBackup, writeBackup } from './state-backup.ts';
import { contentsOf, copyContents, verifyCopy } from './state-copy.ts';
import { stateDatabase } from './state-database.ts';
import { stateSettings, type Env, type StateSettings } from './state-settings.ts';
import { isState, isThere, storeOf } from './state-stores.ts';

export interface StateCareOptions {
  readonly now: Instant;
  readonly env?: Env;
}

/** A right that somebody holds: a lock, or the claim of a task. */
export interface HeldRight {
  readonly kind: 'lock' | 'claim';
  /** Of the lock, or the task. */
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: Instant;
  readonly isExpired: boolean;
}

export interface StateReport {
  readonly kind: 'file' | 'database';
  /** As messages name it, without secrets. */
  readonly description: string;
  readonly exists: boolean;
  /** Of a database only. */
  readonly database: {
    readonly roundTripMs: number;
    readonly clockSkewMs: number;
    readonly schemaVersion: number;
    readonly pendingMigrations: readonly string[];
    readonly orphans: { readonly nodes: number; readonly texts: number };
  } | null;
  readonly runs: number;
  readonly snapshots: number;
  readonly environments: number;
  readonly held: readonly HeldRight[];
}

/** Looks at the state of a project and changes nothing. */
export async function stateReport(folder: string, options: StateCareOptions): Promise<StateReport> {
  const { state } = await stateOf(folder, options);
  const database = state.kind === 'database' ? await databaseReport(state) : null;
  const exists = state.kind === 'database' ? (database?.schemaVersion ?? 0) > 0 : await isState(state);
  const store = await storeOf(state);
  try {
    const document = exists ? await store.read() : null;
    const scopes = Object.values(document?.scopes ?? {});
    return {
      kind: state.kind,
      description: store.description,
      exists,
      database,
      runs: document?.runs.length ?? 0,
      snapshots: scopes.reduce((n, { snapshots }) => n + Object.keys(snapshots).length, 0),
      environments: scopes.reduce((n, { environments }) => n + Object.keys(environments).length, 0),
      held: document === null ? [] : heldIn(document, Date.now()),
    };
  } finally {
    await store.close();
  }
}

/**
 * Takes back rights: those whose lease is over, or all. Whoever still works under one cannot overwrite anything,
 * since its fence is the older; its task is refused and run again.
 *
 * @returns What was taken back.
 */
export async function unlockState(
  folder: string,
  { all = false, ...options }: StateCareOptions & { readonly all?: boolean },
): Promise<readonly HeldRight[]> {
  const { state } = await stateOf(folder, options);
  if (!(await isState(state))) return [];
  const store = await storeOf(state);
  try {
    return await store.step((document, { now, isGone }) => {
      const taken = heldIn(document, now, isGone).filter(({ isExpired }) => all || isExpired);
      if (taken.length === 0) return { document, answer: taken, events: [] };
      const isKept = ({
        holder,
        expiresAt,
      }: {
        readonly holder: string;
        readonly expiresAt: Instant;
      }): boolean => !all && expiresAt > now && !isGone(holder);
      const scopes = Object.entries(document.scopes).map(
        ([key, scope]) => [key, { ...scope, claims: scope.claims.filter(isKept) }] as const,
      );
      const locks = Object.entries(document.locks).filter(([, lock]) => isKept(lock));
      return {
        document: { ...document, locks: Object.fromEntries(locks), scopes: Object.fromEntries(scopes) },
        answer: taken,
        events: [],
      };
    });
  } finally {
    await store.close();
  }
}

/** Copies everything that is remembered into one file; the path of it, absolute. */
export async function backUpState(
  folder: string,
  { out, ...options }: StateCareOptions & { readonly out?: string },
): Promise<string> {
  const { state, settings } = await stateOf(folder, options);
  await requireState(state, settings);
  const store = await storeOf(state);
  try {
    const path =
      out === undefined ? backupPath(join(settings.folder, 'target'), options.now) : resolve(folder, out);
    await writeBackup(path, await contentsOf(store));
    return path;
  } finally {
    await store.close();
  }
}

/**
 * Puts what a backup holds back into a database: what is missing there. What is there already must say the same.
 *
 * @throws {SdkError} `SDK_STATE_MIGRATION` when the file is no backup, or the state has gone on since.
 */
export async function restoreState(folder: string, file: string, options: StateCareOptions): Promise<void> {
  const { state } = await stateOf(folder, options);
  const contents = await readBackup(resolve(folder, file));
  const store = await storeOf(state);
  try {
    await store.initialize();
    await copyContents(contents, store);
    await verifyCopy(contents, store);
  } finally {
    await store.close();
  }
}

/**
 * Empties what is remembered of this project, after a backup: the next run takes it over from the ledger of the
 * warehouse. Other projects in the same database keep theirs.
 *
 * @returns The path of the backup.
 */
export async function emptyState(folder: string, options: StateCareOptions): Promise<string> {
  const path = await backUpState(folder, options);
  const { state, settings } = await stateOf(folder, options);
  const store = await storeOf(state);
  try {
    await store.step((document) => {
      const scopes = Object.entries(document.scopes).map(([key, scope]) => {
        const isOwn = (JSON.parse(key) as readonly string[])[0] === settings.name;
        return [key, isOwn ? emptied(scope) : scope] as const;
      });
      return { document: { ...document, scopes: Object.fromEntries(scopes) }, answer: undefined, events: [] };
    });
  } finally {
    await store.close();
  }
  return path;
}

/** Fences go on from where they were: those of the past are in the ledger. */
function emptied(scope: StateDocument['scopes'][string]): StateDocument['scopes'][string] {
  const fences = Object.values(scope.snapshots).map(({ fence }) => fence);
  return {
    snapshots: {},
    environments: {},
    claims: [],
    tick: scope.tick + 1,
    keys: scope.keys,
    fence: Math.max(scope.fence ?? 0, ...fences) + 1,
  };
}

function heldIn(
  document: StateDocument,
  now: Instant,
  isGone: (holder: string) => boolean = () => false,
): readonly HeldRight[] {
  const locks = Object.entries(document.locks).map(([name, { holder, fence, expiresAt }]) => ({
    kind: 'lock' as const,
    name,
    holder,
    fence,
    expiresAt,
    isExpired: expiresAt <= now || isGone(holder),
  }));
  const claims = Object.values(document.scopes).flatMap((scope) =>
    scope.claims.map(({ task, holder, fence, expiresAt }) => ({
      kind: 'claim' as const,
      name: task,
      holder,
      fence,
      expiresAt,
      isExpired: expiresAt <= now || isGone(holder),
    })),
  );
  return [...locks, ...claims];
}

async function databaseReport(state: StateSettings & { kind: 'database' }): Promise<StateReport['database']> {
  const { inspectDatabase } = await stateDatabase();
  const { dbPath } = state.options;
  if (dbPath !== undefined && !(await isThere(dbPath))) return null;
  const { roundTripMs, clockSkewMs, schema, orphans } = await inspectDatabase(state.options);
  return {
    roundTripMs,
    clockSkewMs,
    schemaVersion: schema.version,
    pendingMigrations: schema.pending.map(({ version, name }) => `${version} ${name}`),
    orphans,
  };
}

/** Brings the schema of the state up to date; with `isDry` only answers what would be run, as SQL. */
export async function migrateSchema(
  folder: string,
  { isDry, ...options }: StateCareOptions & { readonly isDry: boolean },
): Promise<
  readonly { readonly version: number; readonly name: string; readonly statements: readonly string[] }[]
> {
  const { state } = await stateOf(folder, options);
  if (state.kind === 'file') return [];
  const { inspectDatabase, MIGRATIONS } = await stateDatabase();
  const isNew = state.options.dbPath !== undefined && !(await isState(state));
  const pending = isNew ? MIGRATIONS : (await inspectDatabase(state.options)).schema.pending;
  if (isDry || pending.length === 0) return pending;
  const store: DocumentStore = await storeOf(state);
  try {
    await store.initialize();
  } finally {
    await store.close();
  }
  return pending;
}

async function requireState(state: StateSettings, settings: ProjectSettings): Promise<void> {
  if (await isState(state)) return;
  throw SdkError.stateMigration(`The project ${settings.name} has no state yet`, 'Run it first: seeknal run');
}

async function stateOf(
  folder: string,
  { now, env = process.env }: StateCareOptions,
): Promise<{ readonly state: StateSettings; readonly settings: ProjectSettings }> {
  const { settings } = await loadProject(folder, { now, env });
  return { state: await stateSettings(settings, env), settings };
}

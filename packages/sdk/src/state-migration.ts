import { join } from 'node:path';

import type { Instant } from '@seeknal/intervals';
import { loadProject, type ProjectSettings } from '@seeknal/project';
import type { NodeState, RunRecord, StateDocument } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { backupPath, writeBackup } from './state-backup.ts';
import { contentsOf, copyContents, differenceOf, verifyCopy, type StateContents } from './state-copy.ts';
import { stateSettings, type Env, type StateSettings } from './state-settings.ts';
import { isState, storeOf } from './state-stores.ts';

/** `python`: what the Python seeknal left in `target`. It can only be read. */
export type StateKind = 'file' | 'database' | 'python';

export interface MigrationOptions {
  /** Default: what the project uses. */
  readonly from?: StateKind;
  /** Default: the other one. */
  readonly to?: StateKind;
  /** Of the database, where the project's settings name none; default: `target/state.db`. */
  readonly url?: string;
  /** Only says what would be copied. Default: true. */
  readonly isDry?: boolean;
  readonly now: Instant;
  readonly env?: Env;
}

export interface MigrationReport {
  readonly from: StateKind;
  readonly to: StateKind;
  readonly isDry: boolean;
  readonly runs: number;
  readonly nodes: number;
  readonly snapshots: number;
  readonly environments: number;
  readonly manifests: number;
  readonly events: number;
  /** What the other state has already of it. */
  readonly already: { readonly runs: number; readonly snapshots: number; readonly environments: number };
  /** Files with what was there before, relative to the project. */
  readonly backups: readonly string[];
  /** Whether the project's settings point at the copy; otherwise they have to be changed. */
  readonly isInUse: boolean;
  /** Of the copy, as messages name it. */
  readonly place: string;
}

/**
 * Copies what is remembered of a project from one kind of state to another: dry unless told otherwise, after a
 * backup of both, verified afterwards. What was copied from stays as it is. Repeating it copies what is missing.
 *
 * @throws {SdkError} `SDK_STATE_MIGRATION` when somebody works on the state, or both say different things.
 */
export async function migrateState(folder: string, options: MigrationOptions): Promise<MigrationReport> {
  const { now, env = process.env, isDry = true } = options;
  const { settings } = await loadProject(folder, { now, env });
  const used = await stateSettings(settings, env, { isEither: true });
  // To another database, when its URL is given.
  const isMoved = options.url !== undefined && used.kind === 'database';
  const from = options.from ?? (options.to === used.kind && !isMoved ? other(used.kind) : used.kind);
  const to = options.to ?? (isMoved ? 'database' : other(from));
  if ((from === to && !(isMoved && from === 'database')) || to === 'python') {
    throw SdkError.stateMigration(
      `There is nothing to migrate from ${from} to ${to}`,
      'Name two kinds of state: file, database.',
    );
  }
  const source = await contents(from, settings, used, options, env);
  refuseBusy(source, now);
  const target = join(settings.folder, 'target');
  const place = placeOf(to, settings, used, options, env);
  const hasTarget = await isState(place);
  const store = await storeOf(place);
  try {
    const before = hasTarget ? await contentsOf(store) : EMPTY_CONTENTS;
    const { runs, missing, conflicts } = differenceOf(source, before);
    if (conflicts.length > 0) {
      throw SdkError.stateMigration(
        `The ${to} has gone on by itself: ${conflicts.slice(0, 5).join(', ')}${conflicts.length > 5 ? ' …' : ''} differ`,
        'Nothing was copied. Go on with the state that is right, or move the other one away.',
      );
    }
    const backups: string[] = [];
    if (!isDry) {
      const paths = [
        backupPath(target, now, `state-${from}`),
        backupPath(target, now, `state-${to}-before`),
      ] as const;
      await writeBackup(paths[0], source);
      backups.push(paths[0]);
      if (hasTarget) {
        await writeBackup(paths[1], before);
        backups.push(paths[1]);
      }
      await store.initialize();
      await copyContents(source, store);
      await verifyCopy(source, store);
    }
    const all = Object.values(source.document.scopes);
    const sum = (count: (scope: (typeof all)[number]) => number): number =>
      all.reduce((n, scope) => n + count(scope), 0);
    const counts = {
      runs: source.document.runs.length,
      snapshots: sum(({ snapshots }) => Object.keys(snapshots).length),
      environments: sum(({ environments }) => Object.keys(environments).length),
    };
    return {
      from,
      to,
      isDry,
      ...counts,
      nodes: Object.values(source.document.nodes).reduce((n, nodes) => n + Object.keys(nodes).length, 0),
      manifests: Object.keys(source.texts).length,
      events: Object.values(source.events).reduce((n, events) => n + events.length, 0),
      already: {
        runs: counts.runs - runs.length,
        snapshots: counts.snapshots - missing.snapshots,
        environments: counts.environments - missing.environments,
      },
      backups: backups.map((path) => path.slice(settings.folder.length + 1)),
      place: store.description,
      isInUse: !isMoved && used.kind === to && settings.stateBackend !== 'auto',
    };
  } finally {
    await store.close();
  }
}

const EMPTY_CONTENTS: StateContents = {
  document: { runs: [], nodes: {}, locks: {}, lockFence: 0, scopes: {} },
  events: {},
  texts: {},
};

const other = (kind: StateKind): StateKind => (kind === 'file' ? 'database' : 'file');

function placeOf(
  kind: StateKind,
  settings: ProjectSettings,
  used: StateSettings,
  { url }: MigrationOptions,
  env: Env,
): StateSettings {
  const target = join(settings.folder, 'target');
  if (kind === 'file') return { kind: 'file', folder: target };
  if (url !== undefined) return { kind: 'database', options: { ...tokenOf(used, env), url } };
  return used.kind === 'database'
    ? used
    : { kind: 'database', options: { dbPath: join(target, 'state.db') } };
}

/** For a URL given by hand: the token of the environment, else that of the project's own database. */
function tokenOf(used: StateSettings, env: Env): { readonly authToken?: string } {
  const own = used.kind === 'database' ? used.options.authToken : undefined;
  const authToken = env['SEEKNAL_STATE_TOKEN'] || env['TURSO_AUTH_TOKEN'] || own;
  return authToken === undefined ? {} : { authToken };
}

async function contents(
  kind: StateKind,
  settings: ProjectSettings,
  used: StateSettings,
  options: MigrationOptions,
  env: Env,
): Promise<StateContents> {
  if (kind === 'python') return pythonContents(settings);
  const { url: _ofTheOther, ...own } = options;
  const place = placeOf(kind, settings, used, own, env);
  if (!(await isState(place))) {
    throw SdkError.stateMigration(
      `There is no state to migrate in the ${kind} of this project`,
      'Name the other one with --from.',
    );
  }
  const store = await storeOf(place);
  try {
    return await contentsOf(store);
  } finally {
    await store.close();
  }
}

/** What the Python seeknal remembers is one run of its nodes. */
async function pythonContents(settings: ProjectSettings): Promise<StateContents> {
  const { readPythonState } = await import('@seeknal/state-file');
  const found = readPythonState(join(settings.folder, 'target'));
  if (found === null) {
    throw SdkError.stateMigration(
      'There is no run_state.json in target',
      'Run the Python seeknal first, or migrate from file.',
    );
  }
  const runId = found.runId ?? 'python';
  const at = found.lastRun ?? 0;
  const run: RunRecord = { runId, status: 'success', startedAt: at, finishedAt: at, config: found.config };
  const nodes: { readonly [node: string]: NodeState } = found.nodes;
  const document: StateDocument = { ...EMPTY_CONTENTS.document, runs: [run], nodes: { [runId]: nodes } };
  return { document, events: {}, texts: {} };
}

function refuseBusy({ document }: StateContents, now: Instant): void {
  const at = Math.min(now, Date.now());
  const held = [
    ...Object.entries(document.locks).map(([name, lock]) => ({ ...lock, name })),
    ...Object.values(document.scopes).flatMap(({ claims }) =>
      claims.map((claim) => ({ ...claim, name: claim.task })),
    ),
  ].find(({ expiresAt }) => expiresAt > at);
  if (held === undefined) return;
  throw SdkError.stateMigration(
    `${held.holder} works on this state: it holds ${held.name} until ${new Date(held.expiresAt).toISOString()}`,
    'Wait for it to finish, or take back what a killed process holds: seeknal state unlock.',
  );
}

import { canonicalJson, type Json } from '@seeknal/manifest';
import type {
  DocumentStore,
  IntervalEvent,
  RunRecord,
  ScopedEvent,
  ScopeName,
  StateDocument,
} from '@seeknal/state';

import { SdkError } from './errors.ts';

type ScopeDocument = StateDocument['scopes'][string];

/** Everything that a state remembers. */
export interface StateContents {
  readonly document: StateDocument;
  /** By the scope's key, oldest first. */
  readonly events: { readonly [scope: string]: readonly IntervalEvent[] };
  /** Stored manifests by id. */
  readonly texts: { readonly [id: string]: string };
}

/** Rows written in one step. */
const AT_ONCE = 500;
const ALL_EVENTS = 100_000_000;

/** The project and warehouse that a scope's key names. */
export function scopeNameOf(key: string): ScopeName {
  const [project = '', warehouse = ''] = JSON.parse(key) as readonly string[];
  return { project, warehouse };
}

export async function contentsOf(store: DocumentStore): Promise<StateContents> {
  const document = await store.read();
  const events: { [scope: string]: readonly IntervalEvent[] } = {};
  const texts: { [id: string]: string } = {};
  for (const [key, scope] of Object.entries(document.scopes)) {
    events[key] = (await store.events(scopeNameOf(key), { limit: ALL_EVENTS })).toReversed();
    for (const id of Object.keys(scope.manifests ?? {})) {
      const text = await store.texts.read(id);
      if (text !== null) texts[id] = text;
    }
  }
  return { document, events, texts };
}

/** What of a state is not in another yet, and where they say different things. */
export interface Difference {
  readonly runs: readonly RunRecord[];
  /** Of all scopes. */
  readonly missing: {
    readonly snapshots: number;
    readonly environments: number;
    readonly events: number;
    readonly manifests: number;
  };
  /** One line each; a copy would have to overwrite something. */
  readonly conflicts: readonly string[];
}

/** Rights of a moment are left out: they belong to whoever works on the one state, not on the other. */
export function differenceOf(from: StateContents, to: StateContents): Difference {
  const known = new Map(to.document.runs.map((run) => [run.runId, run]));
  const conflicts: string[] = [];
  for (const run of from.document.runs) {
    const there = known.get(run.runId);
    if (there && !areEqual(there, run)) conflicts.push(`run ${run.runId}`);
  }
  const missing = { snapshots: 0, environments: 0, events: 0, manifests: 0 };
  for (const [key, scope] of Object.entries(from.document.scopes)) {
    const there = to.document.scopes[key];
    const [snapshots, environments] = [there?.snapshots ?? {}, there?.environments ?? {}];
    const { project } = scopeNameOf(key);
    for (const [id, state] of Object.entries(scope.snapshots)) {
      if (!Object.hasOwn(snapshots, id)) missing.snapshots += 1;
      else if (!areEqual(snapshots[id], state)) conflicts.push(`snapshot ${id} of ${project}`);
    }
    for (const [name, record] of Object.entries(scope.environments)) {
      if (!Object.hasOwn(environments, name)) missing.environments += 1;
      else if (!areEqual(environments[name], record)) conflicts.push(`environment ${name} of ${project}`);
    }
    missing.manifests += Object.keys(scope.manifests ?? {}).filter(
      (id) => !Object.hasOwn(to.texts, id),
    ).length;
    missing.events += Math.max(0, (from.events[key]?.length ?? 0) - (to.events[key]?.length ?? 0));
  }
  return { runs: from.document.runs.filter(({ runId }) => !known.has(runId)), missing, conflicts };
}

/**
 * Writes what is missing, in steps that can be repeated: an interrupted copy is taken up where it ended.
 * Environments come last, so that half a copy points at nothing.
 */
export async function copyContents(from: StateContents, store: DocumentStore): Promise<void> {
  for (const [id, text] of Object.entries(from.texts)) await store.texts.write(id, text);
  for (const [key, scope] of Object.entries(from.document.scopes)) {
    const ids = Object.keys(scope.snapshots);
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      await addSnapshots(store, key, scope, ids.slice(at, at + AT_ONCE));
    }
    await addEvents(store, key, from.events[key] ?? []);
  }
  await store.step((document) => {
    const known = new Set(document.runs.map(({ runId }) => runId));
    const runs = from.document.runs.filter(({ runId }) => !known.has(runId));
    const scopes = Object.entries(from.document.scopes).map(
      ([key, scope]) => [key, withRest(document.scopes[key], scope)] as const,
    );
    const lockFence = Math.max(document.lockFence, from.document.lockFence);
    return {
      document: {
        ...document,
        runs: [...document.runs, ...runs],
        nodes: { ...from.document.nodes, ...document.nodes },
        lockFence,
        scopes: { ...document.scopes, ...Object.fromEntries(scopes) },
      },
      answer: undefined,
      events: [],
    };
  });
}

/** @throws {SdkError} `SDK_STATE_MIGRATION` when something of the one is not in the other as it was. */
export async function verifyCopy(from: StateContents, store: DocumentStore): Promise<void> {
  const copied = await contentsOf(store);
  const { runs, missing, conflicts } = differenceOf(from, copied);
  const nodes = Object.entries(from.document.nodes).flatMap(([run, states]) =>
    Object.entries(states).filter(([node, state]) => !areEqual(copied.document.nodes[run]?.[node], state)),
  );
  const texts = Object.entries(from.texts).filter(([id, text]) => copied.texts[id] !== text);
  const events = Object.entries(from.events).filter(([key, all]) => !areEqual(copied.events[key] ?? [], all));
  const rest = Object.entries(from.document.scopes).filter(
    ([key, scope]) => !areEqual(restOf(copied.document.scopes[key]), restOf(scope)),
  );
  const wrong = [
    ...conflicts,
    ...runs.map(({ runId }) => `run ${runId}`),
    ...nodes.map(([node]) => `node ${node}`),
    ...texts.map(([id]) => `manifest ${id}`),
    ...events.map(([key]) => `history of ${key}`),
    ...rest.map(([key]) => `notes of ${key}`),
  ];
  if (wrong.length === 0 && missing.snapshots + missing.environments === 0) return;
  throw SdkError.stateMigration(
    `The copy is not what was copied: ${wrong.slice(0, 5).join(', ') || 'snapshots are missing'}`,
    'Run it again; the state it was copied from is as it was.',
  );
}

async function addSnapshots(
  store: DocumentStore,
  key: string,
  from: ScopeDocument,
  ids: readonly string[],
): Promise<void> {
  await store.step((document) => {
    const before = document.scopes[key] ?? EMPTY_SCOPE;
    const added = ids.filter((id) => !Object.hasOwn(before.snapshots, id));
    if (added.length === 0) return { document, answer: undefined, events: [] };
    const isAdded = new Set(added);
    const entries = added.map((id) => [id, from.snapshots[id]] as const);
    const scope = {
      ...before,
      snapshots: { ...before.snapshots, ...Object.fromEntries(entries) } as ScopeDocument['snapshots'],
      claims: [...before.claims, ...from.claims.filter(({ snapshot }) => isAdded.has(snapshot))],
    };
    return {
      document: { ...document, scopes: { ...document.scopes, [key]: scope } },
      answer: undefined,
      events: [],
    };
  });
}

/** Those that are there already were the first ones. */
async function addEvents(store: DocumentStore, key: string, events: readonly IntervalEvent[]): Promise<void> {
  const name = scopeNameOf(key);
  const there = (await store.events(name, { limit: ALL_EVENTS })).length;
  for (let at = there; at < events.length; at += AT_ONCE) {
    const some: readonly ScopedEvent[] = events.slice(at, at + AT_ONCE).map((event) => ({ ...name, event }));
    // A store keeps the events of a step that changes something.
    await store.step((document) => ({ document: { ...document }, answer: undefined, events: some }));
  }
}

function withRest(before: ScopeDocument | undefined, from: ScopeDocument): ScopeDocument {
  const { snapshots, claims, environments } = before ?? EMPTY_SCOPE;
  return {
    ...from,
    snapshots,
    claims,
    environments: { ...from.environments, ...environments },
    tick: Math.max(from.tick, before?.tick ?? 0),
    keys: [...new Set([...from.keys, ...(before?.keys ?? [])])],
  };
}

/** Claims are compared by what they say, not by their order among those on other snapshots. */
function restOf(scope: ScopeDocument | undefined): object {
  const { snapshots: _snapshots, environments: _environments, claims, ...rest } = scope ?? EMPTY_SCOPE;
  const order = claims.toSorted((a, b) =>
    a.snapshot < b.snapshot ? -1 : a.snapshot > b.snapshot ? 1 : a.fence - b.fence,
  );
  return { ...rest, claims: order };
}

const EMPTY_SCOPE: ScopeDocument = { snapshots: {}, environments: {}, claims: [], tick: 0, keys: [] };

const areEqual = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);

/** Absent and undefined are the same, as they are in JSON. */
const textOf = (value: unknown): string =>
  value === undefined ? '' : canonicalJson(JSON.parse(JSON.stringify(value)) as Json);

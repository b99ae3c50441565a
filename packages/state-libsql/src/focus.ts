import type { StateDocument } from '@seeknal/state';

/** What one project remembers of one warehouse. */
export type ScopeDocument = StateDocument['scopes'][string];
export type SnapshotState = ScopeDocument['snapshots'][string];
export type ClaimEntry = ScopeDocument['claims'][number];

/** A row of a scope: `['snapshots', id]`, `['environments', name]`; all rows of a field where the key is null. */
export type Item = readonly [field: string, key: string | null];

/**
 * That no snapshot that is there goes or begins to: all that a pointer or a proof depends on, whatever else is
 * written to thousands of snapshots.
 */
export const KEPT: Item = ['kept', null];

/** A part of the state that a step reads, and the only one it writes. */
export type Part =
  | { readonly kind: 'runs' }
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'node'; readonly run: string; readonly node: string }
  /** All nodes of a run. */
  | { readonly kind: 'nodes'; readonly run: string }
  | { readonly kind: 'locks' }
  | {
      readonly kind: 'scope';
      /** As `scopeKey` makes it. */
      readonly key: string;
      /**
       * The rows that the step's answer depends on. The others are there for it to see, maybe a little old, and
       * what it would tidy up in them is left for a step that names them. Null: all rows.
       */
      readonly only: readonly Item[] | null;
    }
  /** Which manifests each scope refers to. */
  | { readonly kind: 'manifests' }
  | { readonly kind: 'everything' };

/** What a step has to do with. */
export interface Focus {
  readonly parts: readonly Part[];
  /** It asks for the state's clock. */
  readonly usesClock: boolean;
}

export const EVERYTHING: Focus = { parts: [{ kind: 'everything' }], usesClock: true };

export const EMPTY_SCOPE: ScopeDocument = { snapshots: {}, environments: {}, claims: [], tick: 0, keys: [] };

/** Nodes of one run beyond which it is cheaper to deal with all of them. */
const MANY = 8;

/** What several steps together have to do with. */
export function joined(focuses: readonly Focus[]): Focus {
  const usesClock = focuses.some((focus) => focus.usesClock);
  const parts = new Map<string, Part>();
  for (const part of focuses.flatMap((focus) => focus.parts)) {
    const key = partKey(part);
    const known = parts.get(key);
    if (known?.kind === 'scope' && part.kind === 'scope') {
      const only = known.only && part.only ? [...known.only, ...part.only] : null;
      parts.set(key, { ...part, only });
    } else parts.set(key, part);
  }
  const everything = parts.get('["everything"]');
  return { parts: everything ? [everything] : withoutMany([...parts.values()]), usesClock };
}

/** Many nodes of a run are read, and guarded, as all of them. */
function withoutMany(parts: readonly Part[]): readonly Part[] {
  const counts = new Map<string, number>();
  for (const part of parts) if (part.kind === 'node') counts.set(part.run, (counts.get(part.run) ?? 0) + 1);
  const crowded = new Set([...counts].filter(([, count]) => count > MANY).map(([run]) => run));
  if (crowded.size === 0) return parts;
  const left = parts.filter((part) => part.kind !== 'node' || !crowded.has(part.run));
  return [...left, ...[...crowded].map((run): Part => ({ kind: 'nodes', run }))];
}

function partKey(part: Part): string {
  switch (part.kind) {
    case 'run':
    case 'nodes':
      return JSON.stringify([part.kind, part.run]);
    case 'node':
      return JSON.stringify([part.kind, part.run, part.node]);
    case 'scope':
      return JSON.stringify([part.kind, part.key]);
    case 'runs':
    case 'locks':
    case 'manifests':
    case 'everything':
      return JSON.stringify([part.kind]);
  }
}

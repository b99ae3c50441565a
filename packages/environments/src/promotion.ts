import { difference, formatInterval, intersection } from '@seeknal/intervals';
import { canonicalJson, type Json, type Manifest, type NodeId } from '@seeknal/manifest';
import {
  hasIntervals,
  type EnvironmentRecord,
  type Pointer,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';

import { PRODUCTION } from './environment-name.ts';
import { shownBy, type Foundation } from './foundation.ts';

/** What a promotion does to one name of the target. */
export interface PromotedNode {
  readonly node: NodeId;
  /** `rename`: the same rows under another name, and nothing else than perhaps a description. */
  readonly action: 'add' | 'change' | 'metadata' | 'rename' | 'remove';
  /** What the target calls it; its old name is then not among the changes. */
  readonly renamedFrom?: NodeId;
}

/** What a promotion would do; nothing is done yet. */
export interface Promotion {
  readonly from: string;
  readonly to: string;
  readonly pointers: { readonly [node: NodeId]: Pointer };
  /** Names that change, by node; empty: the target shows all of it already. */
  readonly changes: readonly PromotedNode[];
  /** Nodes by which the target moved since the source was applied; `null`: it did, and by which is not known. */
  readonly moved: readonly NodeId[] | null;
  /** Sentences: rows that the target shows and the source has not. */
  readonly gaps: readonly string[];
  /** Nodes that were applied to the source, and that it does not show yet. */
  readonly incomplete: readonly NodeId[];
  /** Nodes that write outside the warehouse: the target's next run writes them. */
  readonly left: readonly NodeId[];
}

/**
 * Works out what pointing one environment at what another shows means. No rows are read or written.
 *
 * @param wanted What a node should have, by the source's manifest: a gap outside of it is none.
 */
export function promotion(
  state: StateView,
  source: EnvironmentRecord,
  to: string,
  foundation: Foundation | null,
  wanted: (node: NodeId) => readonly { readonly start: number; readonly end: number }[],
): Promotion {
  const target = state.environments[to] ?? null;
  const before = target?.pointers ?? {};
  const manifest = foundation?.manifest ?? null;
  const left: NodeId[] = [];
  const pointers: Record<NodeId, Pointer> = {};
  for (const [node, pointer] of Object.entries(source.pointers)) {
    if (state.snapshots[pointer.snapshot]?.materialization !== 'exposure') pointers[node] = pointer;
    else {
      const old = before[node];
      if (old !== undefined) pointers[node] = old;
      if (old?.fingerprint !== pointer.fingerprint) left.push(node);
    }
  }
  const renames = renamesOf(before, pointers, state, manifest);
  const former = new Set(renames.values());
  const names = [...new Set([...Object.keys(pointers), ...Object.keys(before)])];
  const changes = names.flatMap((node): readonly PromotedNode[] => {
    if (former.has(node)) return [];
    const renamedFrom = renames.get(node);
    const action = actionOf(before[renamedFrom ?? node], pointers[node]);
    if (renamedFrom === undefined) return action === null ? [] : [{ node, action }];
    return [{ node, action: action === 'change' ? action : 'rename', renamedFrom }];
  });
  const gaps = changes.flatMap(
    ({ node, renamedFrom }) =>
      gapOf(node, before[renamedFrom ?? node], pointers[node], state, manifest, wanted) ?? [],
  );
  return {
    from: source.name,
    to,
    pointers,
    changes: changes.toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    moved: movedSince(source, target, to, foundation),
    gaps,
    incomplete: (foundation?.held ?? []).filter((node) => !left.includes(node)),
    left,
  };
}

/** New names of nodes that the target has under a name which goes away: by the rows, or as somebody said. */
function renamesOf(
  before: EnvironmentRecord['pointers'],
  after: EnvironmentRecord['pointers'],
  { snapshots }: StateView,
  manifest: Manifest | null,
): ReadonlyMap<NodeId, NodeId> {
  const gone = new Set(Object.keys(before).filter((node) => !(node in after)));
  const renames = new Map<NodeId, NodeId>();
  if (gone.size === 0) return renames;
  const namesOf = (snapshot: string | undefined): readonly NodeId[] => {
    const record = snapshots[snapshot ?? ''];
    return record === undefined ? [] : [record.node, ...(record.formerNodes ?? [])];
  };
  for (const [node, { snapshot }] of Object.entries(after)) {
    if (node in before) continue;
    const told = new Set([...(manifest?.nodes[node]?.renamedFrom ?? []), ...namesOf(snapshot)]);
    const former = [...gone].find(
      (name) =>
        before[name]?.snapshot === snapshot ||
        told.has(name) ||
        namesOf(before[name]?.snapshot).includes(node),
    );
    if (former === undefined) continue;
    renames.set(node, former);
    gone.delete(former);
  }
  return renames;
}

function actionOf(before: Pointer | undefined, after: Pointer | undefined): PromotedNode['action'] | null {
  if (after === undefined) return 'remove';
  if (before === undefined) return 'add';
  if (before.snapshot !== after.snapshot) return 'change';
  return areEqual(before, after) ? null : 'metadata';
}

function gapOf(
  node: NodeId,
  before: Pointer | undefined,
  after: Pointer | undefined,
  { snapshots }: StateView,
  manifest: Manifest | null,
  wanted: Parameters<typeof promotion>[4],
): string | null {
  if (after === undefined) {
    return manifest !== null && node in manifest.nodes ? `${node} is not shown at all` : null;
  }
  if (before?.snapshot === after.snapshot) return null;
  const own: SnapshotRecord | undefined = snapshots[after.snapshot];
  if (own === undefined || own.done.length === 0) return `${node} has no rows that count`;
  const old = snapshots[before?.snapshot ?? ''];
  if (old === undefined || !hasIntervals(own)) return null;
  const [first, ...more] = difference(intersection(old.done, wanted(node)), own.done);
  if (first === undefined) return null;
  return `${node} ${formatInterval(first)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}

function movedSince(
  { pointers }: EnvironmentRecord,
  target: EnvironmentRecord | null,
  to: string,
  foundation: Foundation | null,
): readonly NodeId[] | null {
  if (target === null) return [];
  if (shownBy({ pointers }) === shownBy(target)) return [];
  if (foundation === null) return null;
  if (to !== PRODUCTION) return foundation.others[to] === shownBy(target) ? [] : null;
  const { production } = foundation;
  const nodes = new Set([...Object.keys(production), ...Object.keys(target.pointers)]);
  return [...nodes]
    .filter((node) => {
      const now = target.pointers[node]?.snapshot;
      // Whatever moved to where the source is has nothing to lose.
      return production[node] !== now && pointers[node]?.snapshot !== now;
    })
    .toSorted();
}

const areEqual = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) === canonicalJson(b as Json);

import {
  canonicalJson,
  renamesFrom,
  type Manifest,
  type ManifestNode,
  type NodeId,
  type Renames,
} from '@seeknal/manifest';

import type { ResolvedNode } from './resolve.ts';
import type { EnvironmentRecord, Pointer, StateView } from './snapshot.ts';

/** The declared renames that an environment has not made yet, as its pointers tell. */
export const renamesIn = (manifest: Manifest, environment: EnvironmentRecord | null): Renames =>
  renamesFrom(Object.keys(environment?.pointers ?? {}), manifest);

/** The environment as if it had made the renames: each pointer under the name that its node has now. */
export function withRenames<E extends EnvironmentRecord | null>(environment: E, renames: Renames): E {
  if (environment === null || renames.size === 0) return environment;
  const { pointers } = environment;
  const former = new Set(renames.values());
  const others = Object.entries(pointers).filter(([id]) => !former.has(id));
  const moved = [...renames].map(([id, name]) => [id, pointers[name]] as const);
  return { ...environment, pointers: Object.fromEntries([...others, ...moved]) };
}

/** The names given, and all others that the same nodes have or had, as far as snapshots tell. */
export function withFormerNames(
  nodes: ReadonlySet<NodeId>,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  { snapshots }: Pick<StateView, 'snapshots'>,
): ReadonlySet<NodeId> {
  const made = [...[...resolved.values()].map(({ snapshot }) => snapshot), ...Object.values(snapshots)];
  const groups = made.flatMap(({ node, formerNodes }) =>
    formerNodes === undefined ? [] : [[node, ...formerNodes]],
  );
  const names = new Set(nodes);
  for (let before = 0; before < names.size;) {
    before = names.size;
    for (const group of groups) {
      if (group.some((name) => names.has(name))) for (const name of group) names.add(name);
    }
  }
  return names;
}

/**
 * Finds, for a new node, one that went and was defined in the same words: it may be the same node under another
 * name, which nobody guesses. O(nodes that went), once.
 */
export function formerCandidates(
  gone: readonly NodeId[],
  { snapshots }: Pick<StateView, 'snapshots'>,
  pointers: EnvironmentRecord['pointers'],
): (node: ManifestNode) => NodeId | undefined {
  const byDefinition = new Map<string, NodeId>();
  for (const id of gone) {
    const record = snapshots[(pointers[id] as Pointer).snapshot];
    if (record !== undefined) byDefinition.set(`${record.kind} ${canonicalJson(record.definition)}`, id);
  }
  return ({ type, definition }) =>
    byDefinition.size === 0 ? undefined : byDefinition.get(`${type} ${canonicalJson(definition)}`);
}

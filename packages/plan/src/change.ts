import { canonicalJson, type JsonObject, type ManifestNode, type NodeId } from '@seeknal/manifest';

import type { ChangeCategory } from './plan.ts';
import type { ResolvedNode } from './resolve.ts';
import type { EnvironmentRecord, StateView } from './snapshot.ts';

/** How a node differs from what the environment points at. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'metadata' | 'same';
  readonly category: ChangeCategory | null;
  readonly reason: string;
  readonly path: readonly NodeId[];
}

/** What belongs to an environment's pointer and not to the rows. */
export const metadataOf = ({ description, owner, tags, config }: ManifestNode): JsonObject => ({
  description,
  owner,
  tags,
  audits: config['audits'] ?? null,
});

const SAME: Change = { kind: 'same', category: null, reason: 'unchanged', path: [] };

/**
 * Compares every resolved node with the environment's pointers. Impact is not weighed yet: a changed
 * definition counts as BREAKING and is rebuilt together with everything below it.
 */
export function changes(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  state: StateView,
  environment: EnvironmentRecord | null,
): ReadonlyMap<NodeId, Change> {
  const found = new Map<NodeId, Change>();
  for (const [id, { node, snapshot }] of resolved) {
    found.set(id, changeOf(id, node, snapshot, found, state, environment));
  }
  return found;
}

function changeOf(
  id: NodeId,
  node: ManifestNode,
  snapshot: ResolvedNode['snapshot'],
  found: ReadonlyMap<NodeId, Change>,
  state: StateView,
  environment: EnvironmentRecord | null,
): Change {
  const pointer = environment?.pointers[id];
  if (pointer === undefined) return { kind: 'added', category: null, reason: 'new', path: [] };
  if (pointer.snapshot === snapshot.id) {
    if (canonicalJson(pointer.metadata) === canonicalJson(metadataOf(node))) return SAME;
    return {
      kind: 'metadata',
      category: 'METADATA',
      reason: 'only its description, owner, tags or audits changed',
      path: [],
    };
  }
  const keys = changedKeys(state.snapshots[pointer.snapshot]?.definition ?? {}, snapshot.definition);
  if (keys.length > 0) {
    return { kind: 'changed', category: 'BREAKING', reason: `its ${keys.join(', ')} changed`, path: [] };
  }
  const above = snapshot.inputs.find(({ node: input }) => isChanged(found.get(input) as Change));
  const path = above === undefined ? [] : [...(found.get(above.node) as Change).path, above.node];
  return {
    kind: 'changed',
    category: 'BREAKING',
    reason: path.length === 0 ? 'its inputs changed' : `it reads ${path.at(-1)}, which changed`,
    path,
  };
}

const isChanged = ({ kind }: Change): boolean => kind === 'changed' || kind === 'added';

function changedKeys(before: JsonObject, after: JsonObject): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .toSorted();
}

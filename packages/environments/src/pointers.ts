import { difference, intersection } from '@seeknal/intervals';
import { canonicalJson, type NodeId, type Renames } from '@seeknal/manifest';
import {
  hasIntervals,
  metadataOf,
  type EnvironmentRecord,
  type Pointer,
  type ResolvedNode,
  type StateView,
} from '@seeknal/plan';

export interface NextPointers {
  readonly pointers: { readonly [node: NodeId]: Pointer };
  /** Nodes that stay where they are, with the reason. */
  readonly held: readonly { readonly node: NodeId; readonly reason: string }[];
  /** Whether anything differs from what the environment has. */
  readonly isMoved: boolean;
}

/**
 * Where an environment's names may point now. A changed node moves only when its new snapshot has every
 * interval that the old one had, and only together with all other changed ones, so that readers never see
 * half a change; a new node is shown as soon as it has rows, if what it reads is shown as well.
 */
export function nextPointers(
  environment: EnvironmentRecord | null,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  state: StateView,
  scope: {
    readonly isSelected: (node: NodeId) => boolean;
    readonly wanted: (node: NodeId) => readonly { readonly start: number; readonly end: number }[];
    /** Nodes of the project, those included that cannot run. */
    readonly known: ReadonlySet<NodeId>;
    /** Nodes whose rows have not passed the audits that they have now. */
    readonly failedAudits: ReadonlySet<NodeId>;
    /** Whether nodes gone from the project lose their names: not when only some nodes were selected. */
    readonly removes: boolean;
    /** What the environment calls nodes that are called otherwise now: they are the same nodes. */
    readonly renames?: Renames;
  },
): NextPointers {
  const before = environment?.pointers ?? {};
  const nameOf = (id: NodeId): NodeId => (id in before ? id : (scope.renames?.get(id) ?? id));
  const had = (id: NodeId): Pointer | undefined => before[nameOf(id)];
  const ready = (id: NodeId, { snapshot }: ResolvedNode): string | null => {
    if (scope.failedAudits.has(id)) return 'its rows do not pass its audits';
    const record = state.snapshots[snapshot.id];
    if (record === undefined || record.done.length === 0) return 'it has no rows yet';
    const old = state.snapshots[had(id)?.snapshot ?? ''];
    if (old === undefined || old.id === snapshot.id || !hasIntervals(snapshot)) return null;
    const lacking = difference(intersection(old.done, scope.wanted(id)), record.done);
    return lacking.length === 0 ? null : 'its new snapshot lacks intervals that the old one has';
  };
  const changed = [...resolved].filter(([id, { snapshot }]) => {
    const pointer = had(id);
    return pointer !== undefined && pointer.snapshot !== snapshot.id && scope.isSelected(id);
  });
  const firstLacking = changed.flatMap(([id, node]) => (ready(id, node) === null ? [] : [id]))[0];
  const held: { node: NodeId; reason: string }[] = [];
  const pointers: Record<NodeId, Pointer> = {};
  for (const [id, node] of resolved) {
    const old = had(id);
    const lacking = !scope.isSelected(id)
      ? 'it was not selected'
      : old !== undefined && old.snapshot !== node.snapshot.id && firstLacking !== undefined
        ? `${firstLacking} is not complete`
        : ready(id, node);
    const apart = node.snapshot.inputs.find(
      ({ node: input, snapshot }) => pointers[input]?.snapshot !== snapshot,
    );
    const reason = lacking ?? (apart === undefined ? null : `${apart.node} is not shown yet`);
    if (reason === null) {
      pointers[id] = {
        snapshot: node.snapshot.id,
        fingerprint: node.node.fingerprint,
        metadata: metadataOf(node.node),
      };
    } else {
      if (old !== undefined) pointers[nameOf(id)] = old;
      if (scope.isSelected(id)) held.push({ node: id, reason });
    }
  }
  for (const [id, pointer] of Object.entries(before)) {
    const isGone = !scope.known.has(id);
    // Names of removed nodes go with the change that removed them, not before it is complete.
    const stays = !resolved.has(id) && !(isGone && scope.removes && firstLacking === undefined);
    if (stays) pointers[id] = pointer;
  }
  return { pointers, held, isMoved: canonicalJson(pointers as never) !== canonicalJson(before as never) };
}

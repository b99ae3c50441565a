import type { Column, ManifestNode } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';

/**
 * The columns of a node as its table was last seen to have them: one that its fingerprint names, or one that an
 * environment shows for it by a proof. Null: nothing was ever seen of it, or it changed since.
 */
export function knownColumns(
  node: Pick<ManifestNode, 'id' | 'fingerprint'> | undefined,
  { snapshots, environments }: StateView,
): readonly Column[] | null {
  if (node === undefined) return null;
  const { id, fingerprint } = node;
  const own = snapshots[fingerprint]?.columns ?? null;
  if (own !== null) return own;
  const shown = Object.values(environments).find(({ pointers }) => pointers[id]?.fingerprint === fingerprint);
  return snapshots[shown?.pointers[id]?.snapshot ?? '']?.columns ?? null;
}

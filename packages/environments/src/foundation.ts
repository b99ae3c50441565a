import {
  assembleManifest,
  canonicalJson,
  inputsOf,
  sha256,
  type Json,
  type Manifest,
  type ManifestNode,
  type NodeId,
} from '@seeknal/manifest';
import type { EnvironmentRecord, SnapshotId, StateView } from '@seeknal/plan';

import { PRODUCTION } from './environment-name.ts';

/** What an environment was applied from: kept beside its pointers, as text, under the hash of its contents. */
export interface Foundation {
  readonly version: 1;
  readonly manifest: Manifest;
  /** What each other environment showed when the plan was made, as `shownBy` tells: a promotion there must have seen it. */
  readonly others: { readonly [environment: string]: string };
  /** What `prod` showed when the plan was made. */
  readonly production: { readonly [node: NodeId]: SnapshotId };
  /** Nodes that were applied and are not shown as the manifest has them yet. */
  readonly held: readonly NodeId[];
}

/** What an environment shows, in few characters: equal for equal rows, whatever their descriptions say. */
export function shownBy({ pointers }: Pick<EnvironmentRecord, 'pointers'>): string {
  const snapshots = Object.entries(pointers).map(([node, { snapshot }]) => [node, snapshot] as const);
  return sha256(canonicalJson(Object.fromEntries(snapshots))).slice(0, 16);
}

/** What an environment rests on once it shows these pointers. `prod` rests on its manifest alone. */
export function foundationOf(
  manifest: Manifest,
  held: readonly NodeId[],
  environment: string,
  { environments }: Pick<StateView, 'environments'>,
): ReturnType<typeof foundationText> {
  const behind = held.toSorted();
  if (environment === PRODUCTION) {
    return foundationText({ manifest, others: {}, production: {}, held: behind });
  }
  const { [environment]: _, [PRODUCTION]: production, ...others } = environments;
  return foundationText({
    manifest,
    others: Object.fromEntries(Object.entries(others).map(([name, record]) => [name, shownBy(record)])),
    production: Object.fromEntries(
      Object.entries(production?.pointers ?? {}).map(([node, { snapshot }]) => [node, snapshot]),
    ),
    held: behind,
  });
}

/**
 * The manifest of what is shown: of nodes that were not selected, or could not be shown, the version that is.
 * What is applied whole is the manifest that was applied.
 *
 * @param earlier What the environment was applied from before.
 */
export function shownManifest(
  pointers: EnvironmentRecord['pointers'],
  manifest: Manifest,
  earlier: Manifest | null,
  isSelected: (node: NodeId) => boolean,
): Manifest {
  const ids = new Set([...Object.keys(manifest.nodes), ...Object.keys(pointers)]);
  const chosen = [...ids].flatMap((id): readonly ManifestNode[] => {
    const [now, before] = [manifest.nodes[id], earlier?.nodes[id]];
    const inOrder = (isSelected(id) ? [now, before] : [before, now]).filter((node) => node !== undefined);
    const pointer = pointers[id];
    const shown = inOrder.find(({ fingerprint }) => fingerprint === pointer?.fingerprint);
    if (shown !== undefined) return [shown];
    const other = pointer === undefined ? (isSelected(id) ? now : before) : (before ?? now);
    return other === undefined ? [] : [other];
  });
  const isWhole =
    chosen.length === Object.keys(manifest.nodes).length &&
    chosen.every((node) => node === manifest.nodes[node.id]);
  const known = new Set(chosen.map(({ id }) => id));
  const isClosed = chosen.every(({ spec }) => inputsOf(spec).every(({ ref }) => known.has(ref)));
  if (isWhole || !isClosed) return manifest;
  const { project, seeknal_version: toolVersion, generated_at: generatedAt } = manifest.metadata;
  return assembleManifest({ project, toolVersion, generatedAt, nodes: chosen });
}

/** The text to keep and the id to keep it under; equal exactly for equal contents. */
export function foundationText(foundation: Omit<Foundation, 'version'>): {
  readonly id: string;
  readonly text: string;
} {
  const { manifest } = foundation;
  // When a manifest was read says nothing about it.
  const timeless = { ...manifest, metadata: { ...manifest.metadata, generated_at: '' } };
  const whole: Foundation = { version: 1, ...foundation, manifest: timeless };
  const text = JSON.stringify(whole);
  return { id: sha256(canonicalJson(JSON.parse(text) as Json)), text };
}

/** Null for a text of another version, which is as good as none. */
export function parseFoundation(text: string | null): Foundation | null {
  if (text === null) return null;
  const found = JSON.parse(text) as Partial<Foundation>;
  if (found.version !== 1 || found.manifest === undefined) return null;
  return { ...(found as Foundation), held: found.held ?? [] };
}

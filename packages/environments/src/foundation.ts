import { canonicalJson, sha256, type Json, type Manifest, type NodeId } from '@seeknal/manifest';
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
}

/** What an environment shows, in few characters: equal for equal rows, whatever their descriptions say. */
export function shownBy({ pointers }: Pick<EnvironmentRecord, 'pointers'>): string {
  const snapshots = Object.entries(pointers).map(([node, { snapshot }]) => [node, snapshot] as const);
  return sha256(canonicalJson(Object.fromEntries(snapshots))).slice(0, 16);
}

/** What applying a manifest to an environment rests on. `prod` rests on its manifest alone. */
export function foundationOf(
  manifest: Manifest,
  environment: string,
  { environments }: Pick<StateView, 'environments'>,
): ReturnType<typeof foundationText> {
  if (environment === PRODUCTION) return foundationText({ manifest, others: {}, production: {} });
  const { [environment]: _, [PRODUCTION]: production, ...others } = environments;
  return foundationText({
    manifest,
    others: Object.fromEntries(Object.entries(others).map(([name, record]) => [name, shownBy(record)])),
    production: Object.fromEntries(
      Object.entries(production?.pointers ?? {}).map(([node, { snapshot }]) => [node, snapshot]),
    ),
  });
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
  return found.version === 1 && found.manifest !== undefined ? (found as Foundation) : null;
}

import { canonicalJson, sha256, type ManifestNode } from '@seeknal/manifest';

import type { SnapshotId } from './snapshot.ts';

/**
 * A snapshot whose rows are exactly those that its fingerprint stands for is called by that fingerprint. Any
 * other carries a salt behind it, so that nobody who has the fingerprint alone takes its rows for those:
 *
 * | id | its rows |
 * | --- | --- |
 * | `9a5f…` | what the fingerprint says |
 * | `9a5f…@dev.l3k9` | a copy for one environment, made when it restated them |
 * | `9a5f…~dev.l3k9` | a copy that goes on under another definition: those before were not made by it |
 * | `9a5f…^77c0…` | made from inputs that carry a salt; the same inputs give the same id |
 */
const SALT = /[@~^]/u;
/** Salts that no inputs explain. */
const OWN_SALT = /[@~]/u;

/** Whether rows are others than those that the fingerprint alone would give. */
export const isSalted = (id: SnapshotId): boolean => SALT.test(id);

/** Whether some of the rows were made by a definition that the snapshot has no longer. */
export const isContinued = (id: SnapshotId): boolean => id.includes('~');

/** The copy of a table for an environment that restates it. @param now Tells copies of different times apart. */
export const forkId = (fingerprint: string, environment: string, now: number): SnapshotId =>
  `${fingerprint}@${environment}.${now.toString(36)}`;

/** The copy of a table that goes on under this fingerprint. */
export const continuationId = (fingerprint: string, environment: string, now: number): SnapshotId =>
  `${fingerprint}~${environment}.${now.toString(36)}`;

/** What rows of a node are called that are made from these snapshots. */
export function identityOf(
  { fingerprint }: Pick<ManifestNode, 'fingerprint'>,
  inputs: readonly { readonly place: string; readonly snapshot: SnapshotId }[],
): SnapshotId {
  const salted = inputs.flatMap(({ place, snapshot }) => (isSalted(snapshot) ? [[place, snapshot]] : []));
  return salted.length === 0 ? fingerprint : `${fingerprint}^${sha256(canonicalJson(salted)).slice(0, 32)}`;
}

/**
 * Under which name it is noted that a node may use the rows of a snapshot, or must not: a copy that belongs to
 * one environment is nobody else's, whatever they know.
 */
export function proofKey(
  { fingerprint }: Pick<ManifestNode, 'fingerprint'>,
  identity: SnapshotId,
  used: SnapshotId,
): string {
  const at = used.search(SALT);
  return at >= 0 && OWN_SALT.test(used[at] as string) ? `${fingerprint}${used.slice(at)}` : identity;
}

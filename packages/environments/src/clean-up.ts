import type { Engine } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';
import type { SnapshotId, StateView } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import { PRODUCTION } from './environment-name.ts';
import { isExpired } from './environment.ts';

const HOUR_MS = 3_600_000;

export interface CleanUpOptions {
  /** Says what would be removed, and removes nothing. */
  readonly isDryRun?: boolean;
  /** How long tables are kept that nothing shows any more, and ways back; default 168. */
  readonly graceHours?: number;
}

export interface CleanUp {
  /** Environments that have expired. */
  readonly environments: readonly string[];
  /** Tables that nothing refers to, by the node that they were made for. */
  readonly tables: readonly { readonly node: string; readonly snapshot: SnapshotId }[];
}

/**
 * Removes expired environments first, so that their tables may go as well. Each step can be cut short: an
 * environment or a table that is half removed is found again by the next clean-up.
 */
export async function cleanUp(
  engine: Engine,
  state: ScopedState,
  now: Instant,
  { isDryRun = false, graceHours = 168 }: CleanUpOptions,
): Promise<CleanUp> {
  const before = now - graceHours * HOUR_MS;
  const first = await state.read();
  const expired = Object.values(first.environments).filter(
    (record) => record.name !== PRODUCTION && isExpired(record, now),
  );
  const environments = expired.map(({ name }) => name).toSorted();
  if (isDryRun) {
    const left = Object.entries(first.environments).filter(([name]) => !environments.includes(name));
    return {
      environments,
      tables: unreferenced({ ...first, environments: Object.fromEntries(left) }, before),
    };
  }
  for (const { name, epoch } of expired) {
    await state.removeEnvironment({ name, expectedEpoch: epoch, expiredBy: now });
    await engine.removeViews(name);
  }
  const view = await state.read();
  const ids = unreferenced(view, before).map(({ snapshot }) => snapshot);
  const dropping = await state.markDropping(ids, { forgetPreviousBefore: before });
  await engine.drop(dropping);
  await state.removeSnapshots(dropping);
  await state.collectManifests();
  const tables = dropping.map((snapshot) => ({ snapshot, node: view.snapshots[snapshot]?.node ?? snapshot }));
  return { environments, tables };
}

/** Old snapshots that no environment shows, nor would show after a rollback that is still possible. */
function unreferenced({ snapshots, environments }: StateView, before: Instant): CleanUp['tables'] {
  const used = new Set<SnapshotId>();
  for (const { pointers, previous, switchedAt } of Object.values(environments)) {
    for (const { snapshot } of Object.values(pointers)) used.add(snapshot);
    if (switchedAt >= before) for (const { snapshot } of Object.values(previous ?? {})) used.add(snapshot);
  }
  return Object.values(snapshots)
    .filter(({ id, createdAt, dropping }) => !used.has(id) && (createdAt < before || dropping === true))
    .map(({ id, node }) => ({ node, snapshot: id }));
}

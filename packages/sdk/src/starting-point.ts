import { EnvironmentError, parseFoundation, PRODUCTION } from '@seeknal/environments';
import type { Manifest } from '@seeknal/manifest';
import {
  metadataOf,
  type EnvironmentRecord,
  type Pointer,
  type SnapshotId,
  type StateView,
} from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

/**
 * The environment as it is; or, where it is to be made, as if it had been: with the pointers of the one it
 * starts from, at epoch 0. Null: it starts from nothing.
 *
 * @throws {EnvironmentError} `ENVIRONMENT_UNKNOWN` for a start that is not there.
 */
export function startingFrom(
  { environments }: StateView,
  name: string,
  from: string = PRODUCTION,
): EnvironmentRecord | null {
  const own = environments[name];
  if (own !== undefined || name === PRODUCTION) return own ?? null;
  const start = environments[from];
  if (start === undefined && from !== PRODUCTION) {
    throw EnvironmentError.unknown(from, Object.keys(environments));
  }
  return {
    name,
    epoch: 0,
    pointers: start?.pointers ?? {},
    manifest: start?.manifest ?? null,
    previous: null,
    createdAt: 0,
    switchedAt: 0,
    expiresAt: null,
  };
}

/**
 * The environment with snapshots of its own for what it writes outside the warehouse: a file that is written
 * for an environment is not the file of `prod`.
 */
export function withOwnExposures(
  start: EnvironmentRecord | null,
  { nodes }: Manifest,
): EnvironmentRecord | null {
  if (start === null || start.name === PRODUCTION) return start;
  const pointers: Record<string, Pointer> = { ...start.pointers };
  for (const node of Object.values(nodes)) {
    if (node.spec.kind !== 'exposure' || pointers[node.id]?.fingerprint === node.fingerprint) continue;
    const snapshot = `${node.fingerprint}@${start.name}`;
    pointers[node.id] = { snapshot, fingerprint: node.fingerprint, metadata: metadataOf(node) };
  }
  return { ...start, pointers };
}

/** The state as a plan for that environment sees it. */
export const withStart = (view: StateView, start: EnvironmentRecord | null): StateView =>
  start === null ? view : { ...view, environments: { ...view.environments, [start.name]: start } };

/** Tables that `prod` shows: another environment reads them, and never writes them. Sources have none. */
export function ownedByProduction(
  { environments, snapshots }: StateView,
  environment: string,
): ReadonlySet<SnapshotId> {
  if (environment === PRODUCTION) return new Set();
  const shown = Object.values(environments[PRODUCTION]?.pointers ?? {}).map(({ snapshot }) => snapshot);
  return new Set(shown.filter((id) => snapshots[id]?.materialization !== 'source'));
}

/**
 * The manifest that an environment was last applied from.
 *
 * @throws {EnvironmentError} `ENVIRONMENT_UNKNOWN`; `ENVIRONMENT_INCOMPLETE` when none was kept.
 */
export async function frozenManifest(name: string, view: StateView, state: ScopedState): Promise<Manifest> {
  const record = view.environments[name];
  if (record === undefined) throw EnvironmentError.unknown(name, Object.keys(view.environments));
  const id = record.manifest ?? null;
  const foundation = parseFoundation(id === null ? null : await state.manifest(id));
  if (foundation === null) {
    throw new EnvironmentError(
      'ENVIRONMENT_INCOMPLETE',
      `Of ${name} it is not kept what it was applied from`,
      `Apply it once more without --frozen.`,
    );
  }
  return foundation.manifest;
}

import type { Engine, View } from '@seeknal/engine';
import type { Instant } from '@seeknal/intervals';
import type { JsonObject, NodeId } from '@seeknal/manifest';
import type { EnvironmentRecord, Pointer } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

export interface EnvironmentSwitch {
  readonly name: string;
  /** The environment as it was read; null: it is made. */
  readonly record: EnvironmentRecord | null;
  readonly pointers: { readonly [node: NodeId]: Pointer };
  /** Inputs first. */
  readonly views: readonly View[];
  /** What the pointers were made from. */
  readonly foundation: { readonly id: string; readonly text: string } | null;
  readonly at: Instant;
  readonly expiresAt: Instant | null;
  /** Epochs of the warehouse, read before anything was done: whoever switches meanwhile gets there first. */
  readonly epochs: { readonly [environment: string]: number };
}

export interface Switching {
  readonly environment: EnvironmentRecord;
  /** Nodes whose views were made, replaced or dropped. */
  readonly changed: readonly NodeId[];
  /** Statements that make, replace or drop something in the warehouse. */
  readonly statements: number;
}

/**
 * Moves an environment: one transaction in the warehouse swaps the views that differ and notes where the
 * pointers go, then the state follows. A process that dies in between is made good by `recoverSwitches`.
 *
 * @throws `ENGINE_SWITCH_REFUSED`, `STATE_ENVIRONMENT_MOVED` when another switch came first.
 */
export async function switchEnvironment(
  { engine, state }: { readonly engine: Engine; readonly state: ScopedState },
  { name, record, pointers, views, foundation, at, expiresAt, epochs }: EnvironmentSwitch,
): Promise<Switching> {
  const expectedEpoch = record?.epoch ?? 0;
  const manifest = foundation?.id ?? null;
  if (foundation !== null) await state.saveManifest(foundation.id, foundation.text);
  const { changed, statements } = await engine.switchViews({
    environment: name,
    epoch: Math.max(expectedEpoch, epochs[name] ?? 0) + 1,
    views,
    note: { pointers, manifest, at, expiresAt } as unknown as JsonObject,
  });
  const environment = await state.switchEnvironment({
    name,
    expectedEpoch,
    pointers,
    manifest,
    at,
    expiresAt,
  });
  return { environment, changed, statements };
}

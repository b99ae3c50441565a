import type { Interval } from '@seeknal/intervals';
import { canonicalJson, type NodeId } from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import {
  metadataOf,
  plan as makePlan,
  resolveNodes,
  wantedOf,
  type EnvironmentRecord,
  type Plan,
  type ResolvedNode,
  type StateView,
} from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { lookOutside } from './outside.ts';
import { selectNodes, type Selection } from './selection.ts';
import { NO_WAREHOUSE, type Session } from './session.ts';

/** The environment that `run` works on. */
export const ENVIRONMENT = 'prod';

export interface PlanOptions extends Selection {
  /** Only intervals that start in here; null: everything wanted up to now. */
  readonly range?: Interval | null;
  /** Run what is done again. */
  readonly full?: boolean;
}

/** Everything known at one moment, before anything is done about it. */
export interface Situation {
  readonly view: StateView;
  readonly environment: EnvironmentRecord | null;
  /** In topological order. */
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  readonly selected: ReadonlySet<NodeId> | null;
  readonly files: ReadonlyMap<NodeId, FoundFiles>;
  readonly plan: Plan;
  readonly range: Interval | null;
}

/** Looks at the state, the files and the clock, and plans. Opens the warehouse only where it must. */
export async function situationOf(
  { manifest, settings }: Pick<LoadedProject, 'manifest' | 'settings'>,
  session: Session,
  now: number,
  options: PlanOptions,
): Promise<Situation> {
  const warehouse = await session.warehouse();
  const state = await session.state(warehouse);
  const range = options.range ?? null;
  const resolve = (of: StateView): Situation['resolved'] =>
    resolveNodes(manifest, of, of.environments[ENVIRONMENT] ?? null, now, range);
  let view = await state.read();
  // A state without a single table may have been lost: the warehouse knows.
  if (warehouse !== NO_WAREHOUSE && Object.keys(view.snapshots).length === 0) await session.engine();
  let resolved = resolve(view);
  if (await adopt(session, state, resolved)) {
    view = await state.read();
    resolved = resolve(view);
  }
  const selected = selectNodes(manifest, options);
  const looked = [...resolved.keys()].filter((id) => selected === null || selected.has(id));
  const recordOf = (id: NodeId) => resolved.get(id)?.record ?? null;
  const { outside, files } = await lookOutside(settings.folder, manifest, looked, recordOf);
  const plan = makePlan({
    manifest,
    state: view,
    environment: ENVIRONMENT,
    warehouse,
    now,
    range,
    select: selected,
    full: options.full ?? false,
    outside,
  });
  const environment = view.environments[ENVIRONMENT] ?? null;
  return { view, environment, resolved, selected, files, plan, range };
}

/**
 * Tables that the warehouse has and the state does not know, because it was lost: they are taken over as
 * far as the ledger proves them.
 */
async function adopt(
  session: Session,
  state: ScopedState,
  resolved: Situation['resolved'],
): Promise<boolean> {
  const unknown = [...resolved.values()].filter(({ record }) => record === null);
  if (!session.hasEngine || unknown.length === 0) return false;
  const engine = await session.engine();
  const heads = await engine.heads();
  const lost = unknown.map(({ snapshot }) => snapshot).filter(({ id }) => (heads[id] ?? 0) > 0);
  if (lost.length === 0) return false;
  await state.addSnapshots(lost);
  return session.repair(engine, state, Object.values((await state.read()).snapshots), true);
}

/** Whether the environment would show something else although nothing has to run. */
export function movesPointers({ environment, plan, resolved, view }: Situation): boolean {
  const before = environment?.pointers ?? {};
  if (Object.keys(before).some((id) => !(id in plan.pointers))) return true;
  return Object.entries(plan.pointers).some(([id, snapshot]) => {
    // What has no rows yet is not shown, however long that lasts.
    if ((view.snapshots[snapshot]?.done ?? []).length === 0) return false;
    const pointer = before[id];
    if (pointer?.snapshot !== snapshot) return true;
    const node = resolved.get(id)?.node;
    return node !== undefined && canonicalJson(metadataOf(node)) !== canonicalJson(pointer.metadata);
  });
}

/** What a node wants in the range asked for, computed once a node. */
export function wantedBy(
  { resolved }: Pick<Situation, 'resolved'>,
  now: number,
  range: Interval | null,
): (node: NodeId) => readonly Interval[] {
  const known = new Map<NodeId, readonly Interval[]>();
  return (node) => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const of = resolved.get(node);
    const wanted = of === undefined ? [] : wantedOf(of, now, range);
    known.set(node, wanted);
    return wanted;
  };
}

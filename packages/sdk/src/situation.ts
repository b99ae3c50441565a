import type { Instant, Interval } from '@seeknal/intervals';
import { checkEnvironmentName, PRODUCTION, type FoundRows } from '@seeknal/environments';
import { canonicalJson, select, type Manifest, type NodeId, type Renames } from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import {
  metadataOf,
  plan as makePlan,
  proofsOf,
  renamesIn,
  resolveNodes,
  wantedOf,
  withProofs,
  withRenames,
  type EnvironmentRecord,
  type Plan,
  type ResolvedNode,
  type StateView,
  type Verified,
} from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { askedFor } from './asked.ts';
import { foundationFor } from './foundation-for.ts';
import { lookOutside } from './outside.ts';
import { continuing } from './continuing.ts';
import { restating, withoutDone } from './restating.ts';
import { saidCategories, saidToBreak, withoutProofs, type SaidCategory } from './said-categories.ts';
import { selectNodes, type Selection } from './selection.ts';
import { notesOn, pythonRows } from './python-rows.ts';
import { impactsOf } from './impacts.ts';
import { NO_WAREHOUSE, type Session } from './session.ts';
import {
  frozenManifest,
  ownedByProduction,
  startingFrom,
  withOwnExposures,
  withStart,
} from './starting-point.ts';
import { withoutTasks } from './without-tasks.ts';

export interface PlanOptions extends Selection {
  /** Default: `prod`. */
  readonly environment?: string;
  /** The environment that a new one starts from; default: `prod`. */
  readonly from?: string;
  /** Plan with the manifest that the environment was last applied from, whatever the files say now. */
  readonly frozen?: boolean;
  /** Make a range of these nodes anew (null: all of it), and what was made from it. */
  readonly restate?: { readonly nodes: readonly string[]; readonly range: Interval | null };
  /** Run nothing: only names move, to what is complete already. */
  readonly skipBackfill?: boolean;
  /**
   * Outside `prod`: show a changed node only when it has every interval that is wanted, not only those of the
   * range asked for. In `prod` this is always so.
   */
  readonly noGaps?: boolean;
  /**
   * Changed tables that are filled interval by interval go on with the rows that they have, in copies of their
   * own, and the new definition counts for what is missing.
   */
  readonly forwardOnly?: boolean;
  /** With `forwardOnly`: the new definition makes intervals anew from the one that holds this instant. */
  readonly effectiveFrom?: Instant;
  /** What the caller says of changes where the analysis is not to decide. */
  readonly categories?: { readonly [node: string]: SaidCategory };
  /** Only intervals that start in here; null: everything wanted up to now. */
  readonly range?: Interval | null;
  /** Run what is done again. */
  readonly full?: boolean;
  /**
   * Try every reuse that rests on a proof on the rows themselves: run the new query over the same inputs,
   * compare, and build what differs. With a sample about so many rows of each node are compared, which may
   * refute a proof and proves nothing. Costs what the queries cost.
   */
  readonly verify?: boolean | { readonly sample: number };
}

/** Everything known at one moment, before anything is done about it. */
export interface Situation {
  /** With the environment under the names that the manifest has. */
  readonly view: StateView;
  /** Where the environment stands, or where one that is made starts from; null: from nothing. */
  readonly environment: EnvironmentRecord | null;
  /** What is planned: the project's files, or what the environment was applied from. */
  readonly manifest: Manifest;
  /** What `environment` calls nodes that are called otherwise now. */
  readonly renames: Renames;
  /** In topological order. */
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  readonly selected: ReadonlySet<NodeId> | null;
  readonly files: ReadonlyMap<NodeId, FoundFiles>;
  readonly plan: Plan;
  readonly range: Interval | null;
}

/**
 * Looks at the state, the files and the clock, and plans. Opens the warehouse only where it must.
 *
 * @param rows What comparisons of rows found.
 * @throws {EnvironmentError} `ENVIRONMENT_NAME_INVALID`, `ENVIRONMENT_CASE`, `ENVIRONMENT_UNKNOWN`.
 */
export async function situationOf(
  loaded: Pick<LoadedProject, 'manifest' | 'settings'>,
  session: Session,
  now: number,
  options: PlanOptions,
  rows: ReadonlyMap<NodeId, FoundRows> = new Map(),
): Promise<Situation> {
  const { settings } = loaded;
  const { environment: name = PRODUCTION } = options;
  const warehouse = await session.warehouse();
  const state = await session.state(warehouse);
  const range = options.range ?? null;
  let view = await state.read();
  // A state without a single table may have been lost: the warehouse knows.
  if (warehouse !== NO_WAREHOUSE && Object.keys(view.snapshots).length === 0) {
    await session.engine();
    view = await state.read();
  }
  checkEnvironmentName(name, Object.keys(view.environments));
  const manifest = options.frozen === true ? await frozenManifest(name, view, state) : loaded.manifest;
  let environment = startingFrom(view, name, options.from);
  let renames = renamesIn(manifest, environment);
  const startOf = (of: StateView): StateView => {
    environment = startingFrom(of, name, options.from);
    renames = renamesIn(manifest, environment);
    return withStart(of, withOwnExposures(withRenames(environment, renames), manifest));
  };
  const resolve = (of: StateView): Situation['resolved'] =>
    resolveNodes(manifest, of, of.environments[name] ?? null, now, range);
  view = startOf(view);
  let resolved = resolve(view);
  if (await adopt(session, state, resolved)) {
    view = startOf(await state.read());
    resolved = resolve(view);
  }
  const said = saidCategories(options, manifest);
  const distrusted = saidToBreak(said);
  if (distrusted.size > 0) {
    view = withoutProofs(view, manifest, resolved, distrusted);
    resolved = resolve(view);
  }
  const before = view.environments[name] ?? null;
  const impacts = await impactsOf(resolved, view, before, session.queries.parse, said);
  const proofs = proofsOf(impacts, resolved, view, now);
  if (proofs.length > 0) {
    view = withProofs(view, proofs);
    resolved = resolve(view);
  }
  const selected = selectNodes(manifest, options);
  const anew = anewBy(options, name, manifest, selected);
  const restated =
    anew === null
      ? null
      : restating(name, now, anew.nodes, anew.range, anew.reason, manifest, resolved, view, resolve);
  if (restated !== null) {
    view = restated.view;
    resolved = resolve(view);
  }
  const onward =
    options.forwardOnly === true
      ? continuing(name, now, options.effectiveFrom ?? null, selected, resolved, impacts, view, resolve)
      : null;
  if (onward !== null) {
    view = withoutDone(onward.view, onward.invalidations);
    resolved = resolve(view);
  }
  const looked = [...resolved.keys()].filter((id) => selected === null || selected.has(id));
  const recordOf = (id: NodeId) => resolved.get(id)?.record ?? null;
  const { outside, files } = await lookOutside(settings.folder, manifest, looked, recordOf, name);
  const planned = makePlan({
    manifest,
    state: view,
    environment: name,
    warehouse,
    now,
    range,
    select: selected,
    // Elsewhere that is a restatement: what others show is copied first.
    full: name === PRODUCTION && (options.full ?? false),
    invalidations: [...(restated?.invalidations ?? []), ...(onward?.invalidations ?? [])],
    forks: [...(restated?.forks ?? []), ...(onward?.forks ?? [])],
    ...(onward !== null && { continued: onward.continued }),
    categories: said,
    outside,
    notes: { ...(await pythonNotes(loaded, view, name)), ...notesIn(rows) },
    verified: verifiedIn(rows),
    owned: ownedByProduction(view, name),
    renames,
    impacts,
    proofs,
    asked: askedFor(options, manifest),
  });
  const plan = options.skipBackfill === true ? withoutTasks(planned) : planned;
  return { view, environment, manifest, renames, resolved, selected, files, plan, range };
}

/** What is to be made anew whether or not it is done; null: nothing. */
function anewBy(
  { restate, full, range = null }: PlanOptions,
  environment: string,
  manifest: Manifest,
  selected: ReadonlySet<NodeId> | null,
): { readonly nodes: ReadonlySet<NodeId>; readonly range: Interval | null; readonly reason: string } | null {
  if (restate !== undefined) {
    return { nodes: select(manifest, restate.nodes), range: restate.range, reason: 'restated' };
  }
  if (full !== true || environment === PRODUCTION) return null;
  return { nodes: selected ?? new Set(Object.keys(manifest.nodes)), range, reason: 'full refresh' };
}

/** What of the Python project a first run would take over, and what it would build. */
async function pythonNotes(
  loaded: Pick<LoadedProject, 'manifest' | 'settings'>,
  { environments }: StateView,
  name: string,
): Promise<{ readonly [node: NodeId]: readonly string[] }> {
  if (name !== PRODUCTION || PRODUCTION in environments) return {};
  return notesOn(await pythonRows(loaded));
}

const notesIn = (rows: ReadonlyMap<NodeId, FoundRows>): { readonly [node: NodeId]: readonly string[] } =>
  Object.fromEntries([...rows].flatMap(([id, { notes }]) => (notes.length === 0 ? [] : [[id, notes]])));

const verifiedIn = (rows: ReadonlyMap<NodeId, FoundRows>): ReadonlyMap<NodeId, Verified> =>
  new Map([...rows].flatMap(([id, { verified }]) => (verified === null ? [] : [[id, verified] as const])));

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
export async function movesPointers(situation: Situation, session: Session): Promise<boolean> {
  const { environment, plan, resolved, view } = situation;
  const { environment: name } = plan;
  if (name !== PRODUCTION) {
    // What it rests on moved: a promotion would be refused until that is noted.
    if (plan.base.environment.epoch === 0) return true;
    const state = await session.state(plan.warehouse);
    const foundation = await foundationFor(situation, environment?.pointers ?? {}, [], state);
    if (environment?.manifest !== foundation.id) return true;
  }
  const before = environment?.pointers ?? {};
  if (Object.keys(before).some((id) => !(id in plan.pointers))) return true;
  return Object.entries(plan.pointers).some(([id, snapshot]) => {
    // What has no rows yet is not shown, however long that lasts.
    if ((view.snapshots[snapshot]?.done ?? []).length === 0) return false;
    const pointer = before[id];
    if (pointer?.snapshot !== snapshot) return true;
    const node = resolved.get(id)?.node;
    if (node !== undefined && pointer.fingerprint !== node.fingerprint) return true;
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

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Commit, Engine, QueryOptions, QueryResult } from '@seeknal/engine';
import { applyPlan, reconcile, type Applied } from '@seeknal/environments';
import { alignInward, difference, schedule, type Instant, type Interval } from '@seeknal/intervals';
import { canonicalJson, select, type Manifest, type NodeId } from '@seeknal/manifest';
import { localOrchestrator, type ExecutionContext, type Orchestrator } from '@seeknal/orchestrator-adapter';
import {
  hasIntervals,
  metadataOf,
  plan as makePlan,
  resolveNodes,
  restate,
  type ResolvedNode,
  type Snapshot,
  type SnapshotId,
  type StateView,
} from '@seeknal/plan';
import type { Problem, Project as LoadedProject, ProjectSettings } from '@seeknal/project';
import type { IntervalEvent, RunRecord, ScopedState, StateBackend } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { absolute, findFiles, lookOutside } from './outside.ts';
import { durations, nodeStates } from './remember.ts';
import type { RunEvent, RunReport } from './report.ts';
import { selectNodes, type Selection } from './selection.ts';
import { wantedBy, type Situation } from './situation.ts';
import { lookAtWarehouse, noteWarehouse, type WarehouseFile } from './warehouse-file.ts';

export interface PlanOptions extends Selection {
  /** Only intervals that start in here; null: everything wanted up to now. */
  readonly range?: Interval | null;
  /** Run what is done again. */
  readonly full?: boolean;
}

export interface RunOptions extends PlanOptions {
  /** Tasks at the same time; default 4. */
  readonly maxWorkers?: number;
  /** How often a task whose error may pass is tried again; default 0. */
  readonly retries?: number;
  /** Aborting it interrupts what runs; finished tasks count. */
  readonly signal?: AbortSignal;
  /** Default: this process. */
  readonly orchestrator?: Orchestrator;
  readonly onEvent?: (event: RunEvent) => void;
}

/** A node's intervals: what it should have, what it has. */
export interface NodeIntervals {
  readonly node: NodeId;
  /** Null: one interval, all of time. */
  readonly schedule: string | null;
  readonly timeZone: string | null;
  readonly wanted: readonly Interval[];
  readonly done: readonly Interval[];
  readonly missing: readonly Interval[];
}

/** A stretch of a node's history. */
export interface NodeStretch {
  readonly node: NodeId;
  readonly range: Interval;
}

interface Surroundings {
  readonly now: Instant;
  readonly env: { readonly [name: string]: string | undefined };
  readonly waitMs: number;
  readonly params: { readonly [name: string]: unknown };
}

const ENVIRONMENT = 'prod';
/** Stands for the id of a warehouse that has not been made yet. */
const NO_WAREHOUSE = 'none yet';
const LEASE_MS = 60_000;
/** Stands before the reason of a restatement among the events of a node. */
const RESTATED = 'restated: ';
/** Events looked at for restatements that are still open. */
const EVENTS_READ = 10_000;

/** An open project: plans, runs and queries it. Close it when done. */
export class Project {
  readonly settings: ProjectSettings;
  readonly manifest: Manifest;
  readonly warnings: readonly Problem[];
  readonly now: Instant;
  readonly #around: Surroundings;
  readonly #target: string;
  readonly #warehousePath: string;
  #emit: (event: RunEvent) => void = () => {};
  #backend: StateBackend | undefined;
  #engine: Engine | undefined;

  constructor({ settings, manifest, warnings }: LoadedProject, around: Surroundings) {
    this.settings = settings;
    this.manifest = manifest;
    this.warnings = warnings;
    this.now = around.now;
    this.#around = around;
    this.#target = join(settings.folder, 'target');
    this.#warehousePath = absolute(settings.folder, settings.warehouse);
  }

  /** What a run would do now. Opens the warehouse only when its file is not the one that was left. */
  async plan(options: PlanOptions = {}): Promise<Situation['plan']> {
    return (await this.#situation(options)).plan;
  }

  /**
   * Plans and applies the working tree to `prod` in one step. Where nothing is to be done neither the engine
   * nor a parser is loaded.
   */
  async run(options: RunOptions = {}): Promise<RunReport> {
    const startedAt = performance.now();
    const emit = options.onEvent ?? (() => {});
    this.#emit = emit;
    const first = await this.#situation(options);
    const nothing = { runId: null, job: null, switched: [], held: [] };
    if (first.plan.tasks.length === 0 && !movesPointers(first)) {
      emit({ type: 'planned', plan: first.plan });
      const status = 'nothing_to_do';
      return { ...nothing, status, plan: first.plan, durationMs: performance.now() - startedAt };
    }
    const engine = await this.#openEngine();
    const state = await this.#state(engine.warehouseId);
    const situation = await this.#situation(options);
    emit({ type: 'planned', plan: situation.plan });
    const runId = this.#runId();
    const backend = await this.#openBackend();
    const config = { environment: ENVIRONMENT, plan: situation.plan.id, full: options.full ?? false };
    await backend.createRun(runId, { startedAt: this.now, config });
    const { plan } = situation;
    await state.addSnapshots(plan.snapshots);
    await state.invalidate(`${runId}/${plan.id}`, plan.invalidations, this.now);
    const signal = options.signal ?? new AbortController().signal;
    const context = this.#context(runId, situation, state, engine);
    const spent = durations();
    const applied = await applyPlan(plan, context, {
      orchestrator: options.orchestrator ?? localOrchestrator(),
      maxWorkers: options.maxWorkers ?? 4,
      retries: options.retries ?? 0,
      signal,
      onEvent: (event) => {
        spent.note(event);
        emit(event);
      },
      wanted: wantedBy(situation, this.now, null),
      known: new Set(Object.keys(this.manifest.nodes)),
      isPartial: situation.selected !== null,
    });
    const status = statusOf(applied, signal);
    await this.#remember(runId, status, applied.job, spent.durationMs, state);
    const { job, switched, held } = applied;
    return { runId, status, plan, job, switched, held, durationMs: performance.now() - startedAt };
  }

  /** Rows of a SELECT over the views of `prod`. */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const engine = await this.#openEngine();
    return engine.query(sql, options);
  }

  /** What every node that can run should have and has, in topological order. */
  async intervals(options: PlanOptions = {}): Promise<readonly NodeIntervals[]> {
    const situation = await this.#situation(options);
    const wanted = wantedBy(situation, this.now, situation.range);
    return [...situation.resolved]
      .filter(([id]) => situation.selected === null || situation.selected.has(id))
      .map(([id, { snapshot, record }]) => ({
        node: id,
        schedule: snapshot.schedule?.expression ?? null,
        timeZone: snapshot.schedule?.timeZone ?? null,
        wanted: wanted(id),
        done: record?.done ?? [],
        missing: difference(wanted(id), record?.done ?? []),
      }));
  }

  /**
   * Marks stretches to be run again: the nodes' own and everything downstream that was made from them. They
   * are missing from now on; the next run fills them.
   *
   * @throws {SdkError} `SDK_OUTSIDE_HISTORY` when a node has nothing in the range.
   */
  async restate(of: { readonly nodes: readonly string[]; readonly range: Interval; readonly reason: string }): Promise<
    readonly NodeStretch[]
  > {
    const situation = await this.#situation({});
    const nodes = this.#named(of.nodes, situation);
    const invalidations = restate(situation.resolved, nodes, of.range, `${RESTATED}${of.reason}`);
    const nodeOf = nodesBySnapshot(situation);
    const stretches = invalidations.map(({ snapshot, range }) => ({ node: nodeOf(snapshot), range }));
    for (const node of nodes) {
      if (of.nodes.length > 0 && stretches.every((stretch) => stretch.node !== node)) {
        throw SdkError.outsideHistory(node, situation.resolved.get(node)?.record?.done ?? []);
      }
    }
    const state = await this.#state(situation.plan.warehouse);
    await state.invalidate(`restate/${this.#runId()}`, invalidations, this.now);
    return stretches;
  }

  /** Restated stretches that have not been run since, oldest first. */
  async restatements(): Promise<readonly (NodeStretch & { readonly reason: string; readonly at: Instant })[]> {
    const situation = await this.#situation({});
    const state = await this.#state(situation.plan.warehouse);
    const current = new Set([...situation.resolved.values()].map(({ snapshot }) => snapshot.id));
    const told = (await state.events({ limit: EVENTS_READ }))
      .filter(({ kind, reason, snapshot }) => kind === 'invalidated' && reason.startsWith(RESTATED) && current.has(snapshot))
      .toReversed();
    return told.flatMap(({ at, node, snapshot, range, reason }) =>
      difference([range], situation.view.snapshots[snapshot]?.done ?? []).map((part) => ({
        node,
        range: part,
        reason: reason.slice(RESTATED.length),
        at,
      })),
    );
  }

  /**
   * Takes restatements back: what was only marked, and not run since, counts as done again with the rows
   * that it has.
   */
  async clearRestatements(nodes: readonly string[]): Promise<readonly NodeStretch[]> {
    const situation = await this.#situation({});
    const named = this.#named(nodes, situation);
    const pending = (await this.restatements()).filter(({ node }) => named.has(node));
    await this.#complete(situation, pending, 'restatement taken back');
    return pending.map(({ node, range }) => ({ node, range }));
  }

  /**
   * Counts stretches as done on the caller's word, without running anything: only whole intervals inside
   * the range, in the nodes' own schedules. They are run after all when what they read changes later, the
   * first load of a file included.
   *
   * @throws {SdkError} `SDK_OUTSIDE_HISTORY` when the range holds no whole interval of a node that was named.
   */
  async complete(of: { readonly nodes: readonly string[]; readonly range: Interval; readonly reason?: string }): Promise<
    readonly NodeStretch[]
  > {
    // What is noted belongs to a warehouse: one that is not there yet is made.
    await this.#openEngine();
    const situation = await this.#situation({});
    const named = this.#named(of.nodes, situation);
    const stretches: NodeStretch[] = [];
    for (const [node, { snapshot }] of situation.resolved) {
      if (!named.has(node) || snapshot.schedule === null || !hasIntervals(snapshot)) continue;
      const { expression, timeZone } = snapshot.schedule;
      const range = alignInward(of.range, schedule(expression, { timeZone }));
      if (range !== null) stretches.push({ node, range });
      else if (of.nodes.length > 0) throw SdkError.noWholeInterval(node, expression);
    }
    await this.#complete(situation, stretches, of.reason ?? 'completed by hand');
    return stretches;
  }

  async #complete(situation: Situation, stretches: readonly NodeStretch[], reason: string): Promise<void> {
    const state = await this.#state(situation.plan.warehouse);
    const snapshotOf = (node: NodeId): Snapshot => (situation.resolved.get(node) as ResolvedNode).snapshot;
    await state.addSnapshots(stretches.map(({ node }) => snapshotOf(node)));
    const words = stretches.map(({ node, range }) => ({ snapshot: snapshotOf(node).id, range, reason }));
    await state.complete(words, this.now);
  }

  /** The nodes of exact selectors that have intervals; all that have, without any. */
  #named(selectors: readonly string[], { resolved }: Situation): ReadonlySet<NodeId> {
    if (selectors.length > 0) return select(this.manifest, selectors);
    return new Set([...resolved].filter(([, { snapshot }]) => hasIntervals(snapshot)).map(([id]) => id));
  }

  /** What the warehouse says was committed, in order of table and time: the truth that the state is a copy of. */
  async ledger(): Promise<readonly Commit[]> {
    return (await this.#openEngine()).commits();
  }

  /** The newest runs first. */
  async runs(limit = 20): Promise<readonly RunRecord[]> {
    return (await this.#openBackend()).listRuns(limit);
  }

  /** What happened to the intervals of the project, newest first. */
  async events(limit = 100): Promise<readonly IntervalEvent[]> {
    const found = await lookAtWarehouse(this.#warehousePath, this.#target);
    const state = await this.#state(warehouseId(found) ?? NO_WAREHOUSE);
    return state.events({ limit });
  }

  /** Interrupts what runs and gives everything back. */
  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    if (engine !== undefined) {
      await engine.close();
      const { warehouseId: id, openToken } = engine;
      await noteWarehouse(this.#warehousePath, this.#target, id, openToken.current);
    }
    await this.#backend?.close();
    this.#backend = undefined;
  }

  async #situation(options: PlanOptions): Promise<Situation> {
    const warehouse = await this.#warehouse();
    const state = await this.#state(warehouse);
    const range = options.range ?? null;
    let view = await state.read();
    // A state without a single table may have been lost: the warehouse knows.
    if (warehouse !== NO_WAREHOUSE && Object.keys(view.snapshots).length === 0) await this.#openEngine();
    let resolved = this.#resolve(view, range);
    if (await this.#adopt(state, resolved)) {
      view = await state.read();
      resolved = this.#resolve(view, range);
    }
    const environment = view.environments[ENVIRONMENT] ?? null;
    const selected = selectNodes(this.manifest, options);
    const { outside, files } = await lookOutside(
      this.settings.folder,
      this.manifest,
      [...resolved.keys()].filter((id) => selected === null || selected.has(id)),
      (id) => resolved.get(id)?.record ?? null,
      this.now,
    );
    const plan = makePlan({
      manifest: this.manifest,
      state: view,
      environment: ENVIRONMENT,
      warehouse,
      now: this.now,
      range,
      select: selected,
      full: options.full ?? false,
      outside,
    });
    return { view, environment, resolved, selected, files, plan, range };
  }

  #resolve(view: StateView, range: Interval | null): Situation['resolved'] {
    return resolveNodes(this.manifest, view, view.environments[ENVIRONMENT] ?? null, this.now, range);
  }

  /** The id of the warehouse, from the note where its file is as it was left, else from the warehouse itself. */
  async #warehouse(): Promise<string> {
    if (this.#engine !== undefined) return this.#engine.warehouseId;
    const found = await lookAtWarehouse(this.#warehousePath, this.#target);
    if (found.status === 'absent') return NO_WAREHOUSE;
    if (found.status === 'same') return found.note.id;
    return (await this.#openEngine()).warehouseId;
  }

  /** Opens the warehouse once, and makes the state agree with its ledger. */
  async #openEngine(): Promise<Engine> {
    if (this.#engine !== undefined) return this.#engine;
    const found = await lookAtWarehouse(this.#warehousePath, this.#target);
    const { openDuckDb } = await import('@seeknal/engine-duckdb');
    const engine = await openDuckDb({ path: this.#warehousePath, waitMs: this.#around.waitMs });
    this.#engine = engine;
    if (found.status === 'absent' && found.previous !== null) {
      this.#emit({ type: 'fresh_warehouse', previous: found.previous });
    }
    const state = await this.#state(engine.warehouseId);
    const note = found.status === 'absent' ? null : found.note;
    // Without a note the state may still be that of this very file; only another token tells of a stranger.
    const isSameFile = note === null || note.token === engine.openToken.previous;
    await this.#reconcile(engine, state, await state.read(), isSameFile);
    return engine;
  }

  async #reconcile(
    engine: Engine,
    state: ScopedState,
    view: StateView,
    isSameFile: boolean,
  ): Promise<boolean> {
    const found = await reconcile(engine, state, Object.values(view.snapshots), isSameFile);
    const isRepaired = found.recorded + found.rebuilt > 0;
    if (isRepaired) this.#emit({ type: 'repaired', ...found });
    return isRepaired;
  }

  /**
   * Tables that the warehouse has and the state does not know, because it was lost: they are taken over as
   * far as the ledger proves them.
   */
  async #adopt(state: ScopedState, resolved: Situation['resolved']): Promise<boolean> {
    if (this.#engine === undefined) return false;
    const unknown = [...resolved.values()].filter(({ record }) => record === null);
    if (unknown.length === 0) return false;
    const heads = await this.#engine.heads();
    const lost = unknown.map(({ snapshot }) => snapshot).filter(({ id }) => (heads[id] ?? 0) > 0);
    if (lost.length === 0) return false;
    await state.addSnapshots(lost);
    return this.#reconcile(this.#engine, state, await state.read(), true);
  }

  async #openBackend(): Promise<StateBackend> {
    if (this.#backend === undefined) {
      const { openStateFile } = await import('@seeknal/state-file');
      const backend = openStateFile({ folder: this.#target });
      await backend.initialize();
      this.#backend = backend;
    }
    return this.#backend;
  }

  async #state(warehouse: string): Promise<ScopedState> {
    return (await this.#openBackend()).scope({ project: this.settings.name, warehouse });
  }

  #context(runId: string, situation: Situation, state: ScopedState, engine: Engine): ExecutionContext {
    const { folder } = this.settings;
    const specOf = (id: NodeId) => this.manifest.nodes[id]?.spec;
    const known = Object.values(situation.view.snapshots);
    const ids = new Set(known.map(({ id }) => id));
    const loaded = new Map(
      [...situation.files].filter(([id]) => situation.plan.tasks.every(({ node }) => node !== id)),
    );
    return {
      run: runId,
      holder: `${hostname()}:${process.pid}`,
      now: this.now,
      state,
      engine,
      resolved: situation.resolved,
      snapshots: [...known, ...situation.plan.snapshots.filter(({ id }) => !ids.has(id))],
      wanted: wantedBy(situation, this.now, situation.range),
      isSelected: (id) => situation.selected === null || situation.selected.has(id),
      render: async (id, text, interval) => {
        const { renderSql } = await import('@seeknal/project');
        const spec = specOf(id);
        const isTransform = spec?.kind === 'transform';
        return renderSql(text, {
          ...(isTransform && { inputs: spec.inputs }),
          folder,
          interval,
          timeZone: (isTransform ? spec.timing?.timeZone : undefined) ?? this.settings.defaults.timeZone,
          params: { ...(isTransform ? spec.params : {}), ...this.#around.params } as never,
          runId,
          now: this.now,
          env: this.#around.env,
          project: this.settings.name,
        });
      },
      files: async (id) => {
        const spec = specOf(id);
        if (spec?.kind !== 'source') throw new SdkError('SDK_NOT_A_SOURCE', `${id} is not a source`);
        const before = loaded.get(id) ?? situation.files.get(id);
        return findFiles(folder, spec, (before?.version ?? null) as never, Date.now());
      },
      loaded,
      absolute: (path) => absolute(folder, path),
      leaseMs: LEASE_MS,
    };
  }

  #runId(): string {
    const at = new Date(this.now).toISOString().replace(/[-:]/gu, '');
    return `${at.slice(0, 8)}_${at.slice(9, 15)}_${randomBytes(2).toString('hex')}`;
  }

  /** Closes the run's record, and exports what it left behind in the Python format. */
  async #remember(
    runId: string,
    status: RunReport['status'],
    job: Applied['job'],
    durationMs: ReadonlyMap<NodeId, number>,
    state: ScopedState,
  ): Promise<void> {
    const backend = await this.#openBackend();
    const states = nodeStates(this.manifest, await state.read(), job, durationMs, this.now);
    const finishedAt = Date.now();
    const ended = status === 'nothing_to_do' ? 'success' : status;
    const run = await backend.transaction(async (tx) => {
      for (const [node, nodeState] of Object.entries(states)) await tx.setNodeState(runId, node, nodeState);
      return tx.updateRun(runId, { status: ended, finishedAt });
    });
    const { exportRunState } = await import('@seeknal/state-file');
    exportRunState(this.#target, { runId, finishedAt, config: run.config, nodes: states });
  }
}

function nodesBySnapshot({ resolved }: Situation): (snapshot: SnapshotId) => NodeId {
  const nodes = new Map([...resolved.values()].map(({ snapshot }) => [snapshot.id, snapshot.node]));
  return (snapshot) => nodes.get(snapshot) ?? snapshot;
}

function statusOf({ job }: Applied, signal: AbortSignal): RunReport['status'] {
  if (signal.aborted) return 'cancelled';
  if (job.failed.length === 0) return 'success';
  return job.done.length + job.unchanged.length > 0 ? 'partial' : 'failed';
}

const warehouseId = (found: WarehouseFile): string | null =>
  found.status === 'same' ? found.note.id : found.status === 'unknown' ? (found.note?.id ?? null) : null;

/** Whether the environment would show something else although nothing has to run. */
function movesPointers({ environment, plan, resolved, view }: Situation): boolean {
  const before = environment?.pointers ?? {};
  const after = Object.entries(plan.pointers);
  if (Object.keys(before).some((id) => !(id in plan.pointers))) return true;
  return after.some(([id, snapshot]) => {
    const pointer = before[id];
    const node: ResolvedNode | undefined = resolved.get(id);
    if (view.snapshots[snapshot] === undefined) return false;
    if (pointer?.snapshot !== snapshot) return true;
    return node !== undefined && canonicalJson(metadataOf(node.node)) !== canonicalJson(pointer.metadata);
  });
}

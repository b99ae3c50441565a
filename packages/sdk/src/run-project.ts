import { randomBytes } from 'node:crypto';

import { applyPlan, expiry, PRODUCTION } from '@seeknal/environments';
import type { NodeId } from '@seeknal/manifest';
import { localOrchestrator, type JobResult, type Orchestrator } from '@seeknal/orchestrator-adapter';
import { settledRefutations, type Plan } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { executionContext, type Surroundings } from './execution.ts';
import { foundationFor } from './foundation-for.ts';
import { makeForks } from './make-forks.ts';
import { earlierContexts } from './manifest-context.ts';
import { durations, nodeStates } from './remember.ts';
import { renew } from './renew.ts';
import type { RunEvent, RunReport } from './report.ts';
import type { Session } from './session.ts';
import { takeOver } from './take-over.ts';
import { ownedByProduction } from './starting-point.ts';
import { verifiedSituation } from './verified-situation.ts';
import { movesPointers, situationOf, wantedBy, type PlanOptions, type Situation } from './situation.ts';

export interface RunOptions extends PlanOptions {
  /** Tasks at the same time; default 4. */
  readonly maxWorkers?: number;
  /** How often a task whose error may pass is tried again; default 0. */
  readonly retries?: number;
  /** Aborting it interrupts what runs; finished tasks count. */
  readonly signal?: AbortSignal;
  /** Default: this process. */
  readonly orchestrator?: Orchestrator;
  /** Hours that the environment lives from now on; `prod` for ever. Default 168. */
  readonly ttlHours?: number;
  /** Called with the plan before anything is done; anything but true leaves everything as it is. */
  readonly confirm?: (plan: Plan) => boolean | Promise<boolean>;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Plans, and applies the plan. Where there is nothing to do no engine is loaded. */
export async function runProject(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  options: RunOptions,
): Promise<RunReport> {
  const startedAt = performance.now();
  const emit = options.onEvent ?? (() => {});
  session.onEvent = emit;
  const nothing = (plan: Plan, status: RunReport['status']): RunReport => {
    const durationMs = performance.now() - startedAt;
    return { runId: null, status, plan, job: null, switched: [], statements: 0, held: [], durationMs };
  };
  await takeOver(loaded, around, session, options, (surroundings, situation, more) =>
    execute(loaded, surroundings, session, situation, more),
  );
  const first = await verifiedSituation(loaded, session, around, options);
  if (first.plan.tasks.length === 0 && !(await movesPointers(first, session))) {
    emit({ type: 'planned', plan: first.plan });
    await renew(first.environment, await session.state(first.plan.warehouse), around.now, options.ttlHours);
    return nothing(first.plan, isStuck(first.plan) ? 'failed' : 'nothing_to_do');
  }
  const isFirst = !session.hasEngine || (options.verify ?? false) === false;
  await session.engine();
  // Opening may have made or repaired something: what is shown is what is done.
  const situation = isFirst ? await situationOf(loaded, session, around.now, options) : first;
  emit({ type: 'planned', plan: situation.plan });
  if (options.confirm !== undefined && !(await options.confirm(situation.plan))) {
    return nothing(situation.plan, 'not_confirmed');
  }
  const report = await execute(loaded, around, session, situation, options);
  return { ...report, durationMs: performance.now() - startedAt };
}

/** Runs the tasks of a situation's plan, and points its environment at the result. */
export async function execute(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  situation: Situation,
  options: RunOptions,
): Promise<RunReport> {
  const { plan, manifest } = situation;
  const emit = options.onEvent ?? (() => {});
  const engine = await session.engine();
  const state = await session.state(engine.warehouseId);
  const runId = newRunId(around.now);
  const config = { environment: plan.environment, plan: plan.id, full: options.full ?? false };
  await (await session.backend()).createRun(runId, { startedAt: around.now, config });
  await state.addSnapshots(plan.snapshots);
  await makeForks(plan, situation.view, engine, state);
  await state.addProofs(plan.proofs);
  const settled = settledRefutations(plan.snapshots, situation.view);
  if (settled.length > 0) await state.removeProofs(settled);
  await state.invalidate(`${runId}/${plan.id}`, plan.invalidations, around.now);
  const signal = options.signal ?? new AbortController().signal;
  const spent = durations();
  const context = executionContext(runId, { ...loaded, manifest }, around, situation, state, engine);
  const isProduction = plan.environment === PRODUCTION;
  const owned = ownedByProduction(situation.view, plan.environment);
  // Outside prod a range shows what it is asked to show; promoting is what asks for all of it.
  const shown = isProduction || options.noGaps === true ? null : situation.range;
  const { job, switched, statements, held, moved } = await applyPlan(plan, context, {
    orchestrator: options.orchestrator ?? localOrchestrator(),
    maxWorkers: options.maxWorkers ?? 4,
    retries: options.retries ?? 0,
    signal,
    onEvent: (event) => {
      spent.note(event);
      emit(event);
    },
    wanted: wantedBy(situation, around.now, shown),
    known: new Set(Object.keys(manifest.nodes)),
    isPartial: situation.selected !== null,
    isSelected: (id) => situation.selected === null || situation.selected.has(id),
    isOwn: (id) => !owned.has(situation.resolved.get(id)?.snapshot.id ?? ''),
    base: situation.environment,
    renames: situation.renames,
    foundation: (pointers, held) => foundationFor(situation, pointers, held, state),
    expiresAt: expiry(plan.environment, around.now, options.ttlHours),
    earlier: () => earlierContexts(loaded, around, situation, state),
  });
  const status = signal.aborted ? 'cancelled' : statusOf(job, plan);
  await remember(runId, status, { ...loaded, manifest }, around.now, session, state, job, spent.durationMs);
  const report: RunReport = { runId, status, plan, job, switched, statements, held, durationMs: 0 };
  if (moved.length === 0 || signal.aborted) return report;
  emit({ type: 'moved', nodes: moved });
  return runAgain(report, loaded, around, session, options);
}

/** Plans what is left after data moved, and runs it: what ran before counts, and is not run again. */
async function runAgain(
  before: RunReport,
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  options: RunOptions,
): Promise<RunReport> {
  // Each round settles at least one node or takes a proof back, so there are no more rounds than nodes.
  const {
    restate: _restate,
    verify: _verify,
    effectiveFrom: _effectiveFrom,
    categories: _categories,
    ...rest
  } = { ...options, full: false };
  const situation = await situationOf(loaded, session, around.now, rest);
  const after = await execute(loaded, around, session, situation, rest);
  return { ...after, runId: before.runId, plan: before.plan, job: joined(before.job, after.job) };
}

const joined = (a: RunReport['job'], b: RunReport['job']): RunReport['job'] =>
  a === null || b === null
    ? (a ?? b)
    : {
        done: [...a.done, ...b.done],
        unchanged: [...a.unchanged, ...b.unchanged],
        failed: [...a.failed, ...b.failed],
        skipped: [...a.skipped, ...b.skipped],
        cancelled: [...a.cancelled, ...b.cancelled],
      };

/** `20240105_080000_3f9a01c7`: by the command's clock, with a tail that tells those of one second apart. */
export function newRunId(now: number): string {
  const at = new Date(now).toISOString().replace(/[-:]/gu, '');
  return `${at.slice(0, 8)}_${at.slice(9, 15)}_${randomBytes(4).toString('hex')}`;
}

/** Whether a node that could run cannot, because rows that it reads are neither there nor asked for. */
const isStuck = ({ nodes }: Plan): boolean =>
  nodes.some(({ action, snapshot }) => action === 'blocked' && snapshot !== null);

function statusOf({ failed, done, unchanged }: JobResult, plan: Plan): 'success' | 'partial' | 'failed' {
  if (failed.length === 0 && !isStuck(plan)) return 'success';
  return done.length + unchanged.length > 0 ? 'partial' : 'failed';
}

/** Closes the run's record, and exports what it left behind in the Python format. */
async function remember(
  runId: string,
  status: 'success' | 'partial' | 'failed' | 'cancelled',
  { manifest }: LoadedProject,
  now: number,
  session: Session,
  state: ScopedState,
  job: JobResult,
  durationMs: ReadonlyMap<NodeId, number>,
): Promise<void> {
  const states = nodeStates(manifest, await state.read(), job, durationMs, now);
  const finishedAt = Date.now();
  const run = await (
    await session.backend()
  ).transaction(async (tx) => {
    for (const [node, nodeState] of Object.entries(states)) await tx.setNodeState(runId, node, nodeState);
    return tx.updateRun(runId, { status, finishedAt });
  });
  const { exportRunState } = await import('@seeknal/state-file');
  exportRunState(session.target, { runId, finishedAt, config: run.config, nodes: states });
}

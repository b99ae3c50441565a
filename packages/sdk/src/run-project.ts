import { randomBytes } from 'node:crypto';

import { applyPlan } from '@seeknal/environments';
import type { NodeId } from '@seeknal/manifest';
import { localOrchestrator, type JobResult, type Orchestrator } from '@seeknal/orchestrator-adapter';
import type { Plan } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';
import type { ScopedState } from '@seeknal/state';

import { executionContext, type Surroundings } from './execution.ts';
import { durations, nodeStates } from './remember.ts';
import type { RunEvent, RunReport } from './report.ts';
import type { Session } from './session.ts';
import { ENVIRONMENT, movesPointers, situationOf, wantedBy, type PlanOptions } from './situation.ts';

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

/** Plans, and applies the plan to `prod`. Where there is nothing to do no engine is loaded. */
export async function runProject(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  options: RunOptions,
): Promise<RunReport> {
  const startedAt = performance.now();
  const emit = options.onEvent ?? (() => {});
  session.onEvent = emit;
  const first = await situationOf(loaded, session, around.now, options);
  if (first.plan.tasks.length === 0 && !movesPointers(first)) {
    emit({ type: 'planned', plan: first.plan });
    const durationMs = performance.now() - startedAt;
    const status = isStuck(first.plan) ? 'failed' : 'nothing_to_do';
    return { runId: null, status, plan: first.plan, job: null, switched: [], held: [], durationMs };
  }
  const engine = await session.engine();
  const state = await session.state(engine.warehouseId);
  // Opening may have made or repaired something: what is shown is what is done.
  const situation = await situationOf(loaded, session, around.now, options);
  const { plan } = situation;
  emit({ type: 'planned', plan });
  const runId = newRunId(around.now);
  const config = { environment: ENVIRONMENT, plan: plan.id, full: options.full ?? false };
  await (await session.backend()).createRun(runId, { startedAt: around.now, config });
  await state.addSnapshots(plan.snapshots);
  await state.invalidate(`${runId}/${plan.id}`, plan.invalidations, around.now);
  const signal = options.signal ?? new AbortController().signal;
  const spent = durations();
  const context = executionContext(runId, loaded, around, situation, state, engine);
  const { job, switched, held } = await applyPlan(plan, context, {
    orchestrator: options.orchestrator ?? localOrchestrator(),
    maxWorkers: options.maxWorkers ?? 4,
    retries: options.retries ?? 0,
    signal,
    onEvent: (event) => {
      spent.note(event);
      emit(event);
    },
    wanted: wantedBy(situation, around.now, null),
    known: new Set(Object.keys(loaded.manifest.nodes)),
    isPartial: situation.selected !== null,
  });
  const status = signal.aborted ? 'cancelled' : statusOf(job, plan);
  await remember(runId, status, loaded, around.now, session, state, job, spent.durationMs);
  return { runId, status, plan, job, switched, held, durationMs: performance.now() - startedAt };
}

/** `20240105_080000_3f9a`: by the command's clock, with a tail that tells two of one second apart. */
export function newRunId(now: number): string {
  const at = new Date(now).toISOString().replace(/[-:]/gu, '');
  return `${at.slice(0, 8)}_${at.slice(9, 15)}_${randomBytes(2).toString('hex')}`;
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

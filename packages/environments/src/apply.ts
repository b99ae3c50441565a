import type { NodeId } from '@seeknal/manifest';
import {
  executeTask,
  waitsOf,
  type ExecutionContext,
  type JobResult,
  type Orchestrator,
  type TaskEvent,
} from '@seeknal/orchestrator-adapter';
import type { EnvironmentRecord, Plan } from '@seeknal/plan';

import { nextPointers } from './pointers.ts';
import { viewsOf } from './views.ts';

export interface ApplyOptions {
  readonly orchestrator: Orchestrator;
  readonly maxWorkers: number;
  readonly retries: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TaskEvent) => void;
  /** What a node wants whatever range was asked for: its names move only when all of that is there. */
  readonly wanted: ExecutionContext['wanted'];
  /** Nodes of the project, those included that cannot run. */
  readonly known: ReadonlySet<NodeId>;
  /** Whether only some nodes were selected: names of removed nodes then stay. */
  readonly isPartial: boolean;
}

export interface Applied {
  readonly job: JobResult;
  /** The environment as it is now; null while nothing of it could be shown. */
  readonly environment: EnvironmentRecord | null;
  /** Nodes whose views changed. */
  readonly switched: readonly NodeId[];
  /** Nodes that the environment shows as before, with the reason. */
  readonly held: readonly { readonly node: NodeId; readonly reason: string }[];
}

/**
 * Runs the tasks of a plan, then moves the environment: one transaction in the warehouse swaps the views
 * that differ, and the state follows. A process that dies in between is made good by the next command.
 *
 * @param context Made for this plan: its snapshots are known to the state, its invalidations recorded.
 */
export async function applyPlan(
  plan: Plan,
  context: ExecutionContext,
  options: ApplyOptions,
): Promise<Applied> {
  // Read before anything runs: whoever switches meanwhile gets there first.
  const epochs = await context.engine.epochs();
  const lanes = new Map(
    [...context.resolved].map(([id, { timing }]) => [
      id,
      timing?.dependsOnPast ? 1 : (timing?.concurrency ?? null),
    ]),
  );
  const job = await options.orchestrator.run({
    tasks: plan.tasks,
    waits: (task) => waitsOf(task, context),
    concurrency: (node) => lanes.get(node) ?? null,
    execute: (task, signal) => executeTask(task, context, signal),
    maxWorkers: options.maxWorkers,
    retries: options.retries,
    signal: options.signal,
    onEvent: options.onEvent,
  });
  const view = await context.state.read();
  const environment = view.environments[plan.environment] ?? null;
  if (options.signal.aborted) return { job, environment, switched: [], held: [] };
  const next = nextPointers(environment, context.resolved, view, {
    isSelected: context.isSelected,
    wanted: options.wanted,
    known: options.known,
    failedAudits: auditsNotPassed(job),
    removes: !options.isPartial,
  });
  if (!next.isMoved) return { job, environment, switched: [], held: next.held };
  const expectedEpoch = environment?.epoch ?? 0;
  const { changed } = await context.engine.switchViews({
    environment: plan.environment,
    epoch: Math.max(expectedEpoch, epochs[plan.environment] ?? 0) + 1,
    views: await viewsOf(next.pointers, view, context),
  });
  const moved = await context.state.switchEnvironment({
    name: plan.environment,
    expectedEpoch,
    pointers: next.pointers,
    at: context.now,
    expiresAt: null,
  });
  return { job, environment: moved, switched: changed, held: next.held };
}

const auditsNotPassed = ({ failed, skipped, cancelled }: JobResult): ReadonlySet<NodeId> => {
  const left = [...failed, ...skipped].map(({ task }) => task);
  return new Set([...left, ...cancelled].filter(({ action }) => action === 'audit').map(({ node }) => node));
};

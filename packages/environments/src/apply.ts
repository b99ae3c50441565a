import type { Instant } from '@seeknal/intervals';
import type { NodeId, Renames } from '@seeknal/manifest';
import {
  executeTask,
  waitsOf,
  type ExecutionContext,
  type JobResult,
  type Orchestrator,
  type TaskEvent,
} from '@seeknal/orchestrator-adapter';
import { otherTable, type EnvironmentRecord, type Plan } from '@seeknal/plan';

import { PRODUCTION } from './environment-name.ts';
import { nextPointers } from './pointers.ts';
import { settleKept } from './settle-kept.ts';
import { switchEnvironment, type EnvironmentSwitch } from './switch-environment.ts';
import { viewsOf, type ViewContext } from './views.ts';

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
  /** Whether names of the environment may move to a node; default: those that may run. */
  readonly isSelected?: (node: NodeId) => boolean;
  /** Whether the environment may write a node's table. */
  readonly isOwn: (node: NodeId) => boolean;
  /** Where the environment stands, or where one that is made starts from. */
  readonly base: EnvironmentRecord | null;
  /** What `base` calls nodes that are called otherwise now. */
  readonly renames?: Renames;
  /** What is to be kept with the environment, once it is known what it shows and what it does not. */
  readonly foundation: (
    pointers: EnvironmentRecord['pointers'],
    held: readonly NodeId[],
  ) => Promise<EnvironmentSwitch['foundation']>;
  /** Null: never. */
  readonly expiresAt: Instant | null;
  /** Manifests that the environment's earlier pointers come from. */
  readonly earlier?: () => Promise<readonly ViewContext[]>;
}

export interface Applied {
  readonly job: JobResult;
  /** The environment as it is now; null while nothing of it could be shown. */
  readonly environment: EnvironmentRecord | null;
  /** Nodes whose views changed. */
  readonly switched: readonly NodeId[];
  /** Statements that make, replace or drop something in the warehouse, tasks left out. */
  readonly statements: number;
  /** Nodes that the environment shows as before, with the reason. */
  readonly held: readonly { readonly node: NodeId; readonly reason: string }[];
  /** Kept nodes whose inputs turned out to have other rows: nothing was shown, and a new plan runs them. */
  readonly moved: readonly NodeId[];
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
  let view = await context.state.read();
  const record = view.environments[plan.environment] ?? null;
  const moved: readonly NodeId[] = [];
  if (options.signal.aborted)
    return { job, environment: record, switched: [], statements: 0, held: [], moved };
  await linkOutputs(job, context);
  const settled = await settleKept(context.resolved, view, context.engine, context.state, {
    key: `${context.run}/moved`,
    now: context.now,
    isOwn: options.isOwn,
  });
  if (settled.moved.length > 0) {
    // What was to be shown is not complete any more: it is planned anew.
    return { job, environment: record, switched: [], statements: 0, held: [], moved: settled.moved };
  }
  view = await context.state.read();
  const next = nextPointers(options.base, context.resolved, view, {
    isSelected: options.isSelected ?? context.isSelected,
    wanted: options.wanted,
    known: options.known,
    failedAudits: auditsNotPassed(job),
    removes: !options.isPartial,
    ...(options.renames !== undefined && { renames: options.renames }),
  });
  const held = next.held.map(({ node }) => node);
  const foundation = await options.foundation(next.pointers, held);
  const isFailed = job.failed.length + job.skipped.length > 0;
  // What failed leaves no environment behind that was not there before.
  const isMade = record === null && plan.environment !== PRODUCTION && !isFailed;
  const isOther = record !== null && (record.manifest ?? null) !== (foundation?.id ?? null) && !isFailed;
  if (
    !(next.isMoved || isMade || isOther) ||
    (record === null && isFailed && plan.environment !== PRODUCTION)
  ) {
    return { job, environment: record, switched: [], statements: 0, held: next.held, moved };
  }
  const { environment, changed, statements } = await switchEnvironment(context, {
    name: plan.environment,
    record: options.base?.epoch === 0 ? null : options.base,
    pointers: next.pointers,
    views: await viewsOf(next.pointers, view, context, options.earlier),
    foundation,
    at: context.now,
    expiresAt: options.expiresAt,
    epochs,
  });
  return { job, environment, switched: changed, statements, held: next.held, moved };
}

/** Results and files that were made over other tables than the ones before are from now on those of these tables. */
async function linkOutputs({ done }: JobResult, { resolved, state }: ExecutionContext): Promise<void> {
  const ran = new Set(done.map(({ node }) => node));
  const links = [...resolved].flatMap(([id, { snapshot, record }]) => {
    return ran.has(id) && otherTable({ snapshot, record }) !== null
      ? [{ snapshot: snapshot.id, inputs: snapshot.inputs, reads: snapshot.reads }]
      : [];
  });
  if (links.length > 0) await state.link(links);
}

const auditsNotPassed = ({ failed, skipped, cancelled }: JobResult): ReadonlySet<NodeId> => {
  const left = [...failed, ...skipped].map(({ task }) => task);
  return new Set([...left, ...cancelled].filter(({ action }) => action === 'audit').map(({ node }) => node));
};

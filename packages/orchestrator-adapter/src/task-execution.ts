import type { Commit } from '@seeknal/engine';
import type { NodeId } from '@seeknal/manifest';
import { ALL_TIME, taskOf, type ResolvedNode, type Task } from '@seeknal/plan';

import { TaskError } from './errors.ts';
import type { ExecutionContext, FoundFiles } from './execution-context.ts';
import type { TaskOutcome } from './orchestrator.ts';
import { recordCommit, tasksFor } from './recording.ts';
import { auditWork, workOf } from './work.ts';

interface Granted {
  readonly fence: number;
  readonly generation: number;
}

/** Claims, runs, audits, commits and records one task. The outcome says how it went; nothing is thrown. */
export async function executeTask(
  task: Task,
  context: ExecutionContext,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const { state, run, holder, leaseMs } = context;
  try {
    if (task.action === 'audit') return await runAudits(task, context, signal);
    const { snapshot, range } = task;
    const claim = await state.claim({ snapshot, range, run, task: task.id, holder, leaseMs });
    if (claim.status === 'done') return { status: 'unchanged' };
    if (claim.status === 'held') return failed(TaskError.held(task.id, claim.holder, claim.run));
    const renewal = setInterval(() => {
      // A renewal that fails shows at the next step: the fence refuses whatever comes too late.
      state.renew(snapshot, claim.fence, leaseMs).catch(() => {});
    }, leaseMs / 3);
    let isReleased = false;
    const release = async (): Promise<void> => {
      await state.release(snapshot, claim.fence);
      isReleased = true;
    };
    try {
      let outcome: TaskOutcome = { status: 'unchanged' };
      for (const missing of claim.missing) {
        const isLast = missing === claim.missing.at(-1);
        const stretch = { ...task, range: missing };
        outcome = together(
          outcome,
          await runStretch(stretch, claim, context, signal, isLast ? release : null),
        );
        if (outcome.status !== 'done') break;
      }
      return outcome;
    } finally {
      clearInterval(renewal);
      if (!isReleased) await release();
    }
  } catch (error) {
    return failed(TaskError.of(error, task.id));
  }
}

const failed = (error: unknown): TaskOutcome => ({
  status: 'failed',
  error,
  mayPass: typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true,
});

function together(before: TaskOutcome, next: TaskOutcome): TaskOutcome {
  if (before.status !== 'done' || next.status !== 'done') return next;
  return {
    status: 'done',
    rows: before.rows + next.rows,
    dropped: before.dropped + next.dropped,
    isChanged: before.isChanged || next.isChanged,
    warnings: [...before.warnings, ...next.warnings],
    added: [...before.added, ...next.added],
  };
}

async function runStretch(
  task: Task,
  granted: Granted,
  context: ExecutionContext,
  signal: AbortSignal,
  release: (() => Promise<void>) | null,
): Promise<TaskOutcome> {
  const resolved = context.resolved.get(task.node) as ResolvedNode;
  const sources = filesOf(resolved, context.resolved);
  const isLoad = task.action === 'load';
  if (isLoad) context.loaded.set(task.node, await context.files(task.node));
  const moved = isLoad ? undefined : await firstMoved(sources, context);
  if (moved !== undefined) return reload(moved, context);

  const { work, placeOf } = await workOf(task, granted, resolved, context);
  const commit = await context.engine
    .run(work, {
      signal,
      beforePublish: async () => {
        const late = await firstMoved(sources, context);
        if (late !== undefined) throw TaskError.sourceMoved(late);
      },
    })
    .catch((error: unknown) => {
      throw TaskError.of(error, task.id, placeOf);
    });
  // Asked for together, they are one write of a state that is a file. A release that comes first elsewhere
  // makes the record no less safe: the fence decides.
  const [recorded] = await Promise.all([recordCommit(commit, context), release?.()]);
  const added = tasksFor(recorded.invalidated, context);
  if (recorded.status === 'stale') return { status: 'again', reason: recorded.reason, added };
  return {
    status: 'done',
    rows: commit.rows,
    dropped: commit.dropped,
    isChanged: commit.changed.length > 0,
    warnings: warningsOf(commit),
    added,
  };
}

/** Runs a node's audits over the rows that it has. It fills nothing, so there is nothing to claim or record. */
async function runAudits(task: Task, context: ExecutionContext, signal: AbortSignal): Promise<TaskOutcome> {
  const commit = await context.engine.run(await auditWork(task, context), { signal });
  return { ...NOTHING_CHANGED, rows: commit.rows, warnings: warningsOf(commit) };
}

const NOTHING_CHANGED = { status: 'done', dropped: 0, isChanged: false, added: [] } as const;

const warningsOf = ({ checks }: Commit): readonly string[] =>
  checks
    .filter(({ failures, severity }) => failures > 0 && severity === 'warn')
    .map(({ message }) => message);

/** The file sources whose files a task reads, its own included. */
function filesOf(
  { node, snapshot }: ResolvedNode,
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
): readonly NodeId[] {
  const read = snapshot.reads.map(({ node: input }) => input);
  return [node.id, ...read].filter((id) => resolved.get(id)?.snapshot.materialization === 'source');
}

/** The first source whose files are no longer what its newest load found. */
async function firstMoved(
  sources: readonly NodeId[],
  context: ExecutionContext,
): Promise<NodeId | undefined> {
  for (const id of sources) {
    const found: FoundFiles = await context.files(id);
    if (context.loaded.get(id)?.contents !== found.contents) return id;
  }
  return undefined;
}

/** Gives up what is known of a source, so that it is loaded again before the task that noticed. */
async function reload(source: NodeId, context: ExecutionContext): Promise<TaskOutcome> {
  const resolved = context.resolved.get(source) as ResolvedNode;
  const reason = `the files of ${source} changed`;
  const contents = (await context.files(source)).contents;
  await context.state.invalidate(
    `${context.run}/${source}/${contents}`,
    [{ snapshot: resolved.snapshot.id, range: ALL_TIME, reason }],
    context.now,
  );
  return { status: 'again', reason, added: [taskOf(resolved, ALL_TIME)] };
}

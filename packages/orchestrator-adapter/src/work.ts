import type { CatalogEntry, RenderedCheck, Work } from '@seeknal/engine';
import {
  exposurePath,
  inputsOf,
  type Check,
  type ManifestNode,
  type NodeId,
  type Place,
} from '@seeknal/manifest';
import type { Interval } from '@seeknal/intervals';
import {
  ALL_TIME,
  hasIntervals,
  isContinued,
  taskOf,
  type ResolvedNode,
  type SnapshotId,
  type Task,
} from '@seeknal/plan';

import { catalogOf, type CatalogSources } from './catalog.ts';
import type { ExecutionContext, RenderedSql } from './execution-context.ts';

/** What the engine is to do for one stretch of a task, and the way from its SQL back to the author's file. */
export interface PreparedWork {
  readonly work: Work;
  readonly placeOf: ((offset: number) => Place) | undefined;
}

export async function workOf(
  task: Task,
  claim: { readonly fence: number; readonly generation: number },
  resolved: ResolvedNode,
  context: ExecutionContext,
): Promise<PreparedWork> {
  const { node, snapshot } = resolved;
  const { spec } = node;
  const interval = resolved.timing === null ? null : task.range;
  const rendered: RenderedSql | null =
    spec.kind === 'transform' ? await context.render(node.id, spec.sql, interval) : null;
  const catalog = await catalogOf(resolved, task.range, sourcesOf(context));
  const ownFile = spec.kind === 'source' ? [ownFileOf(node.id, snapshot.id, context)] : [];
  const work: Work = {
    run: context.run,
    task: task.id,
    node: node.id,
    snapshot: snapshot.id,
    action: task.action as Work['action'],
    materialization: snapshot.materialization,
    range: task.range,
    generation: claim.generation,
    fence: claim.fence,
    sql: rendered?.sql ?? null,
    catalog: [...catalog, ...ownFile],
    places: Object.fromEntries(inputsOf(spec).map(({ place, ref }) => [place, ref])),
    timeColumn: hasIntervals(snapshot) || spec.kind === 'source' ? snapshot.timeColumn : null,
    ...(spec.kind === 'transform' && spec.upsert !== undefined && { upsert: spec.upsert }),
    outOfRange: spec.kind === 'transform' ? spec.outOfRange : 'fail',
    ...(isContinued(snapshot.id) && { reshapes: true }),
    checks: await checksOf(node, context),
    export:
      spec.kind === 'exposure'
        ? { format: spec.format, path: context.absolute(exposurePath(node, context.environment)) }
        : null,
    version: spec.kind === 'source' ? (context.loaded.get(node.id)?.version ?? null) : null,
    now: context.now,
  };
  return { work, placeOf: rendered?.placeOf };
}

/**
 * What a node's query gives for one of its stretches, for `Engine.digestWork`. Its sources' files have to be
 * loaded, its inputs' tables to be there.
 */
export async function rowsWork(id: NodeId, range: Interval, context: ExecutionContext): Promise<Work> {
  const resolved = context.resolved.get(id) as ResolvedNode;
  const { work } = await workOf(taskOf(resolved, range), { fence: 0, generation: 0 }, resolved, context);
  return { ...work, checks: [] };
}

/** A check of all the rows of a node, noted in the ledger beside the node's own commits. */
export async function auditWork(task: Task, context: ExecutionContext): Promise<Work> {
  const { node, snapshot } = context.resolved.get(task.node) as ResolvedNode;
  const rows: readonly CatalogEntry[] =
    snapshot.materialization === 'view'
      ? await viewCatalog(task.node, context)
      : node.spec.kind === 'source'
        ? [ownFileOf(task.node, task.snapshot, context)]
        : [{ from: 'snapshot', node: task.node, snapshot: task.snapshot, within: null }];
  return {
    run: context.run,
    task: task.id,
    node: node.id,
    snapshot: `${task.snapshot}#audits`,
    action: 'check',
    materialization: 'rule',
    range: task.range,
    generation: 0,
    fence: 0,
    sql: null,
    catalog: rows,
    places: { input_0: task.node },
    timeColumn: null,
    outOfRange: 'fail',
    checks: await checksOf(node, context),
    export: null,
    version: null,
    now: context.now,
  };
}

/**
 * A check of the rows that a node shows now, or that a rule is about, for `Engine.check`.
 *
 * @param snapshot The one that is shown; of a rule, any.
 */
export async function lookWork(id: NodeId, snapshot: SnapshotId, context: ExecutionContext): Promise<Work> {
  const resolved = context.resolved.get(id) as ResolvedNode;
  const task: Task = { ...taskOf(resolved, ALL_TIME), snapshot };
  if (resolved.node.spec.kind !== 'rule') return auditWork(task, context);
  return (await workOf(task, { fence: 0, generation: 0 }, resolved, context)).work;
}

const ownFileOf = (node: NodeId, snapshot: SnapshotId, context: ExecutionContext): CatalogEntry => ({
  from: 'file',
  node,
  snapshot,
  file: fileOf(node, context),
  within: null,
});

/** A view and all that it reads, as they stand. */
async function viewCatalog(id: NodeId, context: ExecutionContext): Promise<readonly CatalogEntry[]> {
  const { node, snapshot } = context.resolved.get(id) as ResolvedNode;
  const sources = sourcesOf(context);
  const below = await catalogOf(context.resolved.get(id) as ResolvedNode, ALL_TIME, sources);
  const places = Object.fromEntries(inputsOf(node.spec).map(({ place, ref }) => [place, ref]));
  return [
    ...below,
    { from: 'view', node: id, snapshot: snapshot.id, sql: await sources.viewSql(id), places },
  ];
}

const sourcesOf = (context: ExecutionContext): CatalogSources => ({
  resolved: context.resolved,
  file: (id) => fileOf(id, context),
  viewSql: async (id) => {
    const view = context.resolved.get(id)?.node.spec;
    return view?.kind === 'transform' ? (await context.render(id, view.sql, null)).sql : '';
  },
});

async function checksOf(
  { id, spec, place }: ManifestNode,
  context: ExecutionContext,
): Promise<readonly RenderedCheck[]> {
  const checks: RenderedCheck[] = [];
  for (const check of 'checks' in spec ? spec.checks : []) checks.push(await renderCheck(check, id, context));
  if (spec.kind === 'source' && spec.freshness !== null) {
    const { timeColumn: column, warnAfterMs, errorAfterMs } = spec.freshness;
    const limits = [['warn', warnAfterMs] as const, ['error', errorAfterMs] as const];
    for (const [severity, maxAgeMs] of limits) {
      if (maxAgeMs !== null)
        checks.push({ type: 'freshness', severity, message: null, place, column, maxAgeMs });
    }
  }
  return checks;
}

function fileOf(
  id: string,
  context: ExecutionContext,
): NonNullable<ReturnType<typeof context.loaded.get>>['file'] {
  const found = context.loaded.get(id);
  if (found === undefined) throw new Error(`${id} was never looked at`);
  return found.file;
}

async function renderCheck(check: Check, node: string, context: ExecutionContext): Promise<RenderedCheck> {
  if (check.type !== 'sql') return check;
  return { ...check, sql: (await context.render(node, check.sql, null)).sql };
}

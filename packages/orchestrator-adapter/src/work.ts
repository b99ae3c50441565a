import type { RenderedCheck, Work } from '@seeknal/engine';
import { inputsOf, type Check, type Place } from '@seeknal/manifest';
import { hasIntervals, type ResolvedNode, type Task } from '@seeknal/plan';

import { catalogOf } from './catalog.ts';
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
  const catalog = await catalogOf(resolved, task.range, {
    resolved: context.resolved,
    file: (id) => fileOf(id, context),
    viewSql: async (id) => {
      const view = context.resolved.get(id)?.node.spec;
      return view?.kind === 'transform' ? (await context.render(id, view.sql, null)).sql : '';
    },
  });
  const checks: RenderedCheck[] = [];
  for (const check of 'checks' in spec ? spec.checks : []) checks.push(await renderCheck(check, node.id, context));
  const ownFile =
    spec.kind === 'source'
      ? [{ from: 'file', node: node.id, snapshot: snapshot.id, file: fileOf(node.id, context), within: null } as const]
      : [];
  const work: Work = {
    run: context.run,
    task: task.id,
    node: node.id,
    snapshot: snapshot.id,
    action: task.action,
    materialization: snapshot.materialization,
    range: task.range,
    generation: claim.generation,
    fence: claim.fence,
    sql: rendered?.sql ?? null,
    catalog: [...catalog, ...ownFile],
    places: Object.fromEntries(inputsOf(spec).map(({ place, ref }) => [place, ref])),
    timeColumn: hasIntervals(snapshot) || spec.kind === 'source' ? snapshot.timeColumn : null,
    outOfRange: spec.kind === 'transform' ? spec.outOfRange : 'fail',
    checks,
    export: spec.kind === 'exposure' ? { format: spec.format, path: context.absolute(spec.path) } : null,
    version: spec.kind === 'source' ? (context.loaded.get(node.id)?.version ?? null) : null,
    now: context.now,
  };
  return { work, placeOf: rendered?.placeOf };
}

function fileOf(id: string, context: ExecutionContext): NonNullable<ReturnType<typeof context.loaded.get>>['file'] {
  const found = context.loaded.get(id);
  if (found === undefined) throw new Error(`${id} was never looked at`);
  return found.file;
}

async function renderCheck(check: Check, node: string, context: ExecutionContext): Promise<RenderedCheck> {
  if (check.type !== 'sql') return check;
  return { ...check, sql: (await context.render(node, check.sql, null)).sql };
}

import type { CheckResult } from '@seeknal/engine';
import { manifestGraph, withAncestors, type ManifestNode, type NodeId } from '@seeknal/manifest';
import { lookWork, TaskError, type ExecutionContext } from '@seeknal/orchestrator-adapter';
import type { Project as LoadedProject } from '@seeknal/project';

import { executionContext, type Surroundings } from './execution.ts';
import type { Selection } from './selection.ts';
import type { Session } from './session.ts';
import { situationOf, type Situation } from './situation.ts';

export interface AuditOptions extends Selection {
  /** Whose rows are looked at; default `prod`. */
  readonly environment?: string;
  readonly signal?: AbortSignal;
}

/** What the checks of one node found. */
export interface NodeAudit {
  readonly node: NodeId;
  /** `failed` where a check of severity error did; `error` where one could not be run; `empty` before the first rows. */
  readonly status: 'passed' | 'warned' | 'failed' | 'error' | 'empty';
  readonly checks: readonly CheckResult[];
  readonly error: unknown;
}

/**
 * Runs the checks that the project declares now over the rows that an environment shows. Writes nothing.
 *
 * @returns Every selected node that has checks, in topological order.
 */
export async function auditProject(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  { signal, ...options }: AuditOptions,
): Promise<readonly NodeAudit[]> {
  const situation = await situationOf(loaded, session, around.now, options);
  const { manifest, selected } = situation;
  const audited = Object.values(manifest.nodes).filter(
    (node) =>
      hasChecks(node) && situation.resolved.has(node.id) && (selected === null || selected.has(node.id)),
  );
  const found: NodeAudit[] = [];
  if (audited.length === 0) return found;
  const engine = await session.engine();
  const state = await session.state(engine.warehouseId);
  const context = executionContext('audit', { ...loaded, manifest }, around, situation, state, engine);
  for (const node of audited) found.push(await auditNode(node, situation, context, signal));
  return found;
}

const hasChecks = ({ spec }: ManifestNode): boolean =>
  ('checks' in spec && spec.checks.length > 0) || (spec.kind === 'source' && spec.freshness !== null);

async function auditNode(
  { id, spec }: ManifestNode,
  situation: Situation,
  context: ExecutionContext,
  signal: AbortSignal | undefined,
): Promise<NodeAudit> {
  const { environment, view, resolved, manifest } = situation;
  const shown = environment?.pointers[id]?.snapshot ?? resolved.get(id)?.snapshot.id ?? '';
  const isTable = spec.kind === 'transform' && spec.mode !== 'view';
  if (isTable && (view.snapshots[shown]?.done ?? []).length === 0)
    return { node: id, status: 'empty', checks: [], error: null };
  try {
    for (const above of withAncestors(manifestGraph(manifest), [id])) {
      if (manifest.nodes[above]?.spec.kind === 'source')
        context.loaded.set(above, await context.files(above));
    }
    const work = await lookWork(id, shown, context);
    const checks = await context.engine.check(work, signal === undefined ? {} : { signal });
    const failed = checks.filter(({ failures }) => failures > 0);
    const isFailed = failed.some(({ severity }) => severity === 'error');
    return {
      node: id,
      status: isFailed ? 'failed' : failed.length > 0 ? 'warned' : 'passed',
      checks,
      error: null,
    };
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENGINE_INPUT_MISSING')
      return { node: id, status: 'empty', checks: [], error: null };
    return { node: id, status: 'error', checks: [], error: TaskError.of(error, id) };
  }
}

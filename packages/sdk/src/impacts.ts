import type { NodeId } from '@seeknal/manifest';
import type {
  EnvironmentRecord,
  NodeImpact,
  ParseSql,
  ResolvedNode,
  SaidCategory,
  StateView,
} from '@seeknal/plan';

/**
 * What the changes of a manifest do to the rows that an environment has. Nothing is loaded and
 * nothing read where nothing changed.
 */
export async function impactsOf(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
  environment: EnvironmentRecord | null,
  parse: ParseSql,
  said: ReadonlyMap<NodeId, SaidCategory> = new Map(),
): Promise<ReadonlyMap<NodeId, NodeImpact>> {
  const isUnknown = ([id, { record }]: [NodeId, ResolvedNode]): boolean =>
    record === null && environment?.pointers[id] !== undefined;
  if (![...resolved].some(isUnknown)) return new Map();
  const { findReuse } = await import('@seeknal/plan/reuse');
  return findReuse(resolved, view, environment, parse, said);
}

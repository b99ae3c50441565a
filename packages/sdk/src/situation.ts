import type { Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';
import type { FoundFiles } from '@seeknal/orchestrator-adapter';
import {
  wantedOf,
  type EnvironmentRecord,
  type Plan,
  type ResolvedNode,
  type StateView,
} from '@seeknal/plan';

/** Everything known at one moment, before anything is done about it. */
export interface Situation {
  readonly view: StateView;
  readonly environment: EnvironmentRecord | null;
  readonly resolved: ReadonlyMap<NodeId, ResolvedNode>;
  readonly selected: ReadonlySet<NodeId> | null;
  readonly files: ReadonlyMap<NodeId, FoundFiles>;
  readonly plan: Plan;
  readonly range: Interval | null;
}

/** What a node wants in the range asked for, computed once a node. */
export function wantedBy(
  { resolved }: Pick<Situation, 'resolved'>,
  now: number,
  range: Interval | null,
): (node: NodeId) => readonly Interval[] {
  const known = new Map<NodeId, readonly Interval[]>();
  return (node) => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const of = resolved.get(node);
    const wanted = of === undefined ? [] : wantedOf(of, now, range);
    known.set(node, wanted);
    return wanted;
  };
}

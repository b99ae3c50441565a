import { difference, intersection, intervalSet, type Interval, type IntervalSet } from '@seeknal/intervals';
import { inputsOf, type Manifest, type ManifestNode, type NodeId, type Reads } from '@seeknal/manifest';
import { ALL_TIME, hasIntervals, materializationOf, needed, type Related } from '@seeknal/plan';
import type { NodeIntervals } from '@seeknal/sdk';

/** What the nodes above one lack outside of a range, although the range of that node is made from it. */
export interface LackingAbove {
  /** In topological order. */
  readonly nodes: readonly NodeId[];
  /** The smallest stretch around everything that they lack for it. */
  readonly range: Interval;
}

/**
 * What has to run before a range of a node can: its inputs may be read further back than the range itself,
 * and so on upwards. Null where a run of the range brings everything along.
 *
 * @param intervals Of the node and everything above it, without a range.
 */
export function lackingAbove(
  { nodes }: Manifest,
  id: NodeId,
  range: Interval,
  intervals: readonly NodeIntervals[],
): LackingAbove | null {
  const needs = new Map<NodeId, IntervalSet>([[id, [range]]]);
  const lacking = new Map<NodeId, IntervalSet>();
  // Readers before what they read, so that all needs of a node are known when it is its turn.
  for (const { node, missing } of intervals.toReversed()) {
    const own = nodes[node];
    const stretches = needs.get(node);
    if (own === undefined || stretches === undefined) continue;
    const lacks = difference(intersection(missing, stretches), [range]);
    if (node !== id && hasIntervals(relatedOf(own)) && lacks.length > 0) lacking.set(node, lacks);
    for (const { ref, reads } of inputsOf(own.spec)) {
      const input = nodes[ref];
      if (input === undefined) continue;
      const from = stretches.map((stretch) => neededOf(input, own, reads, stretch));
      needs.set(ref, intervalSet([...(needs.get(ref) ?? []), ...from]));
    }
  }
  const all = intervalSet([...lacking.values()].flat());
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { nodes: [...lacking.keys()].toReversed(), range: { start: first.start, end: last.end } };
}

/** A view hands on what it is asked for, and may show all of the past that its query likes. */
function neededOf(input: ManifestNode, reader: ManifestNode, reads: Reads, stretch: Interval): Interval {
  if (materializationOf(input) === 'view') return { start: ALL_TIME.start, end: stretch.end };
  if (materializationOf(reader) === 'view') return stretch;
  const read = { node: input.id, snapshot: '', reads, onChange: 'rebuild' } as const;
  return needed(read, relatedOf(input), relatedOf(reader), stretch);
}

function relatedOf(node: ManifestNode): Related {
  const { spec } = node;
  const timing = spec.kind === 'transform' ? spec.timing : null;
  return {
    materialization: materializationOf(node) ?? 'full',
    schedule: timing === null ? null : { expression: timing.schedule, timeZone: timing.timeZone },
    timeColumn: spec.kind === 'source' || spec.kind === 'transform' ? spec.timeColumn : null,
  };
}

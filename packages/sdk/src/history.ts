import { alignInward, difference, schedule, type Instant, type Interval } from '@seeknal/intervals';
import { select, type Manifest, type NodeId } from '@seeknal/manifest';
import { hasIntervals, type ResolvedNode, type Snapshot, type SnapshotId } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import { SdkError } from './errors.ts';
import { restateEverywhere } from './restating.ts';
import { newRunId } from './run-project.ts';
import type { Situation } from './situation.ts';

/** A stretch of a node's history. */
export interface NodeStretch {
  readonly node: NodeId;
  readonly range: Interval;
}

/** A restated stretch that has not been run since. */
export interface Restatement extends NodeStretch {
  readonly reason: string;
  readonly at: Instant;
}

/** What a person says about some nodes' intervals. */
export interface Statement {
  /** Selectors that mean exactly what they name; none: every node that has intervals. */
  readonly nodes: readonly string[];
  readonly range: Interval;
  readonly reason?: string;
}

/** Stands before the reason of a restatement among the events of a node. */
const RESTATED = 'restated: ';
/** Events looked at for restatements that are still open. */
const EVENTS_READ = 10_000;

/** Marks stretches, and what was made from them, to be run again. */
export async function markRestated(
  { nodes, range, reason = 'asked for' }: Statement,
  manifest: Manifest,
  situation: Situation,
  state: ScopedState,
  now: Instant,
): Promise<readonly NodeStretch[]> {
  const named = namedNodes(nodes, manifest, situation);
  const { resolved, view } = situation;
  const invalidations = restateEverywhere(resolved, view, named, range, `${RESTATED}${reason}`);
  const nodeOf = namesNow(situation);
  // Of snapshots that other environments show, or none does, nobody is told.
  const stretches = invalidations.flatMap(({ snapshot, range: part }) => {
    const node = nodeOf.get(snapshot);
    return node === undefined ? [] : [{ node, range: part }];
  });
  for (const node of nodes.length > 0 ? named : []) {
    if (stretches.some((stretch) => stretch.node === node)) continue;
    throw SdkError.outsideHistory(node, situation.resolved.get(node)?.record?.done ?? []);
  }
  await state.invalidate(`restate/${newRunId(now)}`, invalidations, now);
  return stretches;
}

/** What the nodes are called now whose snapshots stand for them, whatever they were called when those were made. */
const namesNow = ({ resolved }: Situation): ReadonlyMap<SnapshotId, NodeId> =>
  new Map([...resolved].map(([id, { snapshot }]) => [snapshot.id, id]));

/** Oldest first. What was restated twice is open once, for the newer reason; what has run since is not open. */
export async function openRestatements(
  situation: Situation,
  state: ScopedState,
): Promise<readonly Restatement[]> {
  const nodeOf = namesNow(situation);
  const events = await state.events({ limit: EVENTS_READ });
  let open: readonly (Restatement & { readonly snapshot: SnapshotId })[] = [];
  for (const { at, kind, range, reason, snapshot } of events.toReversed()) {
    const isRestated = kind === 'invalidated' && reason.startsWith(RESTATED);
    const node = nodeOf.get(snapshot);
    if (node === undefined || (kind === 'invalidated' && !isRestated)) continue;
    open = open.flatMap((each) =>
      each.snapshot === snapshot
        ? difference([each.range], [range]).map((part) => ({ ...each, range: part }))
        : [each],
    );
    if (isRestated) open = [...open, { at, node, range, snapshot, reason: reason.slice(RESTATED.length) }];
  }
  return open.flatMap(({ at, node, range, reason, snapshot }) =>
    difference([range], situation.view.snapshots[snapshot]?.done ?? []).map((part) => ({
      node,
      range: part,
      reason,
      at,
    })),
  );
}

/** Takes back what was only marked: it counts as done again, with the rows that it has. */
export async function takeBack(
  nodes: readonly string[],
  manifest: Manifest,
  situation: Situation,
  state: ScopedState,
  now: Instant,
): Promise<readonly NodeStretch[]> {
  const named = nodes.length > 0 ? select(manifest, nodes) : new Set(situation.resolved.keys());
  const open = (await openRestatements(situation, state)).filter(({ node }) => named.has(node));
  await complete(open, 'restatement taken back', situation, state, now);
  return open.map(({ node, range }) => ({ node, range }));
}

/** Counts the whole intervals inside the range as done, on the caller's word. */
export async function markComplete(
  { nodes, range, reason = 'completed by hand' }: Statement,
  manifest: Manifest,
  situation: Situation,
  state: ScopedState,
  now: Instant,
): Promise<readonly NodeStretch[]> {
  const named = namedNodes(nodes, manifest, situation);
  const stretches: NodeStretch[] = [];
  for (const [node, { snapshot }] of situation.resolved) {
    if (!named.has(node) || !hasIntervals(snapshot)) continue;
    const { expression, timeZone } = snapshot.schedule as NonNullable<Snapshot['schedule']>;
    const whole = alignInward(range, schedule(expression, { timeZone }));
    if (whole !== null) stretches.push({ node, range: whole });
    else if (nodes.length > 0) throw SdkError.noWholeInterval(node, expression);
  }
  await complete(stretches, reason, situation, state, now);
  return stretches;
}

async function complete(
  stretches: readonly NodeStretch[],
  reason: string,
  { resolved }: Situation,
  state: ScopedState,
  now: Instant,
): Promise<void> {
  const snapshotOf = (node: NodeId): Snapshot => (resolved.get(node) as ResolvedNode).snapshot;
  await state.addSnapshots(stretches.map(({ node }) => snapshotOf(node)));
  const words = stretches.map(({ node, range }) => ({ snapshot: snapshotOf(node).id, range, reason }));
  await state.complete(words, now);
}

function namedNodes(
  selectors: readonly string[],
  manifest: Manifest,
  { resolved }: Situation,
): ReadonlySet<NodeId> {
  if (selectors.length > 0) return select(manifest, selectors);
  return new Set([...resolved].filter(([, { snapshot }]) => hasIntervals(snapshot)).map(([id]) => id));
}

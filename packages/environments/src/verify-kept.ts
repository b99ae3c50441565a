import type { Commit } from '@seeknal/engine';
import { intersection, intervalSet, type Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';
import type { ExecutionContext } from '@seeknal/orchestrator-adapter';
import {
  ALL_TIME,
  affected,
  cut,
  hasIntervals,
  hasTable,
  isContinued,
  isProved,
  type ResolvedNode,
  type SnapshotRecord,
  type StateView,
  type Verified,
} from '@seeknal/plan';

import { compareKept, type CompareOptions } from './compare-kept.ts';

/** What a comparison found, or why there was none. */
export interface FoundRows {
  /** Null: nothing could be compared. */
  readonly verified: Verified | null;
  /** Whether the only differences are in floating columns. */
  readonly isOnlyFloating: boolean;
  readonly notes: readonly string[];
}

export interface VerifyOptions extends CompareOptions {
  /** Nodes to be compared. */
  readonly isSelected: (node: NodeId) => boolean;
  /** Nodes that get other rows before anything is read of them: what reads them is compared later. */
  readonly isMadeAnew: (node: NodeId) => boolean;
}

/**
 * Runs the queries of nodes that keep their rows by a proof, over the inputs as they are, and compares what
 * they give with the rows that are kept: by count and an order-free hash of all columns, stretch by stretch.
 * Nothing is written. A sample may refute a proof; it proves nothing.
 *
 * A node some input of which is made anew is left out: what it reads of that is compared once it is there
 * (`settleKept`).
 */
export async function verifyKept(
  view: StateView,
  context: ExecutionContext,
  options: VerifyOptions,
): Promise<ReadonlyMap<NodeId, FoundRows>> {
  const { resolved } = context;
  const kept = [...resolved.values()].filter(
    (each) =>
      isProved(each, view) &&
      hasTable(each.snapshot.materialization) &&
      // Its older rows are another definition's, as was asked for.
      !isContinued(each.snapshot.id) &&
      options.isSelected(each.node.id),
  );
  const found = new Map<NodeId, FoundRows>();
  if (kept.length === 0) return found;
  const commits = await context.engine.commits({ snapshots: kept.map(({ snapshot }) => snapshot.id) });
  /** Nodes that are planned anew now, with those that read them. */
  const refuted = new Set<NodeId>();
  for (const each of kept) {
    const record = view.snapshots[each.snapshot.id] as SnapshotRecord;
    const own = commits.filter(({ snapshot }) => snapshot === record.id);
    const waits = waitsFor(each, record, context, (id) => refuted.has(id) || options.isMadeAnew(id));
    const isBelow = waits !== null && refuted.has(waits);
    const rows =
      waits === null
        ? await compareNode(each, record, own, view, context, options)
        : left(
            ...(isBelow
              ? []
              : [`${waits} gets other rows first: what is read of it is compared when it has them`]),
          );
    if (rows.verified?.same === false || isBelow) refuted.add(each.node.id);
    found.set(each.node.id, rows);
  }
  return found;
}

const left = (...notes: readonly string[]): FoundRows => ({ verified: null, isOnlyFloating: false, notes });

/** The first input whose rows are not those that the table was made from. */
function waitsFor(
  { snapshot }: ResolvedNode,
  record: SnapshotRecord,
  { resolved, loaded }: ExecutionContext,
  isMadeAnew: (node: NodeId) => boolean,
): NodeId | null {
  const madeFrom = new Set(record.reads.map((read) => read.snapshot));
  const waits = snapshot.reads.find(({ node, snapshot: id }) => {
    const isFile = resolved.get(node)?.snapshot.materialization === 'source';
    return isMadeAnew(node) || !madeFrom.has(id) || (isFile && !loaded.has(node));
  });
  return waits?.node ?? null;
}

async function compareNode(
  node: ResolvedNode,
  record: SnapshotRecord,
  commits: readonly Commit[],
  view: StateView,
  context: ExecutionContext,
  options: VerifyOptions,
): Promise<FoundRows> {
  const all = comparable(node, record, commits);
  const ranges = all.filter((range) => !isOverOlder(range, node, commits, view));
  const notes =
    all.length > ranges.length ? ['intervals kept over older rows (on_change: keep) are not compared'] : [];
  const { columns } = record;
  if (ranges.length === 0 || columns === null) return left(...notes);
  try {
    return { ...(await compareKept(ranges, columns, node, context, options)), notes };
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code !== 'string' || code === 'ENGINE_CANCELLED') throw error;
    return left(...notes, `its query could not be run to be compared: ${String(message)}`);
  }
}

/** The stretches that tasks would fill and that commits have filled: what was only said to be done has no rows. */
function comparable(
  node: ResolvedNode,
  { done }: SnapshotRecord,
  commits: readonly Commit[],
): readonly Interval[] {
  const filled = intersection(done, intervalSet(commits.map(({ range }) => range)));
  const ranges = cut(node, filled);
  return hasIntervals(node.snapshot) ? ranges : ranges.slice(-1);
}

/** Whether some input moved after a stretch was made, and the author wants the stretch to stay as it is. */
function isOverOlder(
  range: Interval,
  { snapshot }: ResolvedNode,
  commits: readonly Commit[],
  { snapshots }: StateView,
): boolean {
  const kept = snapshot.reads.filter((read) => {
    const input = snapshots[read.snapshot];
    return input !== undefined && affected(read, input, snapshot, ALL_TIME) === null;
  });
  if (kept.length === 0) return false;
  const newest = commits.findLast(
    (commit) => commit.range.start < range.end && range.start < commit.range.end,
  );
  return kept.some((read) => newest?.seen[read.snapshot] !== snapshots[read.snapshot]?.seq);
}

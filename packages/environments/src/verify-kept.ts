import type { Commit, WorkDigest } from '@seeknal/engine';
import { intersection, intervalSet, type Interval, type IntervalSet } from '@seeknal/intervals';
import type { Column, NodeId } from '@seeknal/manifest';
import { rowsWork, type ExecutionContext } from '@seeknal/orchestrator-adapter';
import {
  ALL_TIME,
  affected,
  cut,
  hasIntervals,
  hasTable,
  isProved,
  type ResolvedNode,
  type SnapshotRecord,
  type StateView,
  type Verified,
} from '@seeknal/plan';

import { spread } from './spread.ts';

/** What a comparison found, or why there was none. */
export interface FoundRows {
  /** Null: nothing could be compared. */
  readonly verified: Verified | null;
  /** Whether the only differences are in floating columns. */
  readonly isOnlyFloating: boolean;
  readonly notes: readonly string[];
}

export interface VerifyOptions {
  /** Rows of each node that are enough, about; null: all. */
  readonly sample: number | null;
  /** Nodes to be compared. */
  readonly isSelected: (node: NodeId) => boolean;
  /** Nodes that get other rows before anything is read of them: what reads them is compared later. */
  readonly isMadeAnew: (node: NodeId) => boolean;
  readonly signal?: AbortSignal;
}

/** Stretches of one node at most that a sample looks at. */
const MOST_SAMPLED = 24;
/** Queries at the same time. */
const AT_ONCE = 4;

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
    ({ node, snapshot }) =>
      isProved({ node, snapshot }, view) && hasTable(snapshot.materialization) && options.isSelected(node.id),
  );
  const found = new Map<NodeId, FoundRows>();
  if (kept.length === 0) return found;
  const commits = await context.engine.commits({ snapshots: kept.map(({ snapshot }) => snapshot.id) });
  const refuted = new Set<NodeId>();
  for (const each of kept) {
    const record = view.snapshots[each.snapshot.id] as SnapshotRecord;
    const own = commits.filter(({ snapshot }) => snapshot === record.id);
    const waits = waitsFor(each, record, context, (id) => refuted.has(id) || options.isMadeAnew(id));
    const rows =
      waits === null
        ? await compareNode(each, record, own, view, context, options)
        : left(`${waits} gets other rows first: what is read of it is compared when it has them`);
    if (rows.verified?.same === false) refuted.add(each.node.id);
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
  const notes = all.length > ranges.length ? ['intervals kept over older rows (on_change: keep) are not compared'] : [];
  const { columns } = record;
  if (ranges.length === 0 || columns === null) return left(...notes);
  try {
    return { ...(await compareRanges(ranges, columns, node, context, options)), notes };
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code !== 'string' || code === 'ENGINE_CANCELLED') throw error;
    return left(...notes, `its query could not be run to be compared: ${String(message)}`);
  }
}

/** The stretches that tasks would fill and that commits have filled: what was only said to be done has no rows. */
function comparable(node: ResolvedNode, { done }: SnapshotRecord, commits: readonly Commit[]): readonly Interval[] {
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
  const newest = commits.findLast((commit) => commit.range.start < range.end && range.start < commit.range.end);
  return kept.some((read) => newest?.seen[read.snapshot] !== snapshots[read.snapshot]?.seq);
}

async function compareRanges(
  ranges: readonly Interval[],
  columns: readonly Column[],
  { node, snapshot }: ResolvedNode,
  context: ExecutionContext,
  { sample, signal }: VerifyOptions,
): Promise<Omit<FoundRows, 'notes'>> {
  const { engine } = context;
  const names = columns.map(({ name }) => name);
  const counted = await engine.digestColumns(snapshot.id, names, ranges);
  const chosen = sample === null ? ranges : chosenRanges(ranges, (at) => counted[at]?.rows ?? 0, sample);
  const whole = byRange(counted);
  const [only] = chosen;
  // Where one stretch holds more than enough its query runs all the same; what is saved is the comparison.
  const isLarge = sample !== null && chosen.length === 1 && only !== undefined;
  const oneIn = isLarge ? Math.max(1, Math.floor((whole.get(only.start)?.rows ?? 0) / sample)) : 1;
  const before = oneIn === 1 ? whole : byRange(await engine.digestColumns(snapshot.id, names, chosen, { oneIn }));
  const differing: Interval[] = [];
  let isOnlyFloating = true;
  const compare = async (range: Interval): Promise<void> => {
    const work = await rowsWork(node.id, range, context);
    const how = { oneIn, ...(signal !== undefined && { signal }) };
    const now = await engine.digestWork(work, how);
    const old = before.get(range.start);
    if (sameColumns(columns, now.columns) && now.rows === old?.rows && now.digest === old.digest) return;
    differing.push(range);
    isOnlyFloating &&= sameColumns(columns, now.columns) && (await sameButFloating(range));
  };
  const sameButFloating = async (range: Interval): Promise<boolean> => {
    const exact = columns.filter(({ type }) => !isFloating(type)).map(({ name }) => name);
    if (exact.length === names.length || exact.length === 0) return exact.length === 0;
    // Which rows a hash chooses depends on the columns, so that here all of them are compared.
    const [old] = await engine.digestColumns(snapshot.id, exact, [range]);
    const now: WorkDigest = await engine.digestWork(await rowsWork(node.id, range, context), { columns: exact });
    return old?.rows === now.rows && old.digest === now.digest;
  };
  for (let at = 0; at < chosen.length; at += AT_ONCE) await Promise.all(chosen.slice(at, at + AT_ONCE).map(compare));
  const isSame = differing.length === 0;
  const verified: Verified = {
    rows: chosen.reduce((sum, { start }) => sum + (before.get(start)?.rows ?? 0), 0),
    ranges: chosen.length,
    sampled: chosen.length < ranges.length || oneIn > 1,
    same: isSame,
    differing: intervalSet(differing),
  };
  return { verified, isOnlyFloating: !isSame && isOnlyFloating };
}

/** Stretches that hold enough rows, spread over all, in order of time. */
function chosenRanges(ranges: readonly Interval[], rowsAt: (at: number) => number, enough: number): IntervalSet {
  const chosen: number[] = [];
  let rows = 0;
  for (const at of spread(ranges.length)) {
    if (chosen.length === MOST_SAMPLED || rows >= enough) break;
    chosen.push(at);
    rows += rowsAt(at);
  }
  return chosen.toSorted((a, b) => a - b).map((at) => ranges[at] as Interval);
}

const byRange = <T extends { readonly range: Interval }>(digests: readonly T[]): ReadonlyMap<number, T> =>
  new Map(digests.map((each) => [each.range.start, each]));

const isFloating = (type: string): boolean => /\b(?:DOUBLE|FLOAT|REAL)\b/u.test(type);

/** Whether names and types are the same, in whatever order. */
function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  const text = (columns: readonly Column[]): string =>
    columns
      .map(({ name, type }) => `${name.toLowerCase()} ${type}`)
      .toSorted()
      .join('\n');
  return text(a) === text(b);
}

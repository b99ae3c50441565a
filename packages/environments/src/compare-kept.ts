import type { WorkDigest } from '@seeknal/engine';
import { intervalSet, type Interval, type IntervalSet } from '@seeknal/intervals';
import type { Column } from '@seeknal/manifest';
import { rowsWork, type ExecutionContext } from '@seeknal/orchestrator-adapter';
import type { ResolvedNode, Verified } from '@seeknal/plan';

import { spread } from './spread.ts';

export interface CompareOptions {
  /** Rows of each node that are enough, about; null: all. */
  readonly sample: number | null;
  readonly signal?: AbortSignal;
}

export interface ComparedRows {
  readonly verified: Verified;
  /** Whether the only differences are in floating columns. */
  readonly isOnlyFloating: boolean;
}

/** Stretches of one node at most that a sample looks at. */
const MOST_SAMPLED = 24;
/** Queries at the same time. */
const AT_ONCE = 4;

/**
 * Runs a node's query for stretches of its kept table, or for a sample of them, and compares count and hash of
 * all columns, taken by name.
 */
export async function compareKept(
  ranges: readonly Interval[],
  columns: readonly Column[],
  { node, snapshot }: ResolvedNode,
  context: ExecutionContext,
  { sample, signal }: CompareOptions,
): Promise<ComparedRows> {
  const { engine } = context;
  const names = columns.map(({ name }) => name);
  const counted = await engine.digestColumns(snapshot.id, names, ranges);
  const chosen = sample === null ? ranges : chosenRanges(ranges, (at) => counted[at]?.rows ?? 0, sample);
  const whole = byRange(counted);
  const [only] = chosen;
  // Where one stretch holds more than enough its query runs all the same; what is saved is the comparison.
  const isLarge = sample !== null && chosen.length === 1 && only !== undefined;
  const oneIn = isLarge ? Math.max(1, Math.floor((whole.get(only.start)?.rows ?? 0) / sample)) : 1;
  const before =
    oneIn === 1 ? whole : byRange(await engine.digestColumns(snapshot.id, names, chosen, { oneIn }));
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
    const now: WorkDigest = await engine.digestWork(await rowsWork(node.id, range, context), {
      columns: exact,
    });
    return old?.rows === now.rows && old.digest === now.digest;
  };
  for (let at = 0; at < chosen.length; at += AT_ONCE)
    await Promise.all(chosen.slice(at, at + AT_ONCE).map(compare));
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
function chosenRanges(
  ranges: readonly Interval[],
  rowsAt: (at: number) => number,
  enough: number,
): IntervalSet {
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

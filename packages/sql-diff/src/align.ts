import { longestRun } from './longest-run.ts';

export interface AlignedPair<T> {
  readonly old: T;
  readonly new: T;
  /** Places in the lists, from 0. */
  readonly from: number;
  readonly to: number;
  /** Whether it stands elsewhere among the others. */
  readonly isMoved: boolean;
}

export interface Alignment<T> {
  /** In the order of the new list. */
  readonly pairs: readonly AlignedPair<T>[];
  readonly deleted: readonly T[];
  readonly inserted: readonly T[];
}

/** By what two things are taken for the same, the surest first; null: this thing has no such key. */
export type AlignmentKey<T> = (thing: T) => string | number | null;

/** Comparing each with each is affordable up to this many comparisons; beyond, only keys count. */
const COMPARISONS = 1_600;

/** From here on two things are versions of one rather than two things. */
const ALIKE = 0.5;

/**
 * Pairs the things of two lists: by each key in turn, equal keys in order, then the most similar first.
 * Linear in the lists but for similarity, which is asked at most `COMPARISONS` times.
 *
 * @param similarity From 0 to 1.
 */
export function align<T>(
  old: readonly T[],
  now: readonly T[],
  keys: readonly AlignmentKey<T>[],
  similarity: (a: T, b: T) => number,
): Alignment<T> {
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (from: number, to: number): void => {
    partner.set(from, to);
    taken.add(to);
  };
  for (const key of keys) {
    const free = new Map<string | number, number[]>();
    for (let to = now.length - 1; to >= 0; to -= 1) {
      const value = taken.has(to) ? null : key(now[to] as T);
      const known = value === null ? [] : (free.get(value) ?? []);
      known.push(to);
      if (value !== null) free.set(value, known);
    }
    old.forEach((thing, from) => {
      const value = partner.has(from) ? null : key(thing);
      const to = value === null ? undefined : free.get(value)?.pop();
      if (to !== undefined) pair(from, to);
    });
  }
  const left = [...old.keys()].filter((from) => !partner.has(from));
  const right = [...now.keys()].filter((to) => !taken.has(to));
  if (left.length * right.length <= COMPARISONS) {
    const scored = left.flatMap((from) =>
      right.map((to) => ({ from, to, score: similarity(old[from] as T, now[to] as T) })),
    );
    for (const { from, to, score } of scored.toSorted((a, b) => b.score - a.score)) {
      if (score >= ALIKE && !partner.has(from) && !taken.has(to)) pair(from, to);
    }
  }
  const found = [...partner].toSorted(([a], [b]) => a - b);
  const still = longestRun(found.map(([, to]) => to));
  const pairs = found.map(([from, to], at) => ({
    old: old[from] as T,
    new: now[to] as T,
    from,
    to,
    isMoved: !still.has(at),
  }));
  return {
    pairs: pairs.toSorted((a, b) => a.to - b.to),
    deleted: old.filter((_, from) => !partner.has(from)),
    inserted: now.filter((_, to) => !taken.has(to)),
  };
}

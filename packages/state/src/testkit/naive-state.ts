/** Days counted from 0; a set of them is a sorted list. */
export type Days = readonly number[];

export interface NaiveClaim {
  readonly of: string;
  readonly days: Days;
  readonly task: string;
  readonly fence: number;
  readonly generation: number;
  expiresAt: number;
  isOver: boolean;
}

export interface NaiveCommit {
  readonly of: string;
  readonly days: Days;
  readonly generation: number;
  readonly fence: number;
  readonly seq: number;
  readonly changed: Days;
  readonly seen: number;
  /** Days of `p` that it needed. */
  readonly needs: Days;
}

type Verdict = 'recorded' | 'stale' | 'superseded';

type Entry =
  | { readonly kind: 'commit'; readonly commit: NaiveCommit; readonly verdict: Verdict }
  | { readonly kind: 'taken'; readonly of: string; readonly days: Days; readonly generation: number };

const ALL: Days = Array.from({ length: 100 }, (_, day) => day);

const meet = (a: Days, b: Days): boolean => a.some((day) => b.includes(day));

/**
 * The state as its rules are written down: it keeps everything that ever happened and looks through all of
 * it for every answer. Snapshots named `f…` are full; the only input is `p`.
 */
export class NaiveState {
  readonly #log: Entry[] = [];
  readonly claims: NaiveClaim[] = [];
  readonly #keys = new Set<string>();

  done(of: string): Days {
    let done: Days = [];
    for (const entry of this.#log) {
      if (entry.kind === 'taken') {
        if (entry.of === of) done = done.filter((day) => !entry.days.includes(day));
      } else if (entry.commit.of === of && entry.verdict !== 'superseded') {
        const kept = of.startsWith('f') ? [] : done.filter((day) => !entry.commit.days.includes(day));
        done = entry.verdict === 'recorded' ? [...kept, ...entry.commit.days] : kept;
      }
    }
    return done.toSorted((a, b) => a - b);
  }

  generation(of: string): number {
    return Math.max(
      0,
      ...this.#log.flatMap((entry) => (entry.kind === 'taken' && entry.of === of ? entry.generation : [])),
    );
  }

  seq(of: string): number {
    return Math.max(0, ...this.#commitsOf(of).map(({ commit }) => commit.seq));
  }

  claim(of: string, days: Days, task: string, now: number, leaseMs: number): 'done' | 'held' | Days {
    const done = this.done(of);
    const missing = days.filter((day) => !done.includes(day));
    if (missing.length === 0) return 'done';
    const inTheWay = this.claims.filter(
      (other) => !other.isOver && other.of === of && (of.startsWith('f') || meet(other.days, days)),
    );
    if (inTheWay.some((other) => other.task !== task && other.expiresAt > now)) return 'held';
    for (const other of inTheWay) other.isOver = true;
    const fence = 1 + this.claims.filter((other) => other.of === of).length;
    this.claims.push({
      of,
      days,
      task,
      fence,
      generation: this.generation(of),
      expiresAt: now + leaseMs,
      isOver: false,
    });
    return missing;
  }

  invalidate(key: string, of: string, days: Days): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#log.push({ kind: 'taken', of, days, generation: this.generation(of) + 1 });
  }

  /** @returns Its verdict, and what was taken from done below. */
  record(
    commit: NaiveCommit,
    below: readonly { readonly of: string; readonly days: Days }[],
  ): {
    readonly status: 'recorded' | 'stale';
    readonly taken: readonly { readonly of: string; readonly days: Days }[] | null;
  } {
    const before = this.#commitsOf(commit.of).find((entry) => entry.commit.seq === commit.seq);
    if (before) return { status: before.verdict === 'recorded' ? 'recorded' : 'stale', taken: null };
    const verdict = this.#verdict(commit);
    this.#log.push({ kind: 'commit', commit, verdict });
    const taken = below.flatMap(({ of, days }) => {
      const done = this.done(of).filter((day) => days.includes(day));
      const isUnderWay = this.claims.some(
        (claim) => !claim.isOver && claim.of === of && meet(claim.days, days),
      );
      if (done.length === 0 && !isUnderWay) return [];
      this.#log.push({ kind: 'taken', of, days, generation: this.generation(of) + 1 });
      return done.length === 0 ? [] : [{ of, days: done }];
    });
    return { status: verdict === 'recorded' ? 'recorded' : 'stale', taken };
  }

  #verdict({ of, days, generation, fence, seq, seen, needs }: NaiveCommit): Verdict {
    const isFull = of.startsWith('f');
    const others = this.#commitsOf(of);
    const reach = isFull ? ALL : days;
    const isSuperseded = others.some(
      (other) =>
        (isFull && other.commit.seq > seq) ||
        (other.verdict !== 'superseded' &&
          meet(isFull ? ALL : other.commit.days, reach) &&
          other.commit.fence > fence),
    );
    if (isSuperseded) return 'superseded';
    const isInvalidated = this.#log.some(
      (entry) =>
        entry.kind === 'taken' && entry.of === of && entry.generation > generation && meet(entry.days, days),
    );
    const isOutdated = this.#commitsOf('p').some(
      ({ commit }) => commit.seq > seen && meet(commit.changed, needs),
    );
    return isInvalidated || isOutdated ? 'stale' : 'recorded';
  }

  #commitsOf(of: string): Extract<Entry, { readonly kind: 'commit' }>[] {
    return this.#log.filter((entry) => entry.kind === 'commit' && entry.commit.of === of) as Extract<
      Entry,
      { readonly kind: 'commit' }
    >[];
  }
}

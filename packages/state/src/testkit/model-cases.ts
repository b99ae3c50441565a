import { expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';
import fc from 'fast-check';

import type { ScopedState } from '../scoped-state.ts';
import { NaiveState, type Days, type NaiveCommit } from './naive-state.ts';
import { scoped, type CaseTime } from './opened.ts';
import { commit, DAY_MS, days, type OpenBackend, READS_P, snapshot, wish } from './samples.ts';

const WIDTH = 6;

const span = { from: fc.nat(WIDTH - 1), length: fc.integer({ min: 1, max: 4 }) };
const of = fc.constantFrom('p', 'q', 'f');

/** What may happen, each with whatever it needs to be told; `which` picks one of those there are. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      of,
      ...span,
      task: fc.nat(3),
      leaseMs: fc.constantFrom(10, 1000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      which: fc.nat(),
      isChanged: fc.boolean(),
      isLate: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('record' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('invalidate' as const), of, ...span, key: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20 }) }),
  },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Any history of tasks that claim, publish in a warehouse and record, in any order and after any delay. */
export function modelCases(open: OpenBackend, histories: number): void {
  const property = fc.asyncProperty(fc.array(happening, { maxLength: 60, size: 'max' }), (history) =>
    scoped(open, async (state, time) => {
      const play = new Play(state, time);
      await play.begin();
      for (const next of history) {
        if ((await play.next(next)) === 'stop') return;
        await play.compare();
      }
    }),
  );
  test(
    'gives the answers that follow from everything that happened',
    () => fc.assert(property, { numRuns: histories, endOnFailure: true }),
    600_000,
  );
}

/** A commit of the warehouse, and whether the claim it was made under has been given back. */
interface Published {
  readonly commit: NaiveCommit;
  isReleased: boolean;
}

/** Plays a history on a backend and on the naive state, with a warehouse that works as the engine does. */
class Play {
  readonly #naive = new NaiveState();
  readonly #state: ScopedState;
  readonly #time: CaseTime;
  /** Ledger rows, in order of publication. */
  readonly #ledger: Published[] = [];
  /** `seq` of `p` in the warehouse when each claim was given. */
  readonly #seenAtClaim: number[] = [];

  constructor(state: ScopedState, time: CaseTime) {
    this.#state = state;
    this.#time = time;
  }

  async begin(): Promise<void> {
    await this.#state.addSnapshots([
      snapshot('p'),
      snapshot('q', { reads: READS_P }),
      snapshot('f', { reads: READS_P, materialization: 'full' }),
    ]);
  }

  async compare(): Promise<void> {
    const { snapshots } = await this.#state.read();
    const seen = ['p', 'q', 'f'].map((id) => {
      const { done = [], generation, seq } = snapshots[id] ?? {};
      return { id, done: daysIn(done), generation, seq };
    });
    const naive = this.#naive;
    expect(seen).toEqual(
      ['p', 'q', 'f'].map((id) => ({
        id,
        done: naive.done(id),
        generation: naive.generation(id),
        seq: naive.seq(id),
      })),
    );
  }

  async next(step: Happening): Promise<'go on' | 'stop'> {
    switch (step.do) {
      case 'claim':
        await this.#claim(step.of, dayList(step.from, step.length), `t${step.task}`, step.leaseMs);
        return 'go on';
      case 'publish':
        this.#publish(step.which, step.isChanged, step.isLate);
        return 'go on';
      case 'record':
        return this.#record(step.which);
      case 'release':
        await this.#release(step.which);
        return 'go on';
      case 'renew':
        await this.#renew(step.which);
        return 'go on';
      case 'invalidate': {
        const list = dayList(step.from, step.length);
        this.#naive.invalidate(`key-${step.key}`, step.of, list);
        const stretch = { snapshot: step.of, range: rangeOf(list), reason: 'asked for' };
        await this.#state.invalidate(`key-${step.key}`, [stretch], this.#time.now);
        return 'go on';
      }
      case 'pass':
        this.#time.now += step.ms;
        return 'go on';
    }
  }

  async #claim(id: string, list: Days, task: string, leaseMs: number): Promise<void> {
    const expected = this.#naive.claim(id, list, task, this.#time.now, leaseMs);
    const claim = await this.#state.claim(wish(id, rangeOf(list), { task, leaseMs }));
    if (typeof expected === 'string') {
      expect(claim.status).toBe(expected);
      return;
    }
    const given = this.#naive.claims.at(-1);
    this.#seenAtClaim.push(this.#newest('p'));
    expect(claim.status === 'claimed' && { ...claim, missing: daysIn(claim.missing) }).toEqual({
      status: 'claimed',
      fence: given?.fence,
      generation: given?.generation,
      missing: expected,
      expiresAt: this.#time.now + leaseMs,
    });
  }

  /** The engine refuses a commit when the ledger has one over the range with a higher fence. */
  #publish(which: number, isChanged: boolean, isLate: boolean): void {
    const { claims } = this.#naive;
    if (claims.length === 0) return;
    const at = which % claims.length;
    const claim = claims[at];
    if (!claim) return;
    const isRefused = this.#ledger.some(
      ({ commit: other }) =>
        other.of === claim.of &&
        other.fence > claim.fence &&
        other.days.some((day) => claim.days.includes(day)),
    );
    if (isRefused) return;
    const { of: id, days: list, fence, generation } = claim;
    const needs = id === 'p' ? [] : id === 'f' ? dayList(0, WIDTH) : list;
    this.#ledger.push({
      commit: {
        of: id,
        days: list,
        generation,
        fence,
        seq: this.#newest(id) + 1,
        changed: isChanged ? list : [],
        seen: isLate ? this.#newest('p') : (this.#seenAtClaim[at] ?? 0),
        needs,
      },
      isReleased:
        claim.isOver && !claims.some((other) => other.of === id && other.fence > fence && !other.isOver),
    });
  }

  async #record(which: number): Promise<'go on' | 'stop'> {
    const published = this.#ledger[which % Math.max(1, this.#ledger.length)];
    if (!published) return 'go on';
    const { commit: one, isReleased } = published;
    const below =
      one.of === 'p' && one.changed.length > 0
        ? [
            { of: 'q', days: one.changed },
            { of: 'f', days: dayList(0, WIDTH) },
          ]
        : [];
    const answer = await this.#state.record(
      commit(one.of, rangeOf(one.days), one.seq, {
        generation: one.generation,
        fence: one.fence,
        changed: one.changed.length > 0 ? [rangeOf(one.changed)] : [],
        seen: { p: one.seen },
      }),
      one.needs.length > 0 ? [{ snapshot: 'p', range: rangeOf(one.needs) }] : [],
      below.map((part) => ({ snapshot: part.of, range: rangeOf(part.days), reason: 'p changed' })),
    );
    const expected = this.#naive.record(one, below);
    // Once a claim is given back, a backend may have forgotten what it would need to accept its work.
    if (isReleased && expected.status === 'recorded' && answer.status === 'stale') return 'stop';
    expect(answer.status).toBe(expected.status);
    if (expected.taken) {
      expect(
        answer.invalidated.map(({ snapshot, range }) => ({ of: snapshot, days: daysIn([range]) })),
      ).toEqual(
        expected.taken.flatMap(({ of: id, days: list }) =>
          stretches(list).map((part) => ({ of: id, days: part })),
        ),
      );
    }
    return 'go on';
  }

  async #release(which: number): Promise<void> {
    const claim = this.#naive.claims[which % Math.max(1, this.#naive.claims.length)];
    if (!claim) return;
    if (!claim.isOver) {
      claim.isOver = true;
      for (const one of this.#ledger) {
        if (one.commit.of === claim.of && one.commit.fence <= claim.fence) one.isReleased = true;
      }
    }
    await this.#state.release(claim.of, claim.fence);
  }

  async #renew(which: number): Promise<void> {
    const claim = this.#naive.claims[which % Math.max(1, this.#naive.claims.length)];
    if (!claim) return;
    const renewal = this.#state.renew(claim.of, claim.fence, 100);
    if (claim.isOver) await expect(renewal).rejects.toMatchObject({ code: 'STATE_CLAIM_LOST' });
    else {
      await renewal;
      claim.expiresAt = this.#time.now + 100;
    }
  }

  #newest(id: string): number {
    return this.#ledger.filter(({ commit: one }) => one.of === id).length;
  }
}

const dayList = (from: number, length: number): Days => Array.from({ length }, (_, at) => from + at);

const rangeOf = (list: Days): Interval => days(list[0] ?? 0, (list.at(-1) ?? 0) + 1);

const daysIn = (set: readonly Interval[]): Days =>
  set.flatMap(({ start, end }) => dayList(start / DAY_MS, (end - start) / DAY_MS));

/** Cuts a list of days where one is missing. */
function stretches(list: Days): readonly Days[] {
  const parts: number[][] = [];
  for (const day of list) {
    const last = parts.at(-1);
    if (last && last.at(-1) === day - 1) last.push(day);
    else parts.push([day]);
  }
  return parts;
}

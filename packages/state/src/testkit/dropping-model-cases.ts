import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { ScopedState } from '../scoped-state.ts';
import { scoped, type CaseTime } from './opened.ts';
import { days, NOON, pointer, proof, snapshot, wish, type OpenBackend } from './samples.ts';

/** Each is made from the one before, so the cone of `d` is all of them. */
const IDS = ['a', 'b', 'c', 'd'] as const;

type Id = (typeof IDS)[number];

const inputsOf = (id: Id): readonly Id[] => IDS.slice(Math.max(0, IDS.indexOf(id) - 1), IDS.indexOf(id));

const id = fc.constantFrom(...IDS);
const ids = fc.uniqueArray(id, { minLength: 1 });
const name = fc.constantFrom('one', 'two');

/** What may happen; what it needs beside is taken from what there is. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill' as const), id }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('point' as const), name, id, isProven: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove environment' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('prove' as const), id, of: id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('claim' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('mark' as const), ids, forgets: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), ids }) },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Any history of snapshots that come, are pointed at, proven, claimed and dropped. */
export function droppingModelCases(open: OpenBackend, histories: number): void {
  test(
    'drops what nothing refers to, and nothing else, after any history',
    () =>
      fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 40, size: 'max' }), (history) =>
          scoped(open, async (state, time) => {
            const play = new Play(state, time);
            for (const next of history) {
              await play.next(next);
              expect(await play.found()).toEqual(play.expected());
            }
          }),
        ),
        { numRuns: histories },
      ),
    600_000,
  );
}

interface Known {
  isMarked: boolean;
  isFilled: boolean;
}

/** A pointer, as `snapshot fingerprint`. */
type Pointing = readonly [id: Id, fingerprint: string];

/** Plays a history on a state and, beside it, by the rules as they are written. */
class Play {
  readonly #state: ScopedState;
  readonly #time: CaseTime;
  readonly #known = new Map<Id, Known>();
  readonly #proofs = new Map<string, Id>();
  readonly #environments = new Map<string, { epoch: number; now: Pointing; before: Pointing | null }>();
  #claims: { readonly id: Id; readonly expiresAt: number }[] = [];
  #seq = 0;
  /** Raised by everything that happens, so that no two calls are taken for one. */
  #step = 0;

  constructor(state: ScopedState, time: CaseTime) {
    this.#state = state;
    this.#time = time;
  }

  async next(next: Happening): Promise<void> {
    this.#step += 1;
    switch (next.do) {
      case 'add':
        return this.#add(next.id);
      case 'fill':
        return this.#fill(next.id);
      case 'point':
        return this.#point(next.name, [next.id, next.isProven ? `fp ${next.id}` : next.id]);
      case 'remove environment': {
        const epoch = this.#environments.get(next.name)?.epoch ?? 0;
        await this.#state.removeEnvironment({ name: next.name, expectedEpoch: epoch });
        this.#environments.delete(next.name);
        return;
      }
      case 'prove':
        if (await this.#isRefused(next.of, this.#state.addProofs([this.#proof(next.id, next.of)]))) return;
        this.#proofs.set(`fp ${next.id}`, next.of);
        return;
      case 'revoke':
        await this.#state.removeProofs([`fp ${next.id}`]);
        this.#proofs.delete(`fp ${next.id}`);
        return;
      case 'claim': {
        const range = days(this.#step, this.#step + 1);
        const request = wish(next.id, range, { leaseMs: 3, task: `t${this.#step}` });
        if (await this.#isRefused(next.id, this.#state.claim(request))) return;
        this.#claims.push({ id: next.id, expiresAt: this.#time.now + 3 });
        return;
      }
      case 'pass':
        this.#time.now += 2;
        return;
      case 'mark':
        return this.#mark(next.ids, next.forgets);
      case 'remove':
        return this.#remove(next.ids);
    }
  }

  async found(): Promise<unknown> {
    const { snapshots, proofs, environments } = await this.#state.read();
    const at = 'transform.x';
    return {
      snapshots: Object.fromEntries(
        Object.entries(snapshots).map(([of, { dropping, done, seq }]) => [
          of,
          { isMarked: dropping === true, isFilled: done.length > 0 && seq > 0 },
        ]),
      ),
      proofs: Object.fromEntries(Object.entries(proofs).map(([of, { snapshot: by }]) => [of, by])),
      environments: Object.fromEntries(
        Object.entries(environments).map(([of, { pointers, previous }]) => [
          of,
          [pointers[at]?.snapshot, previous?.[at]?.snapshot],
        ]),
      ),
    };
  }

  expected(): unknown {
    const environments = [...this.#environments];
    return {
      snapshots: Object.fromEntries(this.#known),
      proofs: Object.fromEntries(this.#proofs),
      environments: Object.fromEntries(
        environments.map(([of, { now, before }]) => [of, [now[0], before?.[0]]]),
      ),
    };
  }

  async #add(of: Id): Promise<void> {
    const inputs = inputsOf(of).map((input) => ({
      place: 'input_0',
      node: `transform.${input}`,
      snapshot: input,
    }));
    const adding = this.#state.addSnapshots([snapshot(of, { inputs })]);
    if (this.#known.get(of)?.isMarked === true) {
      await expect(adding).rejects.toMatchObject({ code: 'STATE_SNAPSHOT_DROPPING' });
      return;
    }
    await adding;
    if (!this.#known.has(of)) this.#known.set(of, { isMarked: false, isFilled: false });
  }

  async #fill(of: Id): Promise<void> {
    const known = this.#known.get(of);
    if (known === undefined || known.isMarked) return;
    this.#seq += 1;
    const done = [days(0, 1)];
    await this.#state.rebuild(of, { done, seq: this.#seq, columns: null, version: null });
    known.isFilled = true;
  }

  async #point(to: string, [of, fingerprint]: Pointing): Promise<void> {
    const known = this.#environments.get(to);
    const epoch = known?.epoch ?? 0;
    const switching = this.#state.switchEnvironment({
      name: to,
      expectedEpoch: epoch,
      pointers: { 'transform.x': pointer(of, fingerprint) },
      at: NOON + this.#step,
      expiresAt: null,
    });
    if (await this.#isRefused(of, switching)) return;
    const isSame = known?.now[0] === of && known.now[1] === fingerprint;
    const before = (isSame ? known.before : known?.now) ?? null;
    this.#environments.set(to, { epoch: epoch + 1, now: [of, fingerprint], before });
  }

  async #mark(asked: readonly Id[], forgets: boolean): Promise<void> {
    const referred = new Set<Id>();
    const refer = ([of, fingerprint]: Pointing): void => {
      for (const found of [of, this.#proofs.get(fingerprint)]) if (found !== undefined) referred.add(found);
    };
    for (const { now, before } of this.#environments.values()) {
      refer(now);
      if (before !== null && !forgets) refer(before);
    }
    for (const { id: of, expiresAt } of this.#claims) if (expiresAt > this.#time.now) referred.add(of);
    const free = asked.filter((of) => this.#known.has(of) && !referred.has(of));
    const cone = this.#cone([...this.#known.keys()].filter((of) => !free.includes(of)));
    const going = free.filter((of) => {
      const { isMarked, isFilled } = this.#known.get(of) as Known;
      return isMarked || isFilled || !cone.has(of);
    });
    const options = forgets ? { forgetPreviousBefore: NOON + this.#step + 1 } : {};
    expect(await this.#state.markDropping(asked, options)).toEqual(going);
    const fresh = going.filter((of) => this.#known.get(of)?.isMarked === false);
    for (const of of fresh) (this.#known.get(of) as Known).isMarked = true;
    for (const [fingerprint, of] of this.#proofs) if (fresh.includes(of)) this.#proofs.delete(fingerprint);
    for (const known of this.#environments.values()) {
      if (known.before !== null && fresh.includes(known.before[0])) known.before = null;
    }
    this.#claims = this.#claims.filter(({ id: of }) => !fresh.includes(of));
  }

  async #remove(asked: readonly Id[]): Promise<void> {
    await this.#state.removeSnapshots(asked);
    const gone = asked.filter((of) => this.#known.get(of)?.isMarked === true);
    const cone = this.#cone([...this.#known.keys()].filter((of) => !gone.includes(of)));
    for (const of of gone) {
      if (cone.has(of)) this.#known.set(of, { isMarked: false, isFilled: false });
      else this.#known.delete(of);
    }
  }

  /** What these were made from, as far as it is known step by step. */
  #cone(from: readonly Id[]): ReadonlySet<Id> {
    const cone = new Set<Id>();
    const add = (of: Id): void => {
      for (const input of inputsOf(of)) {
        cone.add(input);
        if (this.#known.has(input)) add(input);
      }
    };
    for (const of of from) add(of);
    return cone;
  }

  #proof(of: Id, by: Id): ReturnType<typeof proof> {
    return proof(`fp ${of}`, by, { madeAt: NOON + this.#step });
  }

  /** Whether the call had to be refused; it then was, for the right reason. */
  async #isRefused(of: Id, call: Promise<unknown>): Promise<boolean> {
    const known = this.#known.get(of);
    if (known !== undefined && !known.isMarked) {
      await call;
      return false;
    }
    const code = known === undefined ? 'STATE_SNAPSHOT_UNKNOWN' : 'STATE_SNAPSHOT_DROPPING';
    await expect(call).rejects.toMatchObject({ code });
    return true;
  }
}

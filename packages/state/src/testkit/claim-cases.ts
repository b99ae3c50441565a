import { expect, test } from '@jest/globals';

import { scoped } from './opened.ts';
import {
  claimed,
  commit,
  DAY_MS,
  days,
  finished,
  picture,
  snapshot,
  whole,
  WHOLE,
  wish,
  type OpenBackend,
} from './samples.ts';

/** Snapshots, claims and leases. */
export function claimCases(open: OpenBackend): void {
  test('a snapshot that is there already is left as it is', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      await finished(state, 'a', days(0, 1), 1);
      await state.addSnapshots([snapshot('a', { node: 'transform.other' }), snapshot('b')]);
      const { snapshots } = await state.read();
      expect(snapshots['a']).toMatchObject({ node: 'transform.a', done: [days(0, 1)], seq: 1, rows: 10 });
      expect(snapshots['b']).toEqual({
        ...snapshot('b'),
        generation: 0,
        done: [],
        seq: 0,
        columns: null,
        rows: null,
        version: null,
      });
    }));

  test('projects and warehouses do not see each other', () =>
    scoped(open, async (state, _time, backend) => {
      await state.addSnapshots([snapshot('a')]);
      const others = [
        backend.scope({ project: 'shop', warehouse: 'w-2' }),
        backend.scope({ project: 'shop","w-1', warehouse: 'w-2' }),
      ];
      for (const other of others) {
        expect(await other.read()).toEqual({ snapshots: {}, environments: {}, proofs: {} });
        await other.addSnapshots([snapshot('a')]);
        await finished(other, 'a', days(0, 1), 1);
      }
      expect((await state.read()).snapshots['a']?.done).toEqual([]);
      expect(await state.events()).toEqual([]);
    }));

  test.each([
    // done      asked     missing
    ['........', '.###....', '.###....'],
    ['.###....', '.###....', null],
    ['..#.....', '.###....', '.#.#....'],
    ['########', '.###....', null],
    ['#...####', '.###....', '.###....'],
    ['.##.....', '.######.', '...####.'],
  ])('done %s, asked for %s: %s is to be run', (done, asked, missing) =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      for (const [at, part] of picture(done).entries()) await finished(state, 'a', part, at + 1);
      const claim = await state.claim(wish('a', picture(asked)[0] ?? days(0, 1)));
      if (missing === null) expect(claim).toEqual({ status: 'done' });
      else expect(claim).toMatchObject({ status: 'claimed', missing: picture(missing) });
    }),
  );

  test('a claim that is held keeps others out where it overlaps, and only there', () =>
    scoped(open, async (state, time) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      const first = await claimed(
        state,
        wish('a', days(0, 3), { task: 't1', holder: 'here:7', run: 'run-7' }),
      );
      expect(first).toEqual({
        status: 'claimed',
        fence: expect.any(Number),
        generation: 0,
        missing: [days(0, 3)],
        expiresAt: time.now + 60_000,
      });
      const held = { status: 'held', holder: 'here:7', run: 'run-7', expiresAt: first.expiresAt };
      expect(await state.claim(wish('a', days(2, 5), { task: 't2' }))).toEqual(held);
      expect(await state.claim(wish('a', days(0, 3), { task: 't1', run: 'run-8' }))).toEqual(held);
      expect((await claimed(state, wish('a', days(3, 5), { task: 't2' }))).fence).toBeGreaterThan(
        first.fence,
      );
      await claimed(state, wish('b', days(0, 3), { task: 't2' }));
    }));

  test('the task itself is given its claim again, with a higher fence', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const first = await claimed(state, wish('a', days(0, 3)));
      const again = await claimed(state, wish('a', days(0, 3)));
      expect(again.fence).toBeGreaterThan(first.fence);
      await expect(state.renew('a', first.fence, 1000)).rejects.toMatchObject({ code: 'STATE_CLAIM_LOST' });
      await state.renew('a', again.fence, 1000);
    }));

  test('a table that is replaced whole is claimed whole', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('f', { materialization: 'full' })]);
      await claimed(state, wish('f', days(0, 1), { task: 't1' }));
      expect(await state.claim(wish('f', days(1, 2), { task: 't2' }))).toMatchObject({ status: 'held' });
    }));

  test('a claim ends by the state’s clock, unless it is renewed', () =>
    scoped(open, async (state, time) => {
      await state.addSnapshots([snapshot('a')]);
      const other = wish('a', days(0, 1), { task: 't2' });
      const first = await claimed(state, wish('a', days(0, 1), { task: 't1', leaseMs: 100 }));
      time.now += 99;
      await state.renew('a', first.fence, 100);
      time.now += 99;
      expect(await state.claim(other)).toMatchObject({ status: 'held' });
      time.now += 1;
      await state.renew('a', first.fence, 100);
      time.now += 100;
      const second = await claimed(state, other);
      expect(second.fence).toBeGreaterThan(first.fence);
      await expect(state.renew('a', first.fence, 100)).rejects.toMatchObject({ code: 'STATE_CLAIM_LOST' });
    }));

  test('a released claim is free at once; releasing it again, or one that was lost, does nothing', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const first = await claimed(state, wish('a', days(0, 1), { task: 't1' }));
      await state.release('a', first.fence);
      const second = await claimed(state, wish('a', days(0, 1), { task: 't2' }));
      expect(second.fence).toBeGreaterThan(first.fence);
      await state.release('a', first.fence);
      expect(await state.claim(wish('a', days(0, 1), { task: 't1' }))).toMatchObject({ status: 'held' });
    }));

  test('of many who ask at once, one is given the claim', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const tasks = Array.from({ length: 20 }, (_, n) =>
        state.claim(wish('a', days(0, 1), { task: `t${n}` })),
      );
      const statuses = (await Promise.all(tasks)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 'claimed')).toHaveLength(1);
      expect(statuses.filter((status) => status === 'held')).toHaveLength(19);
    }));

  test('what somebody calls complete is done, without a commit, and only once', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const { fence } = await claimed(state, wish('a', days(0, 1)));
      await state.record(commit('a', days(0, 1), 1, { fence }), [], []);
      const word = [{ snapshot: 'a', range: days(0, 3), reason: 'loaded by hand' }];
      await state.complete(word, 7);
      await state.complete(word, 8);
      expect((await state.read()).snapshots['a']).toMatchObject({ done: [days(0, 3)], seq: 1 });
      expect(await state.claim(wish('a', days(1, 2), { task: 't2' }))).toEqual({ status: 'done' });
      const told = (await state.events()).filter(({ reason }) => reason === 'loaded by hand');
      expect(told).toEqual([
        {
          at: 7,
          snapshot: 'a',
          node: expect.any(String),
          range: days(1, 3),
          kind: 'done',
          run: null,
          reason: 'loaded by hand',
        },
      ]);
      // It can be invalidated like anything else.
      await state.invalidate('k', [{ snapshot: 'a', range: days(1, 2), reason: 'no' }], 9);
      expect((await state.read()).snapshots['a']?.done).toEqual([days(0, 1), days(2, 3)]);
      await expect(
        state.complete([{ snapshot: 'nope', range: days(0, 1), reason: 'r' }], 9),
      ).rejects.toMatchObject({ code: 'STATE_SNAPSHOT_UNKNOWN' });
    }));

  test('a node without a schedule has one interval', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([whole('w')]);
      const { fence } = await claimed(state, wish('w', WHOLE));
      await state.record(commit('w', WHOLE, 1, { fence }), [], []);
      expect((await state.read()).snapshots['w']?.done).toEqual([WHOLE]);
      expect(await state.claim(wish('w', WHOLE, { task: 't2' }))).toEqual({ status: 'done' });
    }));

  test('snapshots that are not recorded, and ranges and names that are none, are refused', () =>
    scoped(open, async (state, _time, backend) => {
      await state.addSnapshots([snapshot('a')]);
      const unknown = { code: 'STATE_SNAPSHOT_UNKNOWN', message: expect.stringContaining('nope') };
      await expect(state.claim(wish('nope', days(0, 1)))).rejects.toMatchObject(unknown);
      await expect(state.renew('nope', 1, 1)).rejects.toMatchObject(unknown);
      await expect(state.record(commit('nope', days(0, 1), 1), [], [])).rejects.toMatchObject(unknown);
      await expect(
        state.invalidate('k', [{ snapshot: 'nope', range: days(0, 1), reason: 'r' }], 1),
      ).rejects.toMatchObject(unknown);
      const nothing = { done: [], seq: 0, columns: null, version: null };
      await expect(state.rebuild('nope', nothing)).rejects.toMatchObject(unknown);
      await state.release('nope', 1);

      const invalid = { code: 'STATE_INVALID_ARGUMENT' };
      const backwards = { start: DAY_MS, end: 0 };
      await expect(state.claim(wish('a', backwards))).rejects.toMatchObject(invalid);
      await expect(state.claim(wish('a', days(0, 1), { leaseMs: 0 }))).rejects.toMatchObject(invalid);
      await expect(state.claim(wish('a', days(0, 1), { task: '' }))).rejects.toMatchObject(invalid);
      await expect(state.record(commit('a', backwards, 1), [], [])).rejects.toMatchObject(invalid);
      await expect(state.record(commit('a', days(0, 1), 0), [], [])).rejects.toMatchObject(invalid);
      await expect(state.invalidate('', [], 1)).rejects.toMatchObject(invalid);
      await expect(state.addSnapshots([snapshot('')])).rejects.toMatchObject(invalid);
      expect(() => backend.scope({ project: '', warehouse: 'w' })).toThrow(/project/);
    }));
}

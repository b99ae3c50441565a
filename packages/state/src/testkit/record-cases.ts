import { expect, test } from '@jest/globals';

import { scoped } from './opened.ts';
import {
  claimed,
  commit,
  days,
  drawn,
  finished,
  NOON,
  type OpenBackend,
  picture,
  READS_P,
  snapshot,
  wish,
} from './samples.ts';

const onA = (
  range: ReturnType<typeof days>,
  reason = 'asked for',
): { snapshot: string; range: typeof range; reason: string } => ({
  snapshot: 'a',
  range,
  reason,
});

/** Commits: what counts as done, and what a change takes out of done. */
export function recordCases(open: OpenBackend): void {
  test('a commit makes its range done, and the newest one says what the table is like', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const first = commit('a', days(0, 2), 1, { rows: 5, version: { hash: 'x' } });
      const later = commit('a', days(4, 5), 3, { rows: 7, columns: [{ name: 'n', type: 'INTEGER' }] });
      const between = commit('a', days(2, 3), 2, { rows: 6 });
      for (const one of [first, later, between]) {
        expect(await state.record(one, [], [])).toEqual({ status: 'recorded', invalidated: [] });
      }
      expect((await state.read()).snapshots['a']).toMatchObject({
        done: [days(0, 3), days(4, 5)],
        generation: 0,
        seq: 3,
        rows: 7,
        columns: [{ name: 'n', type: 'INTEGER' }],
        version: null,
      });
    }));

  test('repeating a commit changes nothing and answers as before', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      await finished(state, 'b', days(0, 3), 1);
      const { fence } = await claimed(state, wish('a', days(0, 1)));
      const below = [{ snapshot: 'b', range: days(0, 1), reason: 'a changed' }];
      const one = commit('a', days(0, 1), 1, { fence });
      const answer = await state.record(one, [], below);
      expect(answer).toEqual({ status: 'recorded', invalidated: below });
      const before = [await state.read(), await state.events()];
      expect(await state.record(one, [], below)).toEqual(answer);
      expect([await state.read(), await state.events()]).toEqual(before);
      await state.release('a', fence);
      await finished(state, 'a', days(1, 2), 2);
      expect(await state.record(one, [], below)).toMatchObject({ status: 'recorded' });
      expect((await state.read()).snapshots['b']?.done).toEqual([days(1, 3)]);
    }));

  test('the table of a full node is replaced whole: only the newest range is done', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('f', { materialization: 'full' })]);
      await state.record(commit('f', days(0, 1), 1), [], []);
      await state.record(commit('f', days(3, 4), 3), [], []);
      expect((await state.read()).snapshots['f']?.done).toEqual([days(3, 4)]);
      const overtaken = await state.record(commit('f', days(1, 2), 2, { fence: 9 }), [], []);
      expect(overtaken).toMatchObject({ status: 'stale', reason: expect.stringContaining('3') });
      expect((await state.read()).snapshots['f']).toMatchObject({ done: [days(3, 4)], seq: 3 });
    }));

  test('an invalidation takes stretches out of done and raises the generation, once however often it is repeated', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      await finished(state, 'a', days(0, 8), 1);
      const taken = [onA(days(1, 2)), onA(days(4, 6)), { snapshot: 'b', range: days(0, 1), reason: 'too' }];
      await state.invalidate('key-1', taken, NOON);
      await state.invalidate('key-1', taken, NOON);
      const { snapshots } = await state.read();
      expect(drawn(snapshots['a']?.done ?? [], 8)).toBe('#.##..##');
      expect([snapshots['a']?.generation, snapshots['b']?.generation]).toEqual([1, 1]);
      await state.invalidate('key-2', taken, NOON);
      expect((await state.read()).snapshots['a']?.generation).toBe(2);
    }));

  test('a commit begun before an invalidation is stale where it overlaps, and only there', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const inside = await claimed(state, wish('a', days(0, 2)));
      const outside = await claimed(state, wish('a', days(5, 6)));
      await state.invalidate('key', [onA(days(1, 3))], NOON);
      const old = commit('a', days(0, 2), 1, { fence: inside.fence });
      expect(await state.record(old, [], [])).toMatchObject({ status: 'stale' });
      expect(await state.record(old, [], [])).toMatchObject({ status: 'stale' });
      expect(await state.record(commit('a', days(5, 6), 2, { fence: outside.fence }), [], [])).toMatchObject({
        status: 'recorded',
      });
      const again = await claimed(state, wish('a', days(0, 3)));
      expect(again).toMatchObject({ generation: 1, missing: [days(0, 3)] });
      const { fence, generation } = again;
      expect(await state.record(commit('a', days(0, 3), 3, { fence, generation }), [], [])).toMatchObject({
        status: 'recorded',
      });
    }));

  test('a stale commit takes its range out of done, because its rows have replaced those that were', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a')]);
      const zombie = await claimed(state, wish('a', days(0, 2), { leaseMs: 1 }));
      await state.record(commit('p', days(0, 1), 1), [], []);
      // Another process records the range under an older fence: it was published before the zombie's rows.
      await state.record(commit('a', days(0, 2), 1, { fence: 0, seen: { p: 1 } }), [], []);
      const late = commit('a', days(0, 2), 2, { fence: zombie.fence, seen: {} });
      expect(await state.record(late, [{ snapshot: 'p', range: days(0, 1) }], [])).toMatchObject({
        status: 'stale',
      });
      expect((await state.read()).snapshots['a']?.done).toEqual([]);
    }));

  test('a commit under an older fence than one recorded over it is stale and takes nothing away', () =>
    scoped(open, async (state, time) => {
      await state.addSnapshots([snapshot('a')]);
      const slow = await claimed(state, wish('a', days(0, 2), { task: 't1', leaseMs: 10 }));
      time.now += 10;
      const quick = await claimed(state, wish('a', days(1, 3), { task: 't2' }));
      await state.record(commit('a', days(1, 3), 2, { fence: quick.fence }), [], []);
      const late = await state.record(commit('a', days(0, 2), 1, { fence: slow.fence }), [], []);
      expect(late).toMatchObject({
        status: 'stale',
        reason: expect.stringContaining(`${quick.fence}`),
      });
      expect((await state.read()).snapshots['a']).toMatchObject({ done: [days(1, 3)], seq: 2 });
    }));

  test('what a process left behind is recorded under the claim that took its place', () =>
    scoped(open, async (state, time) => {
      await state.addSnapshots([snapshot('a')]);
      const dead = await claimed(state, wish('a', days(0, 2), { task: 't1', leaseMs: 10 }));
      time.now += 10;
      await claimed(state, wish('a', days(0, 2), { task: 't2' }));
      expect(await state.record(commit('a', days(0, 2), 1, { fence: dead.fence }), [], [])).toMatchObject({
        status: 'recorded',
      });
      expect(await state.claim(wish('a', days(0, 2), { task: 't2' }))).toEqual({ status: 'done' });
    }));

  test.each([
    // input changed (seq 5) | needed    | seen | answer
    ['.##.....', '..##....', { p: 4 }, 'stale'],
    ['.##.....', '..##....', { p: 5 }, 'recorded'],
    ['.##.....', '..##....', { p: 6 }, 'recorded'],
    ['.##.....', '..##....', {}, 'stale'],
    ['.##.....', '...##...', {}, 'recorded'],
    ['........', '..##....', {}, 'recorded'],
    ['#......#', '.######.', { p: 1 }, 'recorded'],
    ['#......#', '.#######', { p: 1 }, 'stale'],
  ])('input changed in %s, needed %s, seen %j: %s', (changed, needed, seen, status) =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a')]);
      const { fence } = await claimed(state, wish('a', days(0, 1)));
      await state.record(commit('p', days(0, 8), 5, { changed: picture(changed) }), [], []);
      const needs = picture(needed).map((range) => ({ snapshot: 'p', range }));
      expect(await state.record(commit('a', days(0, 1), 1, { fence, seen }), needs, [])).toMatchObject({
        status,
      });
    }),
  );

  test('an input the state does not know does not stand in the way', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      const needs = [{ snapshot: 'unknown', range: days(0, 1) }];
      const below = [{ snapshot: 'unknown', range: days(0, 1), reason: 'r' }];
      const answer = await state.record(commit('a', days(0, 1), 1), needs, below);
      expect(answer).toEqual({ status: 'recorded', invalidated: [] });
    }));

  test('other rows invalidate what lies below in the same step; what was not done there is not reported', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a'), snapshot('idle')]);
      await finished(state, 'a', days(0, 2), 1);
      const running = await claimed(state, wish('a', days(3, 4)));
      const below = [
        { snapshot: 'a', range: days(1, 4), reason: 'p changed' },
        { snapshot: 'idle', range: days(1, 4), reason: 'p changed' },
      ];
      const answer = await state.record(commit('p', days(1, 4), 1), [], below);
      expect(answer).toEqual({
        status: 'recorded',
        invalidated: [{ snapshot: 'a', range: days(1, 2), reason: 'p changed' }],
      });
      const { snapshots } = await state.read();
      expect(snapshots['a']).toMatchObject({ done: [days(0, 1)], generation: 1 });
      expect(snapshots['idle']).toMatchObject({ generation: 0 });
      const late = commit('a', days(3, 4), 2, { fence: running.fence, generation: running.generation });
      expect(await state.record(late, [], [])).toMatchObject({ status: 'stale' });
    }));

  test('a stale commit has changed the warehouse all the same: what lies below is invalidated', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a')]);
      await finished(state, 'p', days(0, 2), 1);
      await finished(state, 'a', days(0, 2), 1);
      const reader = await claimed(state, wish('a', days(2, 3)));
      await state.invalidate('key', [{ snapshot: 'p', range: days(0, 1), reason: 'restated' }], NOON);
      const below = [{ snapshot: 'a', range: days(0, 1), reason: 'p changed' }];
      const answer = await state.record(commit('p', days(0, 1), 2, { generation: 0, fence: 9 }), [], below);
      expect(answer).toMatchObject({ status: 'stale', invalidated: below });
      expect((await state.read()).snapshots['a']?.done).toEqual([days(1, 2)]);
      const needs = [{ snapshot: 'p', range: days(0, 3) }];
      const late = commit('a', days(2, 3), 2, {
        fence: reader.fence,
        generation: reader.generation,
        seen: { p: 1 },
      });
      expect(await state.record(late, needs, [])).toMatchObject({ status: 'stale' });
    }));

  test('however long the history, a commit that read everything since its claim is not refused', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a', { reads: READS_P })]);
      for (let day = 0; day < 30; day += 1) await finished(state, 'p', days(day, day + 1), day + 1);
      const early = await claimed(state, wish('a', days(3, 4)));
      for (let day = 30; day < 60; day += 1) await finished(state, 'p', days(day, day + 1), day + 1);
      const seen = { p: 30 };
      const untouched = commit('a', days(3, 4), 1, { fence: early.fence, seen });
      expect(await state.record(untouched, [{ snapshot: 'p', range: days(3, 4) }], [])).toMatchObject({
        status: 'recorded',
      });
      const touched = commit('a', days(3, 4), 2, { fence: early.fence, seen });
      expect(await state.record(touched, [{ snapshot: 'p', range: days(3, 31) }], [])).toMatchObject({
        status: 'stale',
      });
      expect((await state.read()).snapshots['p']).toMatchObject({ done: [days(0, 60)], seq: 60 });
    }));

  test('nor is what a process left behind, though much has happened since it began', () =>
    scoped(open, async (state, time) => {
      await state.addSnapshots([snapshot('p'), snapshot('a', { reads: READS_P })]);
      for (let day = 0; day < 10; day += 1) await finished(state, 'p', days(day, day + 1), day + 1);
      const dead = await claimed(state, wish('a', days(3, 4), { task: 't1', leaseMs: 1 }));
      for (let day = 10; day < 20; day += 1) await finished(state, 'p', days(day, day + 1), day + 1);
      time.now += 1;
      await claimed(state, wish('a', days(3, 4), { task: 't2' }));
      for (let day = 20; day < 30; day += 1) await finished(state, 'p', days(day, day + 1), day + 1);
      const left = commit('a', days(3, 4), 1, { fence: dead.fence, seen: { p: 10 } });
      const needs = [{ snapshot: 'p', range: days(3, 4) }];
      expect(await state.record(left, needs, [])).toMatchObject({ status: 'recorded' });
    }));

  test('a rebuild sets what the ledger says, and commits go on from there', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('p'), snapshot('a')]);
      for (const seq of [1, 2, 3]) await finished(state, 'p', days(seq, seq + 1), seq);
      const columns = [{ name: 'x', type: 'INTEGER' }];
      const ledger = { done: picture('##'), seq: 2, columns, version: { v: 1 }, generation: 4, fence: 70 };
      await state.rebuild('p', ledger);
      await state.rebuild('p', ledger);
      expect((await state.read()).snapshots['p']).toMatchObject({
        done: [days(0, 2)],
        seq: 2,
        columns,
        version: { v: 1 },
        generation: 4,
      });
      const next = await claimed(state, wish('p', days(2, 3)));
      expect(next).toMatchObject({ generation: 4, fence: 71 });
      const needs = [{ snapshot: 'p', range: days(0, 9) }];
      expect(await state.record(commit('a', days(0, 1), 1, { seen: { p: 2 } }), needs, [])).toMatchObject({
        status: 'recorded',
      });
      expect(
        await state.record(commit('p', days(2, 3), 3, { fence: 71, generation: 4 }), [], []),
      ).toMatchObject({
        status: 'recorded',
      });
      expect((await state.read()).snapshots['p']).toMatchObject({ done: [days(0, 3)], seq: 3 });
    }));

  test('the history of intervals is listed newest first', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      await state.record(commit('a', days(0, 2), 1, { finishedAt: 5, task: 'one' }), [], []);
      await state.record(commit('b', days(0, 1), 1, { finishedAt: 6, task: 'two' }), [], []);
      await state.invalidate('key', [onA(days(1, 2), 'late data')], 7);
      const done = { kind: 'done', run: 'run-1' };
      const history = [
        {
          at: 7,
          snapshot: 'a',
          node: 'transform.a',
          range: days(1, 2),
          kind: 'invalidated',
          run: null,
          reason: 'late data',
        },
        { at: 6, snapshot: 'b', node: 'transform.b', range: days(0, 1), ...done, reason: 'two' },
        { at: 5, snapshot: 'a', node: 'transform.a', range: days(0, 2), ...done, reason: 'one' },
      ];
      expect(await state.events()).toEqual(history);
      expect(await state.events({ snapshot: 'a' })).toEqual([history[0], history[2]]);
      expect(await state.events({ limit: 1 })).toEqual([history[0]]);
    }));
}

import { expect, test } from '@jest/globals';
import type { SnapshotId } from '@seeknal/plan';

import type { ScopedState } from '../scoped-state.ts';
import { scoped } from './opened.ts';
import {
  claimed,
  commit,
  days,
  finished,
  NOON,
  pointer,
  proof,
  snapshot,
  wish,
  type OpenBackend,
} from './samples.ts';

/** Makes an environment point at these, by their own fingerprints. */
async function point(state: ScopedState, name: string, ...to: readonly SnapshotId[]): Promise<void> {
  const epoch = (await state.read()).environments[name]?.epoch ?? 0;
  await state.switchEnvironment({
    name,
    expectedEpoch: epoch,
    pointers: Object.fromEntries(to.map((id) => [`transform.${id.slice(0, 1)}`, pointer(id)])),
    at: NOON + epoch,
    expiresAt: null,
  });
}

const isDropping = { code: 'STATE_SNAPSHOT_DROPPING' };

/** Proofs, and what becomes of snapshots that nothing refers to any more. */
export function droppingCases(open: OpenBackend): void {
  test('a kept snapshot is read over other inputs, and still over those it was made from', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b'), snapshot('c')]);
      const read = (id: string) =>
        ({ node: 'transform.x', snapshot: id, reads: { kind: 'all' }, onChange: 'keep' }) as const;
      const input = (id: string) => ({ place: 'input_0', node: 'transform.x', snapshot: id });
      await state.link([{ snapshot: 'c', inputs: [input('a')], reads: [read('a')] }]);
      await state.link([{ snapshot: 'c', inputs: [input('b')], reads: [read('b')] }]);
      const { inputs, reads } = (await state.read()).snapshots['c'] ?? {};
      expect(inputs).toEqual([input('b')]);
      expect(reads?.map((each) => each.snapshot).toSorted()).toEqual(['a', 'b']);
      await expect(state.link([{ snapshot: 'nope', inputs: [], reads: [] }])).rejects.toMatchObject({
        code: 'STATE_SNAPSHOT_UNKNOWN',
      });
    }));

  test('a proof is remembered; one that says the same stays; a later one takes its place', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      const first = proof('f1', 'a');
      await state.addProofs([first, proof('f2', 'a')]);
      await state.addProofs([{ ...first, madeAt: NOON + 1 }]);
      expect((await state.read()).proofs).toEqual({ f1: first, f2: proof('f2', 'a') });
      const later = proof('f1', 'b', { analyser: '2', madeAt: NOON + 2 });
      await state.addProofs([later]);
      await state.addProofs([first]);
      expect((await state.read()).proofs).toEqual({ f1: later, f2: proof('f2', 'a') });
      await state.removeProofs(['f1', 'never']);
      await state.removeProofs(['f1']);
      expect((await state.read()).proofs).toEqual({ f2: proof('f2', 'a') });
    }));

  test('a proof for the rows of nothing is refused, and the others of the call with it', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      await expect(state.addProofs([proof('f1', 'a'), proof('f2', 'nope')])).rejects.toMatchObject({
        code: 'STATE_SNAPSHOT_UNKNOWN',
      });
      await expect(state.addProofs([proof('', 'a')])).rejects.toMatchObject({
        code: 'STATE_INVALID_ARGUMENT',
      });
      expect((await state.read()).proofs).toEqual({});
    }));

  test('what something refers to is not dropped; the rest is, once asked for', () =>
    scoped(open, async (state, time) => {
      const ids = ['now', 'before', 'long ago', 'proven', 'claimed', 'claim over', 'free', 'also free'];
      await state.addSnapshots(ids.map((id) => snapshot(id)));
      await point(state, 'prod', 'long ago');
      await point(state, 'prod', 'before');
      await state.addProofs([proof('used', 'proven'), proof('unused', 'free')]);
      await state.switchEnvironment({
        name: 'prod',
        expectedEpoch: 2,
        pointers: { 'transform.n': pointer('now', 'used') },
        at: NOON + 9,
        expiresAt: null,
      });
      await claimed(state, wish('claim over', days(0, 1), { leaseMs: 5 }));
      time.now += 5;
      await claimed(state, wish('claimed', days(0, 1)));
      const gone = ['long ago', 'claim over', 'free'];
      const asked = ids.filter((id) => id !== 'also free');
      expect(await state.markDropping([...asked, 'unknown'])).toEqual(gone);
      expect(await state.markDropping(asked)).toEqual(gone);
      const { snapshots, proofs } = await state.read();
      expect(
        Object.values(snapshots)
          .filter(({ dropping }) => dropping)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(gone.toSorted());
      expect(Object.keys(proofs)).toEqual(['used']);
    }));

  test('what a task reads stays as long as its claim', () =>
    scoped(open, async (state, time) => {
      const reads = [
        { node: 'transform.p', snapshot: 'p', reads: { kind: 'all' }, onChange: 'keep' },
      ] as const;
      await state.addSnapshots([snapshot('p'), snapshot('a', { reads })]);
      await claimed(state, wish('a', days(0, 1), { leaseMs: 5 }));
      time.now += 4;
      expect(await state.markDropping(['p'])).toEqual([]);
      time.now += 1;
      expect(await state.markDropping(['p'])).toEqual(['p']);
    }));

  test('nothing can begin to refer to a snapshot that is being dropped', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a')]);
      expect(await state.markDropping(['a'])).toEqual(['a']);
      await expect(state.addSnapshots([snapshot('b'), snapshot('a')])).rejects.toMatchObject(isDropping);
      await expect(state.claim(wish('a', days(0, 1)))).rejects.toMatchObject(isDropping);
      await expect(state.addProofs([proof('f', 'a')])).rejects.toMatchObject(isDropping);
      await expect(point(state, 'prod', 'a')).rejects.toMatchObject(isDropping);
      expect(Object.keys((await state.read()).snapshots)).toEqual(['a']);
    }));

  test('only what is marked is removed; what comes back afterwards is new', () =>
    scoped(open, async (state) => {
      await state.addSnapshots([snapshot('a'), snapshot('b')]);
      await finished(state, 'a', days(0, 2), 1);
      const { fence } = await claimed(state, wish('a', days(2, 3)));
      await state.release('a', fence);
      await state.markDropping(['a']);
      await state.removeSnapshots(['a', 'b', 'unknown']);
      await state.removeSnapshots(['a']);
      expect(Object.keys((await state.read()).snapshots)).toEqual(['b']);
      await expect(state.claim(wish('a', days(0, 1)))).rejects.toMatchObject({
        code: 'STATE_SNAPSHOT_UNKNOWN',
      });

      await state.addSnapshots([snapshot('a')]);
      expect((await state.read()).snapshots['a']).toEqual({
        ...snapshot('a'),
        generation: 0,
        done: [],
        seq: 0,
        columns: null,
        rows: null,
        version: null,
      });
      // A process that published into the table before it was dropped tells of it only now.
      const late = commit('a', days(2, 3), 2, { fence });
      await finished(state, 'b', days(2, 4), 1);
      const below = [{ snapshot: 'b', range: days(2, 3), reason: 'other rows' }];
      expect(await state.record(late, [], below)).toMatchObject({ status: 'stale', invalidated: below });
      expect((await state.read()).snapshots['b']).toMatchObject({ done: [days(3, 4)], generation: 1 });
      expect((await state.read()).snapshots['a']).toMatchObject({ done: [], seq: 0 });
      const next = await claimed(state, wish('a', days(0, 3)));
      expect(next.fence).toBeGreaterThan(fence);
      for (const seq of [1, 2, 3]) {
        const one = commit('a', days(seq - 1, seq), seq, { fence: next.fence });
        expect(await state.record(one, [], [])).toMatchObject({ status: 'recorded' });
      }
      expect((await state.read()).snapshots['a']?.done).toEqual([days(0, 3)]);
    }));

  test('the definition of what others were made from stays, without rows', () =>
    scoped(open, async (state) => {
      const from = (id: string) => [{ place: 'input_0', node: `transform.${id}`, snapshot: id }];
      await state.addSnapshots([
        snapshot('q'),
        snapshot('p', { inputs: from('q') }),
        snapshot('a', { inputs: from('p') }),
      ]);
      for (const id of ['p', 'q', 'a']) await finished(state, id, days(0, 1), 1);
      await point(state, 'prod', 'a');
      const all = ['p', 'q', 'a'];
      expect(await state.markDropping(all)).toEqual(['p', 'q']);
      await state.removeSnapshots(all);
      const { snapshots } = await state.read();
      expect(Object.keys(snapshots).toSorted()).toEqual(['a', 'p', 'q']);
      expect(snapshots['p']).toEqual({
        ...snapshot('p', { inputs: from('q') }),
        generation: 0,
        done: [],
        seq: 0,
        columns: null,
        rows: null,
        version: null,
      });
      expect(await state.markDropping(all)).toEqual([]);
      // It can be filled like any other, and then dropped again.
      await finished(state, 'q', days(0, 1), 1);
      expect(await state.markDropping(all)).toEqual(['q']);
      await state.removeSnapshots(all);

      await state.removeEnvironment({ name: 'prod', expectedEpoch: 1 });
      expect((await state.markDropping(all)).toSorted()).toEqual(['a', 'p', 'q']);
      await state.removeSnapshots(all);
      expect((await state.read()).snapshots).toEqual({});
    }));

  test('an environment gives up its way back for good when it is old and in the way', () =>
    scoped(open, async (state) => {
      const ids = ['a1', 'a2', 'b1', 'b2'];
      await state.addSnapshots(ids.map((id) => snapshot(id)));
      for (const id of ['a1', 'a2']) await point(state, 'one', id);
      for (const id of ['b1', 'b2']) await point(state, 'two', id);
      const before = (await state.read()).environments;
      const switched = (name: string): number => before[name]?.switchedAt ?? 0;
      expect(await state.markDropping(ids)).toEqual([]);
      expect(await state.markDropping(ids, { forgetPreviousBefore: switched('one') })).toEqual([]);
      expect(await state.markDropping(['a1'], { forgetPreviousBefore: switched('one') + 1 })).toEqual(['a1']);
      expect((await state.read()).environments).toEqual({
        one: { ...before['one'], previous: null, previousManifest: null },
        two: before['two'],
      });
    }));

  test('of a switch and a drop at once one succeeds', () =>
    scoped(open, async (state) => {
      for (let round = 0; round < 20; round += 1) {
        const id = `${round}`;
        await state.addSnapshots([snapshot(id)]);
        const pointing = point(state, `env${round}`, id).then(
          () => true,
          () => false,
        );
        const marking = state.markDropping([id]);
        const [isPointed, marked] =
          round % 2 === 0
            ? await Promise.all([pointing, marking])
            : ((await Promise.all([marking, pointing])).toReversed() as [boolean, readonly string[]]);
        expect(marked).toEqual(isPointed ? [] : [id]);
      }
    }));
}

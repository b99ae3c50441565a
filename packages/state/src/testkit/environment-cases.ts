import { expect, test } from '@jest/globals';

import type { StateBackend } from '../backend.ts';
import type { ScopedState } from '../scoped-state.ts';
import { scoped, type CaseTime } from './opened.ts';
import { NOON, pointer, snapshot, type OpenBackend } from './samples.ts';

type Switch = Parameters<ScopedState['switchEnvironment']>[0];

const change = (expectedEpoch: number, to: string, at = NOON, more: Partial<Switch> = {}): Switch => ({
  name: 'prod',
  expectedEpoch,
  pointers: { 'transform.a': pointer(to) },
  at,
  expiresAt: null,
  ...more,
});

/** A scope that knows `s0` to `s9`. */
const withSnapshots = (
  open: OpenBackend,
  work: (state: ScopedState, time: CaseTime, backend: StateBackend) => Promise<void>,
): Promise<void> =>
  scoped(open, async (state, time, backend) => {
    await state.addSnapshots(Array.from({ length: 10 }, (_, n) => snapshot(`s${n}`)));
    await work(state, time, backend);
  });

export function environmentCases(open: OpenBackend): void {
  test('a switch moves the pointers, keeps the ones before and raises the epoch', () =>
    withSnapshots(open, async (state) => {
      const first = await state.switchEnvironment(change(0, 's1'));
      expect(first).toEqual({
        name: 'prod',
        epoch: 1,
        pointers: { 'transform.a': pointer('s1') },
        manifest: null,
        previous: null,
        previousManifest: null,
        createdAt: NOON,
        switchedAt: NOON,
        expiresAt: null,
      });
      const second = await state.switchEnvironment(change(1, 's2', NOON + 1));
      expect(second).toMatchObject({
        epoch: 2,
        previous: first.pointers,
        createdAt: NOON,
        switchedAt: NOON + 1,
      });
      expect((await state.read()).environments).toEqual({ prod: second });
    }));

  test('a switch that expects another epoch is refused, naming both; a repetition is not', () =>
    withSnapshots(open, async (state) => {
      const first = await state.switchEnvironment(change(0, 's1'));
      expect(await state.switchEnvironment(change(0, 's1'))).toEqual(first);
      const moved = {
        code: 'STATE_ENVIRONMENT_MOVED',
        message: expect.stringMatching(/prod.*1.*0/),
      };
      await expect(state.switchEnvironment(change(0, 's2'))).rejects.toMatchObject(moved);
      await expect(state.switchEnvironment(change(5, 's2'))).rejects.toMatchObject({
        code: 'STATE_ENVIRONMENT_MOVED',
      });
      expect((await state.read()).environments['prod']).toEqual(first);
    }));

  test('of many switches at once one succeeds', () =>
    withSnapshots(open, async (state) => {
      const switches = Array.from({ length: 10 }, (_, n) => state.switchEnvironment(change(0, `s${n}`)));
      const settled = await Promise.allSettled(switches);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }));

  test('a switch that moves no pointer keeps the way back, and the manifest that belongs to it', () =>
    withSnapshots(open, async (state) => {
      await state.switchEnvironment(change(0, 's1', NOON, { manifest: 'm1' }));
      await state.switchEnvironment(change(1, 's2', NOON + 1, { manifest: 'm2' }));
      const way = { previous: { 'transform.a': pointer('s1') }, previousManifest: 'm1' };
      expect((await state.read()).environments['prod']).toMatchObject({ ...way, manifest: 'm2' });
      const third = await state.switchEnvironment(change(2, 's2', NOON + 2, { manifest: 'm3' }));
      expect(third).toMatchObject({ ...way, epoch: 3, manifest: 'm3' });
      const back = await state.switchEnvironment(change(3, 's1', NOON + 3, { manifest: 'm1' }));
      expect(back).toMatchObject({
        manifest: 'm1',
        previous: { 'transform.a': pointer('s2') },
        previousManifest: 'm3',
      });
    }));

  test('a switch repeated after a touch answers as the touch left it', () =>
    withSnapshots(open, async (state) => {
      await state.switchEnvironment(change(0, 's1', NOON, { expiresAt: NOON + 5 }));
      await state.touchEnvironment('prod', NOON + 9);
      const again = await state.switchEnvironment(change(0, 's1', NOON, { expiresAt: NOON + 5 }));
      expect(again).toMatchObject({ epoch: 1, expiresAt: NOON + 9 });
    }));

  test('nothing is pointed at that the state does not know, and no environment is half made', () =>
    withSnapshots(open, async (state) => {
      await expect(state.switchEnvironment(change(0, 'nope'))).rejects.toMatchObject({
        code: 'STATE_SNAPSHOT_UNKNOWN',
      });
      expect((await state.read()).environments).toEqual({});
    }));

  test.each(['Prod', 'PROD', 'pROD'])('%s is not made beside prod', (name) =>
    withSnapshots(open, async (state) => {
      await state.switchEnvironment(change(0, 's1'));
      await expect(state.switchEnvironment(change(0, 's1', NOON, { name }))).rejects.toMatchObject({
        code: 'STATE_ENVIRONMENT_EXISTS',
        message: expect.stringMatching(/prod/),
      });
      await state.switchEnvironment(change(0, 's1', NOON, { name: 'prod_2' }));
      await state.removeEnvironment({ name: 'prod', expectedEpoch: 1 });
      await state.switchEnvironment(change(0, 's1', NOON, { name }));
      expect(Object.keys((await state.read()).environments).toSorted()).toEqual([name, 'prod_2'].toSorted());
    }),
  );

  test('a touch moves the end and nothing else', () =>
    withSnapshots(open, async (state) => {
      const made = await state.switchEnvironment(change(0, 's1', NOON, { expiresAt: NOON + 5 }));
      expect(await state.touchEnvironment('prod', NOON + 9)).toEqual({ ...made, expiresAt: NOON + 9 });
      expect(await state.touchEnvironment('prod', NOON + 9)).toEqual({ ...made, expiresAt: NOON + 9 });
      expect(await state.touchEnvironment('prod', null)).toEqual({ ...made, expiresAt: null });
      expect((await state.read()).environments['prod']).toEqual({ ...made, expiresAt: null });
      await expect(state.touchEnvironment('Prod', null)).rejects.toMatchObject({
        code: 'STATE_ENVIRONMENT_UNKNOWN',
      });
    }));

  test('an environment is removed at the epoch expected, once', () =>
    withSnapshots(open, async (state) => {
      await state.switchEnvironment(change(0, 's1'));
      await expect(state.removeEnvironment({ name: 'prod', expectedEpoch: 0 })).rejects.toMatchObject({
        code: 'STATE_ENVIRONMENT_MOVED',
        message: expect.stringMatching(/prod.*1.*0/),
      });
      await state.removeEnvironment({ name: 'prod', expectedEpoch: 1 });
      await state.removeEnvironment({ name: 'prod', expectedEpoch: 1 });
      await state.removeEnvironment({ name: 'never', expectedEpoch: 7 });
      expect((await state.read()).environments).toEqual({});
      expect(await state.switchEnvironment(change(0, 's2'))).toMatchObject({ epoch: 1, previous: null });
    }));

  test.each([
    // expires at | expired by | goes
    [NOON + 5, NOON + 4, false],
    [NOON + 5, NOON + 5, true],
    [null, NOON + 5, false],
  ])('of an environment that expires at %s, asked at %s whether it has: %s', (expiresAt, expiredBy, goes) =>
    withSnapshots(open, async (state) => {
      await state.switchEnvironment(change(0, 's1', NOON, { expiresAt }));
      const removal = state.removeEnvironment({ name: 'prod', expectedEpoch: 1, expiredBy });
      const outcome = await removal.then(
        () => 'removed',
        ({ code }: { readonly code: string }) => code,
      );
      expect(outcome).toBe(goes ? 'removed' : 'STATE_ENVIRONMENT_MOVED');
      expect(Object.keys((await state.read()).environments)).toEqual(goes ? [] : ['prod']);
    }),
  );

  test.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', (name) =>
    withSnapshots(open, async (state) => {
      await expect(state.touchEnvironment(name, null)).rejects.toMatchObject({
        code: 'STATE_ENVIRONMENT_UNKNOWN',
      });
      await state.removeEnvironment({ name, expectedEpoch: 1 });
      expect(await state.switchEnvironment(change(0, 's1', NOON, { name }))).toMatchObject({ epoch: 1 });
      expect(Object.keys((await state.read()).environments)).toEqual([name]);
      await state.removeEnvironment({ name, expectedEpoch: 1 });
      expect(Object.keys((await state.read()).environments)).toEqual([]);
    }),
  );

  test('a manifest is there until nothing refers to it for an hour', () =>
    withSnapshots(open, async (state, time, backend) => {
      await Promise.all([state.saveManifest('m1', '{"one":1}'), state.saveManifest('m2', '{"two":2}')]);
      await state.saveManifest('m3', '');
      await state.saveManifest('m2', '{"two":2}');
      expect(await state.manifest('m1')).toBe('{"one":1}');
      expect(await state.manifest('m3')).toBe('');
      expect(await state.manifest('never')).toBeNull();
      expect(await state.manifest('constructor')).toBeNull();
      const other = backend.scope({ project: 'other', warehouse: 'w' });
      expect(await other.manifest('m1')).toBeNull();
      await other.saveManifest('m3', '');

      await state.switchEnvironment(change(0, 's1', NOON, { manifest: 'm1' }));
      await state.switchEnvironment(change(1, 's2', NOON, { manifest: 'm2' }));
      time.now += 3_600_000;
      expect(await state.collectManifests()).toEqual([]);
      time.now += 1;
      expect(await state.collectManifests()).toEqual(['m3']);
      expect(await state.collectManifests()).toEqual([]);
      expect([await state.manifest('m1'), await state.manifest('m2'), await state.manifest('m3')]).toEqual([
        '{"one":1}',
        '{"two":2}',
        null,
      ]);
      expect(await other.manifest('m3')).toBe('');

      await state.switchEnvironment(change(2, 's3', NOON));
      expect(await state.collectManifests()).toEqual(['m1']);
      await state.saveManifest('m2', '{"two":2}');
      await state.removeEnvironment({ name: 'prod', expectedEpoch: 3 });
      expect(await state.collectManifests()).toEqual([]);
      time.now += 3_600_001;
      expect(await state.collectManifests()).toEqual(['m2']);
    }));

  test.each(['', '..', '../x', 'a/b', 'A', 'a b', '-a', 'a'.repeat(129)])(
    '"%s" is no id of a manifest',
    (id) =>
      withSnapshots(open, async (state) => {
        const invalid = { code: 'STATE_INVALID_ARGUMENT' };
        await expect(state.saveManifest(id, '{}')).rejects.toMatchObject(invalid);
        await expect(state.manifest(id)).rejects.toMatchObject(invalid);
      }),
  );
}

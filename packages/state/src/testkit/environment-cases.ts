import { expect, test } from '@jest/globals';
import type { Pointer } from '@seeknal/plan';

import { scoped } from './opened.ts';
import { NOON, type OpenBackend } from './samples.ts';

const pointer = (snapshot: string): Pointer => ({
  snapshot,
  fingerprint: snapshot,
  metadata: { owner: 'ann' },
});

const change = (
  expectedEpoch: number,
  snapshot: string,
  at = NOON,
): Parameters<Parameters<Parameters<typeof scoped>[1]>[0]['switchEnvironment']>[0] => ({
  name: 'prod',
  expectedEpoch,
  pointers: { 'transform.a': pointer(snapshot) },
  at,
  expiresAt: null,
});

export function environmentCases(open: OpenBackend): void {
  test('a switch moves the pointers, keeps the ones before and raises the epoch', () =>
    scoped(open, async (state) => {
      const first = await state.switchEnvironment(change(0, 's1'));
      expect(first).toEqual({
        name: 'prod',
        epoch: 1,
        pointers: { 'transform.a': pointer('s1') },
        previous: null,
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
    scoped(open, async (state) => {
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
    scoped(open, async (state) => {
      const switches = Array.from({ length: 10 }, (_, n) => state.switchEnvironment(change(0, `s${n}`)));
      const settled = await Promise.allSettled(switches);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }));
}

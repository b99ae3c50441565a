import { expect, test } from '@jest/globals';

import { opened } from './opened.ts';
import { days, finished, NOON, SCOPE, snapshot, type OpenBackend } from './samples.ts';

/** Locks and transactions. */
export function sharedCases(open: OpenBackend): void {
  test('a lock is held by one at a time, and each holder has a higher fence', () =>
    opened(open, async (state, time) => {
      const first = await state.acquireLock('r1');
      expect(first).toMatchObject({ name: 'r1', holder: expect.any(String) });
      expect(first.expiresAt).toBeGreaterThan(time.now);
      await expect(state.acquireLock('r1', 20)).rejects.toMatchObject({
        code: 'STATE_LOCK_HELD',
        message: expect.stringContaining(first.holder),
      });
      const other = await state.acquireLock('r2', 0);
      await first.release();
      const second = await state.acquireLock('r1', 0);
      expect(second.fence).toBeGreaterThan(first.fence);
      await first.release();
      await expect(state.acquireLock('r1', 0)).rejects.toMatchObject({ code: 'STATE_LOCK_HELD' });
      await second.release();
      await other.release();
    }));

  test('a lock is given to one who waits as soon as it is released', () =>
    opened(open, async (state) => {
      const first = await state.acquireLock('r1');
      const second = state.acquireLock('r1', 5000);
      await first.release();
      expect((await second).fence).toBeGreaterThan(first.fence);
    }));

  test('a lock ends by itself unless it is renewed', () =>
    opened(open, async (state, time) => {
      const first = await state.acquireLock('r1');
      time.now = first.expiresAt - 1;
      await first.renew();
      time.now += 1;
      await expect(state.acquireLock('r1', 0)).rejects.toMatchObject({ code: 'STATE_LOCK_HELD' });
      time.now = first.expiresAt;
      await first.renew();
      time.now = first.expiresAt;
      const second = await state.acquireLock('r1', 0);
      await expect(first.renew()).rejects.toMatchObject({ code: 'STATE_LOCK_LOST' });
      await second.release();
      await expect(second.renew()).rejects.toMatchObject({ code: 'STATE_LOCK_LOST' });
    }));

  test('a transaction writes everything', () =>
    opened(open, async (state) => {
      const answer = await state.transaction(async (tx) => {
        await tx.createRun('r1', { startedAt: NOON });
        await tx.setNodeState('r1', 'a.b', { hash: 'x' });
        await tx.scope(SCOPE).addSnapshots([snapshot('a')]);
        await finished(tx.scope(SCOPE), 'a', days(0, 1), 1);
        expect(await state.getRun('r1')).toBeNull();
        return tx.getNodeState('r1', 'a.b');
      });
      expect(answer).toMatchObject({ hash: 'x' });
      expect(await state.getNodeState('r1', 'a.b')).toMatchObject({ hash: 'x' });
      expect((await state.scope(SCOPE).read()).snapshots['a']).toMatchObject({ done: [days(0, 1)], seq: 1 });
      expect(await state.scope(SCOPE).events()).toHaveLength(1);
    }));

  test('a transaction that throws writes nothing', () =>
    opened(open, async (state) => {
      const failing = state.transaction(async (tx) => {
        await tx.createRun('r1');
        await tx.transaction(async (inner) => {
          await inner.setNodeState('r1', 'a.b', {});
        });
        throw Object.assign(new Error('no'), { code: 'NO' });
      });
      await expect(failing).rejects.toMatchObject({ code: 'NO' });
      expect(await state.getRun('r1')).toBeNull();
    }));

  test('a transaction sees the state as it was when it began', () =>
    opened(open, async (state) => {
      await state.createRun('r1', { startedAt: NOON });
      await state.transaction(async (tx) => {
        await state.updateRun('r1', { status: 'running' });
        expect(await tx.getRun('r1')).toMatchObject({ status: 'pending' });
      });
    }));

  test('a transaction whose writes would turn out otherwise than shown is refused whole', () =>
    opened(open, async (state) => {
      await state.createRun('r1', { startedAt: NOON });
      const late = state.transaction(async (tx) => {
        await tx.createRun('r2');
        await tx.updateRun('r1', { status: 'success' });
        await state.updateRun('r1', { config: { changed: true } });
      });
      await expect(late).rejects.toMatchObject({ code: 'STATE_TRANSACTION_CONFLICT' });
      expect(await state.getRun('r2')).toBeNull();
      expect(await state.getRun('r1')).toMatchObject({ status: 'pending', config: { changed: true } });
    }));

  test('a lock cannot be taken in a transaction', () =>
    opened(open, async (state) => {
      const inside = state.transaction((tx) => tx.acquireLock('r1'));
      await expect(inside).rejects.toMatchObject({ code: 'STATE_INVALID_ARGUMENT' });
    }));

  test('writes from all sides at once are all kept', () =>
    opened(open, async (state) => {
      await state.createRun('r1');
      const hours = Array.from({ length: 40 }, (_, n) => n);
      await Promise.all(hours.map((n) => state.addCompletedInterval('r1', 'a.b', 2 * n, 2 * n + 1)));
      expect(await state.getNodeState('r1', 'a.b')).toMatchObject({
        completedIntervals: hours.map((n) => [2 * n, 2 * n + 1]),
      });
    }));
}

import { expect, test } from '@jest/globals';

import type { NodeState } from '../backend.ts';
import { NOON, type OpenBackend } from './samples.ts';
import { opened } from './opened.ts';

const NODE: NodeState = {
  hash: '',
  lastRun: null,
  status: 'pending',
  durationMs: 0,
  rowCount: 0,
  fingerprint: null,
  completedIntervals: [],
  completedPartitions: [],
  restatementIntervals: [],
  metadata: {},
};

/** Runs, the nodes of runs and their intervals: the protocol of the Python state. */
export function runCases(open: OpenBackend): void {
  test('a run is created, updated and read back', () =>
    opened(open, async (state) => {
      const made = await state.createRun('r1', { startedAt: NOON, config: { full: true } });
      const pending = {
        runId: 'r1',
        status: 'pending',
        startedAt: NOON,
        finishedAt: null,
        config: { full: true },
      };
      expect(made).toEqual(pending);
      const done = await state.updateRun('r1', { status: 'success', finishedAt: NOON + 5 });
      expect(done).toEqual({ ...pending, status: 'success', finishedAt: NOON + 5 });
      expect(await state.getRun('r1')).toEqual(done);
      expect(await state.getRun('r2')).toBeNull();
      expect(await state.updateRun('r1', { status: 'success' })).toEqual(done);
    }));

  test('a run starts by the state’s clock unless it says when', () =>
    opened(open, async (state, time) => {
      expect(await state.createRun('r1')).toMatchObject({ startedAt: time.now });
    }));

  test('creating a run again with the same start and config is a repetition, anything else is refused', () =>
    opened(open, async (state) => {
      await state.createRun('r1', { startedAt: NOON });
      await state.updateRun('r1', { status: 'running' });
      expect(await state.createRun('r1', { startedAt: NOON })).toMatchObject({ status: 'running' });
      await expect(state.createRun('r1', { startedAt: NOON + 1 })).rejects.toMatchObject({
        code: 'STATE_RUN_EXISTS',
      });
      await expect(state.createRun('r1', { startedAt: NOON, config: { a: 1 } })).rejects.toMatchObject({
        code: 'STATE_RUN_EXISTS',
      });
      await expect(state.createRun('r1')).rejects.toMatchObject({ code: 'STATE_RUN_EXISTS' });
    }));

  test('runs are listed newest first', () =>
    opened(open, async (state) => {
      await state.createRun('old', { startedAt: NOON });
      await state.createRun('new', { startedAt: NOON + 2 });
      await state.createRun('between', { startedAt: NOON + 1 });
      expect((await state.listRuns()).map(({ runId }) => runId)).toEqual(['new', 'between', 'old']);
      expect((await state.listRuns(1)).map(({ runId }) => runId)).toEqual(['new']);
    }));

  test('the 50 newest runs are remembered, and older ones that have not finished', () =>
    opened(open, async (state) => {
      await state.createRun('unfinished', { startedAt: NOON });
      for (let n = 0; n < 52; n += 1) {
        await state.createRun(`r${n}`, { startedAt: NOON + n });
        await state.updateRun(`r${n}`, { finishedAt: NOON + n });
      }
      const kept = await state.listRuns(100);
      expect(kept).toHaveLength(50);
      expect([kept[0]?.runId, kept.at(-1)?.runId]).toEqual(['r51', 'unfinished']);
    }));

  test('a node has defaults, and a patch changes what it names', () =>
    opened(open, async (state) => {
      await state.createRun('r1');
      expect(await state.getNodeState('r1', 'transform.a')).toBeNull();
      expect(await state.setNodeState('r1', 'transform.a', { hash: 'abc' })).toEqual({
        ...NODE,
        hash: 'abc',
      });
      await state.setNodeState('r1', 'transform.a', { status: 'success', metadata: { version: 1 } });
      const expected = { ...NODE, hash: 'abc', status: 'success', metadata: { version: 1 } };
      expect(await state.getNodeState('r1', 'transform.a')).toEqual(expected);
      expect(await state.getNodeState('r1', 'transform.b')).toBeNull();
    }));

  test('completed intervals are the union of what was added', () =>
    opened(open, async (state) => {
      await state.createRun('r1');
      await state.addCompletedInterval('r1', 'transform.a', 10, 20);
      await state.addCompletedInterval('r1', 'transform.a', 40, 50);
      await state.addCompletedInterval('r1', 'transform.a', 20, 30);
      await state.addCompletedInterval('r1', 'transform.a', 10, 20);
      expect(await state.getNodeState('r1', 'transform.a')).toEqual({
        ...NODE,
        completedIntervals: [
          [10, 30],
          [40, 50],
        ],
      });
    }));

  test.each(['__proto__', 'constructor', 'toString', '../x', 'a"b', '\u{1F600}'])(
    '%s is a name like any other',
    (name) =>
      opened(open, async (state) => {
        expect(await state.getRun(name)).toBeNull();
        await state.createRun(name, { config: { [name]: name } });
        expect(await state.getNodeState(name, name)).toBeNull();
        await state.setNodeState(name, name, { hash: name });
        expect(await state.getNodeState(name, name)).toEqual({ ...NODE, hash: name });
        const lock = await state.acquireLock(name, 0);
        await expect(state.acquireLock(name, 0)).rejects.toMatchObject({ code: 'STATE_LOCK_HELD' });
        await lock.release();
      }),
  );

  test('a run that does not exist is refused by name', () =>
    opened(open, async (state) => {
      const unknown = { code: 'STATE_RUN_UNKNOWN', message: expect.stringContaining('nowhere') };
      await expect(state.updateRun('nowhere', {})).rejects.toMatchObject(unknown);
      await expect(state.setNodeState('nowhere', 'a.b', {})).rejects.toMatchObject(unknown);
      await expect(state.addCompletedInterval('nowhere', 'a.b', 1, 2)).rejects.toMatchObject(unknown);
    }));

  test('names that are empty or endless, and ranges that are none, are refused and change nothing', () =>
    opened(open, async (state) => {
      await state.createRun('r1');
      const invalid = { code: 'STATE_INVALID_ARGUMENT' };
      await expect(state.createRun('')).rejects.toMatchObject(invalid);
      await expect(state.createRun('x'.repeat(10_000))).rejects.toMatchObject(invalid);
      await expect(state.setNodeState('r1', '', {})).rejects.toMatchObject(invalid);
      await expect(state.acquireLock('', 0)).rejects.toMatchObject(invalid);
      for (const [start, end] of [
        [2, 1],
        [1, 1],
        [Number.NaN, 1],
        [0, Infinity],
      ] as const) {
        await expect(state.addCompletedInterval('r1', 'a.b', start, end)).rejects.toMatchObject(invalid);
        await expect(
          state.setNodeState('r1', 'a.b', { restatementIntervals: [[start, end]] }),
        ).rejects.toMatchObject(invalid);
      }
      expect(await state.getNodeState('r1', 'a.b')).toBeNull();
      expect(await state.listRuns()).toHaveLength(1);
    }));

  test('what was handed in or out can be changed by its owner without changing the state', () =>
    opened(open, async (state) => {
      const config = { list: [1] };
      await state.createRun('r1', { config });
      config.list.push(2);
      expect(await state.getRun('r1')).toMatchObject({ config: { list: [1] } });
    }));
}

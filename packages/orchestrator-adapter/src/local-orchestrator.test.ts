import { expect, test } from '@jest/globals';
import type { Task } from '@seeknal/plan';
import fc from 'fast-check';

import { localOrchestrator } from './local-orchestrator.ts';
import type { Job, JobResult, TaskEvent, TaskOutcome, Wait } from './orchestrator.ts';

/** `a3` is the task of snapshot a for the instant 3; `a2-5` for the range from 2 to 5. */
function task(id: string): Task {
  const [, snapshot = '', start = '', end] = /^(\D+)(\d+)(?:-(\d+))?$/u.exec(id) ?? [];
  const range = { start: Number(start), end: end === undefined ? Number(start) + 1 : Number(end) };
  return { id, node: snapshot, snapshot, action: 'build', range, intervals: 1 };
}

const DONE: TaskOutcome = { status: 'done', rows: 1, dropped: 0, isChanged: true, warnings: [], added: [] };
const fails = (mayPass: boolean): TaskOutcome => ({ status: 'failed', error: new Error('no'), mayPass });
const tick = (ms = 1): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Script {
  readonly tasks: string;
  /** `b` waits for `a`, at the same instants unless it says otherwise. */
  readonly waits?: Record<string, (of: Task) => Wait>;
  readonly outcome?: (of: Task, attempt: number) => TaskOutcome | Promise<TaskOutcome>;
  readonly job?: Partial<Job>;
}

async function played({ tasks, waits = {}, outcome = () => DONE, job = {} }: Script): Promise<{
  readonly result: JobResult;
  readonly log: readonly string[];
  readonly most: number;
  readonly events: readonly TaskEvent[];
}> {
  const log: string[] = [];
  const events: TaskEvent[] = [];
  const attempts = new Map<string, number>();
  let running = 0;
  let most = 0;
  const result = await localOrchestrator().run({
    tasks: tasks.split(' ').filter(Boolean).map(task),
    waits: (of) => (waits[of.snapshot] === undefined ? [] : [waits[of.snapshot]?.(of) as Wait]),
    concurrency: () => null,
    maxWorkers: 1,
    retries: 0,
    backoffMs: 1,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...job,
    execute: async (of) => {
      running += 1;
      most = Math.max(most, running);
      const attempt = (attempts.get(of.id) ?? 0) + 1;
      attempts.set(of.id, attempt);
      log.push(of.id);
      try {
        await tick();
        return await outcome(of, attempt);
      } finally {
        running -= 1;
      }
    },
  });
  return { result, log, most, events };
}

const same =
  (snapshot: string) =>
  ({ range }: Task): Wait => ({ snapshot, range });
const ids = (tasks: readonly Task[]): string => tasks.map(({ id }) => id).join(' ');
const skipped = ({ skipped: list }: JobResult): string =>
  list.map((of) => `${of.task.id}<${of.because}`).join(' ');

test('one worker runs tasks in the order given: nodes first, then time', async () => {
  expect((await played({ tasks: 'a1 a2 b1 b2' })).log.join(' ')).toBe('a1 a2 b1 b2');
});

test('a task starts when what it waits for is done, not when everything is', async () => {
  const { log } = await played({
    tasks: 'b1 b2 a1 a2',
    waits: { b: same('a') },
    outcome: async ({ id }) => {
      if (id === 'a2') await tick(20);
      return DONE;
    },
    job: { maxWorkers: 4 },
  });
  expect(log.join(' ')).toBe('a1 a2 b1 b2');
});

test('a wait for a range is a wait for every task that overlaps it', async () => {
  const { log } = await played({
    tasks: 'a1 a2 a3 a4 b3',
    waits: { b: ({ range }) => ({ snapshot: 'a', range: { start: range.start - 1, end: range.end } }) },
    job: { maxWorkers: 1, concurrency: () => 1 },
  });
  expect(log.join(' ')).toBe('a1 a2 a3 a4 b3');
  const wide = await played({
    tasks: 'b3 a1-4 a4',
    waits: { b: same('a') },
    job: { maxWorkers: 2 },
    outcome: async ({ id }) => {
      if (id === 'a4') await tick(20);
      return DONE;
    },
  });
  expect(ids(wide.result.done)).toBe('a1-4 b3 a4');
});

test.each([
  [1, 1],
  [3, 3],
  [9, 6],
])('with %s workers at most %s of six tasks run at a time', async (maxWorkers, most) => {
  expect((await played({ tasks: 'a1 a2 a3 b1 b2 b3', job: { maxWorkers } })).most).toBe(most);
});

test('a node may allow fewer tasks of its own at a time', async () => {
  let running = 0;
  let most = 0;
  const { result } = await played({
    tasks: 'a1 a2 a3 a4 b1',
    job: { maxWorkers: 4, concurrency: (node) => (node === 'a' ? 2 : null) },
    outcome: async ({ node }) => {
      if (node === 'a') most = Math.max(most, (running += 1));
      await tick(5);
      if (node === 'a') running -= 1;
      return DONE;
    },
  });
  expect(result.done.length).toBe(5);
  expect(most).toBe(2);
});

test('a failure skips what depends on it, down to the last, and nothing else', async () => {
  const { result } = await played({
    tasks: 'a1 a2 b1 b2 c1 c2 d1',
    waits: { b: same('a'), c: same('b') },
    outcome: ({ id }) => (id === 'a1' ? fails(false) : DONE),
    job: { maxWorkers: 3 },
  });
  expect(ids(result.failed.map((each) => each.task))).toBe('a1');
  expect(skipped(result)).toBe('b1<a1 c1<a1');
  expect(
    ids(result.done)
      .split(' ')
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join(' '),
  ).toBe('a2 b2 c2 d1');
});

test('an exception is a failure of its task', async () => {
  const { result } = await played({
    tasks: 'a1 b1',
    outcome: ({ id }) => {
      if (id === 'a1') throw new Error('boom');
      return DONE;
    },
  });
  expect(result.failed.map(({ error }) => (error as Error).message)).toEqual(['boom']);
  expect(ids(result.done)).toBe('b1');
});

test.each<[string, TaskOutcome, number, number]>([
  ['an error that may pass is tried again', fails(true), 2, 3],
  ['an error that cannot pass is not', fails(false), 2, 1],
  ['nothing is tried again unless asked', fails(true), 0, 1],
])('%s', async (_, outcome, retries, runs) => {
  const { log, result, events } = await played({ tasks: 'a1', outcome: () => outcome, job: { retries } });
  expect(log.length).toBe(runs);
  expect(result.failed.length).toBe(1);
  expect(events.filter(({ type }) => type === 'retrying').length).toBe(runs - 1);
});

test('a task that passes at the second try is done', async () => {
  const { result } = await played({
    tasks: 'a1 b1',
    waits: { b: same('a') },
    outcome: ({ id }, attempt) =>
      id === 'a1' && attempt === 1 ? { status: 'failed', error: { message: 'busy' }, mayPass: true } : DONE,
    job: { retries: 1 },
  });
  expect(ids(result.done)).toBe('a1 b1');
});

test('tasks that a commit adds run before what waits for them', async () => {
  const { log, events } = await played({
    tasks: 'a1 c1',
    waits: { b: same('a'), c: same('b') },
    outcome: ({ id }) => (id === 'a1' ? { ...DONE, added: [task('b1')] } : DONE),
  });
  expect(log.join(' ')).toBe('a1 b1 c1');
  expect(events.flatMap((event) => (event.type === 'added' ? [ids(event.tasks)] : []))).toEqual(['b1']);
});

test('what an unstarted task covers already is not added again', async () => {
  const { log } = await played({
    tasks: 'a1 a2 b1-9',
    waits: { b: () => ({ snapshot: 'a', range: { start: 0, end: 99 } }) },
    outcome: ({ id }) => (id.startsWith('a') ? { ...DONE, added: [task('b3')] } : DONE),
  });
  expect(log.join(' ')).toBe('a1 a2 b1-9');
});

test('what is added while its like is running runs after it', async () => {
  const { log } = await played({
    tasks: 'b1 a1',
    job: { maxWorkers: 2 },
    outcome: async ({ id }, attempt) => {
      if (id === 'b1' && attempt === 1) await tick(20);
      return id === 'a1' ? { ...DONE, added: [task('b1')] } : DONE;
    },
  });
  expect(log.join(' ')).toBe('b1 a1 b1');
});

test('a task that does not count runs again after what it asks for', async () => {
  const { log, result } = await played({
    tasks: 'b1',
    waits: { b: same('a') },
    outcome: ({ id }, attempt) =>
      id === 'b1' && attempt === 1 ? { status: 'again', reason: 'moved', added: [task('a1')] } : DONE,
  });
  expect(log.join(' ')).toBe('b1 a1 b1');
  expect(ids(result.done)).toBe('a1 b1');
});

test('a task that never counts is given up, and says why', async () => {
  const { result, log } = await played({
    tasks: 'a1 b1',
    waits: { b: same('a') },
    outcome: ({ id }) => (id === 'a1' ? { status: 'again', reason: 'moved', added: [] } : DONE),
  });
  expect(log.length).toBe(21);
  expect(result.failed[0]?.error).toMatchObject({
    code: 'TASK_GAVE_UP',
    message: expect.stringContaining('moved'),
  });
  expect(skipped(result)).toBe('b1<a1');
});

test('what has nothing to do is reported apart', async () => {
  const { result } = await played({
    tasks: 'a1 b1',
    waits: { b: same('a') },
    outcome: () => ({ status: 'unchanged' }),
  });
  expect([ids(result.unchanged), ids(result.done)]).toEqual(['a1 b1', '']);
});

test('a cancelled job starts nothing more, waits for what runs, and names what was left', async () => {
  const abort = new AbortController();
  const { result, log } = await played({
    tasks: 'a1 a2 a3 b1',
    waits: { b: same('a') },
    job: { signal: abort.signal, maxWorkers: 2 },
    outcome: async ({ id }) => {
      if (id === 'a1') abort.abort();
      await tick(10);
      return id === 'a2' ? fails(false) : DONE;
    },
  });
  expect(log.join(' ')).toBe('a1 a2');
  expect(ids(result.done)).toBe('a1');
  expect(ids(result.cancelled)).toBe('a2 a3 b1');
  expect(result.failed).toEqual([]);
});

test('a job that is cancelled during a pause before a repetition does not wait it out', async () => {
  const abort = new AbortController();
  const startedAt = performance.now();
  const { result } = await played({
    tasks: 'a1',
    outcome: () => {
      setTimeout(() => abort.abort(), 5);
      return fails(true);
    },
    job: { signal: abort.signal, retries: 5, backoffMs: 60_000 },
  });
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(ids(result.cancelled)).toBe('a1');
});

test('every task of a random graph runs once, after all that it waits for, whatever the number of workers', async () => {
  const edges = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(
      edges,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (pairs, maxWorkers, width) => {
        const names = ['a', 'b', 'c', 'd', 'e', 'f'];
        const above = (node: string): string[] =>
          pairs.flatMap(([a, b]) => (a < b && names[b] === node ? [names[a] as string] : []));
        const all = names.flatMap((name) => Array.from({ length: width }, (_, i) => task(`${name}${i}`)));
        const finished = new Set<string>();
        const order: string[] = [];
        const result = await localOrchestrator().run({
          tasks: all,
          waits: ({ node, range }) => above(node).map((snapshot) => ({ snapshot, range })),
          concurrency: () => null,
          maxWorkers,
          retries: 0,
          signal: new AbortController().signal,
          onEvent: () => {},
          execute: async ({ id, node, range }) => {
            order.push(id);
            for (const parent of above(node)) expect(finished).toContain(`${parent}${range.start}`);
            await tick(0);
            finished.add(id);
            return DONE;
          },
        });
        expect(result.done.length).toBe(all.length);
        expect(new Set(order).size).toBe(all.length);
      },
    ),
    { numRuns: 30 },
  );
});

test('10,000 intervals of two nodes, each waiting for its week, take no quadratic time', async () => {
  const many = (snapshot: string): Task[] =>
    Array.from({ length: 10_000 }, (_, i) => task(`${snapshot}${i}`));
  const result = await localOrchestrator().run({
    tasks: [...many('a'), ...many('b')],
    waits: ({ snapshot, range }) =>
      snapshot === 'b' ? [{ snapshot: 'a', range: { start: range.start - 6, end: range.end } }] : [],
    concurrency: () => null,
    maxWorkers: 4,
    retries: 0,
    signal: new AbortController().signal,
    onEvent: () => {},
    execute: async () => DONE,
  });
  expect(result.done.length).toBe(20_000);
});

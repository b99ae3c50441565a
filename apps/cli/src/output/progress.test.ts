import { expect, test } from '@jest/globals';

import { Progress, type Task, type TaskEvent } from './progress.ts';
import { estimateMs, nodeLine, progressLine } from './progress-line.ts';
import { logLines } from './progress-log.ts';
import { eventJson } from './run-json.ts';
import { styleOf } from './style.ts';

const plain = styleOf({ write: () => {} }, {}, false);
const DAY = 86_400_000;

const task = (node: string, day: number): Task => ({
  id: `${node}@${day}`,
  node,
  snapshot: 's',
  action: 'build',
  range: { start: day * DAY, end: (day + 1) * DAY },
  intervals: 1,
});
const [a1, a2, b1] = [task('a', 0), task('a', 1), task('b', 0)];
const started = (of: Task, attempt = 1): TaskEvent => ({ type: 'started', task: of, attempt });
const done = (of: Task, more: object = {}): TaskEvent => ({
  type: 'finished',
  task: of,
  durationMs: 20,
  outcome: { status: 'done', rows: 5, dropped: 0, isChanged: true, warnings: [], added: [], ...more },
});
const failed = (of: Task, code: string): TaskEvent => ({
  type: 'finished',
  task: of,
  durationMs: 20,
  outcome: { status: 'failed', error: { code, message: 'No.' }, mayPass: false },
});

/** Hears events one second apart. */
function heard(tasks: readonly Task[], events: readonly TaskEvent[]): Progress {
  let now = 0;
  const progress = new Progress(tasks, () => now);
  for (const event of events) {
    now += 1000;
    progress.hear(event);
  }
  return progress;
}

test('tasks are numbered as they start, and keep their number when they are repeated', () => {
  const progress = heard([a1, a2], []);
  const line = (event: TaskEvent): readonly string[] => {
    progress.hear(event);
    return logLines(event, progress, plain);
  };
  const retrying: TaskEvent = { type: 'retrying', task: a2, reason: 'busy', inMs: 500 };
  const again: TaskEvent = {
    type: 'finished',
    task: a1,
    durationMs: 20,
    outcome: { status: 'again', reason: 'it moved', added: [b1] },
  };
  const unchanged: TaskEvent = {
    type: 'finished',
    task: b1,
    durationMs: 20,
    outcome: { status: 'unchanged' },
  };
  expect(
    [
      started(a2),
      retrying,
      started(a2, 2),
      done(a2, { warnings: ['odd'], dropped: 3 }),
      started(a1),
      again,
      { type: 'added', tasks: [b1] } as TaskEvent,
      unchanged,
      { type: 'skipped', task: a1, because: 'b@0' } as TaskEvent,
    ].flatMap(line),
  ).toEqual([
    '1/2: a 1970-01-02 to 1970-01-03 [RUNNING]',
    '1/2: a 1970-01-02 to 1970-01-03 RETRYING in 0.50s: busy',
    '1/2: a 1970-01-02 to 1970-01-03 [RUNNING] attempt 2',
    '1/2: a 1970-01-02 to 1970-01-03 SUCCESS in 0.02s  Rows: 5',
    'WARNING a 1970-01-02 to 1970-01-03: odd',
    'WARNING a 1970-01-02 to 1970-01-03: 3 rows out of range dropped',
    '2/2: a 1970-01-01 to 1970-01-02 [RUNNING]',
    '2/2: a 1970-01-01 to 1970-01-02 AGAIN: it moved',
    '3/3: b 1970-01-01 to 1970-01-02 [CACHED]',
    '2/3: a 1970-01-01 to 1970-01-02 SKIPPED because b@0 failed',
  ]);
});

test('a failure counts, an interruption does not', () => {
  const progress = heard(
    [a1, a2],
    [started(a1), started(a2), failed(a1, 'ENGINE_SQL'), failed(a2, 'ENGINE_CANCELLED')],
  );
  expect(progress.of('a')).toMatchObject({ tasks: 2, over: 2, failed: 1, rows: 0 });
  expect(logLines(failed(a2, 'ENGINE_CANCELLED'), progress, plain)).toEqual([
    '2/2: a 1970-01-02 to 1970-01-03 INTERRUPTED in 0.02s',
  ]);
});

test('the line in motion says how far a run is, and how long it will take', () => {
  const progress = heard(
    [a1, a2, b1, task('b', 1)],
    [started(a1), done(a1), started(a2), done(a2), started(b1), done(b1), started(task('b', 1))],
  );
  expect(progressLine(progress, 6000, { ...plain, width: 100 })).toBe(
    '| 1/2 nodes  3/4 intervals  15 rows  6.00s  about 2.00s left  b',
  );
  expect(progressLine(progress, 6000, { ...plain, width: 40 })).toBe(
    '| 1/2 nodes  3/4 intervals  15 rows ...',
  );
  expect(estimateMs(progress, 900)).toBeNull();
});

test.each<[readonly TaskEvent[], string]>([
  // events                                                  the line that stays
  [[started(a1), done(a1), started(a2), done(a2)], 'OK a  2 intervals  10 rows  3.00s'],
  [[started(a1), failed(a1, 'X'), started(a2), done(a2)], 'ERROR a  1 of 2 tasks failed'],
  [[{ type: 'skipped', task: a1, because: 'z' }], '- a  skipped: something it reads failed'],
  [[{ type: 'finished', task: a1, durationMs: 0, outcome: { status: 'unchanged' } }], '- a  nothing to do'],
])('%#: a node that is over', (events, line) => {
  expect(nodeLine(heard([a1, a2], events).of('a'), plain)).toBe(line);
});

test('events as JSON', () => {
  const about = {
    task: 'a@0',
    node: 'a',
    action: 'build',
    range: ['1970-01-01T00:00:00Z', '1970-01-02T00:00:00Z'],
    intervals: 1,
  };
  expect(
    (
      [
        started(a1),
        { type: 'retrying', task: a1, reason: 'busy', inMs: 500 },
        { type: 'skipped', task: a1, because: 'z' },
        { type: 'added', tasks: [a1] },
        { type: 'repaired', recorded: 1, rebuilt: 0 },
        { type: 'finished', task: a1, durationMs: 1.6, outcome: { status: 'unchanged' } },
        {
          type: 'finished',
          task: a1,
          durationMs: 1.6,
          outcome: { status: 'again', reason: 'it moved', added: [] },
        },
      ] as const
    ).map(eventJson),
  ).toEqual([
    { type: 'task_started', ...about, attempt: 1 },
    { type: 'task_retrying', ...about, reason: 'busy', inMs: 500 },
    { type: 'task_skipped', ...about, because: 'z' },
    { type: 'tasks_added', tasks: [about] },
    { type: 'repaired', recorded: 1, rebuilt: 0 },
    { type: 'task_finished', ...about, durationMs: 2, status: 'unchanged' },
    { type: 'task_finished', ...about, durationMs: 2, status: 'again', reason: 'it moved' },
  ]);
});

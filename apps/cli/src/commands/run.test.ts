import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, shop } from '../in-process.test.kit.ts';

const HEAD = `Seeknal Pipeline Execution
============================================================
  Project: shop
  Mode: Incremental
  Range: everything up to 2024-01-04T12:00:00Z (UTC)
OK DAG built: 3 nodes, 2 edges
`;

test('a first run says what it does, does it, and sums up; a second one has nothing to do', async () => {
  const folder = await shop();
  expect(await seeknal(folder, 'run --max-workers 1')).toEqual({
    code: 0,
    out: `${HEAD}INFO Nodes to run: 3

  + source.orders    new: 1 task
  + transform.daily  new: 3 intervals in 3 tasks, 2024-01-01 to 2024-01-04
  + transform.total  new: 1 task

Plan: 3 to add, 0 to change, 0 to remove, 0 to backfill. 5 tasks, 3 intervals.

OK State saved
Execution Summary
============================================================
  Total nodes: 3
  Executed:    3
  Cached:      0
  Failed:      0
  Tasks:       5
  Rows:        4
  Duration:    #s
`,
    err: `1/5: source.orders [RUNNING]
1/5: source.orders SUCCESS in #s  Rows: 4
2/5: transform.daily 2024-01-01 to 2024-01-02 [RUNNING]
2/5: transform.daily 2024-01-01 to 2024-01-02 SUCCESS in #s  Rows: 1
3/5: transform.daily 2024-01-02 to 2024-01-03 [RUNNING]
3/5: transform.daily 2024-01-02 to 2024-01-03 SUCCESS in #s  Rows: 1
4/5: transform.daily 2024-01-03 to 2024-01-04 [RUNNING]
4/5: transform.daily 2024-01-03 to 2024-01-04 SUCCESS in #s  Rows: 1
5/5: transform.total [RUNNING]
5/5: transform.total SUCCESS in #s  Rows: 1
`,
  });
  expect(await seeknal(folder, 'run')).toEqual({
    code: 0,
    out: `${HEAD}\nOK No changes detected. Nothing to run.\n`,
    err: '',
  });
});

test('a later clock runs the new day and what depends on it', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(
    join(folder, 'data/orders.csv'),
    'day,amount\n2024-01-01,10\n2024-01-01,5\n2024-01-02,7\n2024-01-03,1\n2024-01-04,8\n',
  );
  const { code, err } = await seeknal(folder, 'run --max-workers 1 --now 2024-01-05');
  expect(code).toBe(0);
  expect(err.split('\n').filter((line) => line.includes('SUCCESS'))).toEqual([
    '1/2: source.orders SUCCESS in #s  Rows: 5',
    '2/2: transform.daily 2024-01-04 to 2024-01-05 SUCCESS in #s  Rows: 1',
    '3/3: transform.total SUCCESS in #s  Rows: 1',
  ]);
  expect((await seeknal(folder, ['query', '--csv', 'SELECT * FROM transform.total'])).out).toBe(
    'amount\n31\n',
  );
});

const BROKEN = {
  'seeknal/transforms/broken.yml': `kind: transform
name: broken
inputs: [{ ref: transform.daily }]
transform: |
  SELECT day,
    dya
  FROM ref('transform.daily')
`,
  'seeknal/transforms/after.yml': `kind: transform
name: after
inputs: [{ ref: transform.broken }]
transform: SELECT * FROM ref('transform.broken')
`,
};

test('a failed node is shown at its line, what reads it is skipped, the rest is run', async () => {
  const folder = await shop(BROKEN);
  const { code, out, err } = await seeknal(folder, 'run --max-workers 1');
  expect(code).toBe(1);
  expect(err).toContain(`ERROR transform.broken: Referenced column "dya" not found in FROM clause!
  at seeknal/transforms/broken.yml:6:5
    4 | transform: |
    5 |   SELECT day,
  > 6 |     dya
      |     ^
    7 |   FROM ref('transform.daily')
    8 |
  -> Did you mean day, amount?
`);
  expect(err).toContain('transform.after SKIPPED because transform.broken failed\n');
  expect(out.slice(out.indexOf('Execution Summary'))).toBe(`Execution Summary
============================================================
  Total nodes: 5
  Executed:    3
  Cached:      0
  Failed:      1
  Skipped:     1
  Tasks:       5
  Rows:        4
  Duration:    #s
ERROR transform.broken: Referenced column "dya" not found in FROM clause!
WARNING transform.broken is left as it was: it has no rows yet
WARNING transform.after is left as it was: it has no rows yet
`);
});

test.each([
  // flags                               files    code
  ['run', BROKEN, 1],
  ['run --continue-on-error', BROKEN, 3],
  ['run --continue-on-error broken', BROKEN, 1],
  ['run', {}, 0],
])('%s ends with its exit code', async (line, files, code) => {
  const folder = await shop(files);
  if (line.endsWith('broken')) await seeknal(folder, 'run daily+');
  expect((await seeknal(folder, line)).code).toBe(code);
});

test('an interrupted run ends with 130, and the next one goes on', async () => {
  const folder = await shop();
  expect(await seeknal(folder, 'run', { signal: AbortSignal.abort() })).toMatchObject({
    code: 130,
    err: 'WARNING Interrupted. 0 of 5 tasks are finished and kept.\n  -> seeknal run goes on from there.\n',
  });
  expect((await seeknal(folder, 'run')).code).toBe(0);
});

test('--dry-run and --show-plan run nothing', async () => {
  const folder = await shop();
  const { out } = await seeknal(folder, 'run --dry-run');
  expect(out).toMatch(
    /3 intervals\.\n {2}load source\.orders\n {2}build transform\.daily 2024-01-01 to 2024-01-02\n/u,
  );
  expect((await seeknal(folder, 'run --show-plan')).out).toBe((await seeknal(folder, 'plan')).out);
  expect((await seeknal(folder, 'plan --detailed-exitcode')).code).toBe(2);
});

test('--json is a stream of events: the version first, the summary last', async () => {
  const { code, out, err } = await seeknal(await shop(BROKEN), 'run --json --max-workers 1');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events[0]).toEqual({ type: 'version', ui: '1.0' });
  expect(events[1]).toMatchObject({ type: 'planned', plan: { version: 1, project: 'shop' } });
  expect(events.find(({ type, node }) => type === 'task_finished' && node === 'transform.daily')).toEqual({
    type: 'task_finished',
    task: expect.any(String),
    node: 'transform.daily',
    action: 'build',
    range: ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'],
    intervals: 1,
    durationMs: expect.any(Number),
    status: 'done',
    rows: 1,
    dropped: 0,
    isChanged: true,
    warnings: [],
  });
  expect(events.find(({ status }) => status === 'failed')).toMatchObject({
    node: 'transform.broken',
    error: {
      code: 'ENGINE_SQL',
      place: { file: 'seeknal/transforms/broken.yml', line: 6, column: 5 },
      hint: 'Did you mean day, amount?',
    },
  });
  expect(events.at(-1)).toMatchObject({
    type: 'summary',
    status: 'partial',
    nodes: { total: 5, executed: 3, cached: 0, failed: 1, skipped: 1, blocked: 0 },
    tasks: { done: 5, unchanged: 0, failed: 1, skipped: 1, cancelled: 0 },
    exitCode: 1,
  });
});

test('on a terminal a node leaves one line, and the line in motion is taken away', async () => {
  const { out, err } = await seeknal(await shop(), 'run --max-workers 1 --no-color', {
    columns: 60,
    env: { LANG: 'C.UTF-8' },
  });
  expect(out).toContain('✓ DAG built: 3 nodes, 2 edges\nℹ Nodes to run: 3\n');
  const lines = err.split('\n').map((line) => line.slice(line.lastIndexOf('\u001B[2K') + '\u001B[2K'.length));
  expect(lines).toEqual(
    expect.arrayContaining([
      '✓ source.orders  4 rows  #s',
      '✓ transform.daily  3 intervals  3 rows  #s',
      '✓ transform.total  1 row  #s',
    ]),
  );
});

test('the same failure of many intervals is told once', async () => {
  const folder = await shop({
    'seeknal/transforms/daily.yml': `kind: transform
name: daily
schedule: "@daily"
start: "2024-01-01"
time_column: day
transform: SELECT DATE '{{ start }}' AS day, 1 / nope AS x
`,
  });
  const { err, out } = await seeknal(folder, 'run --max-workers 1');
  expect(err.match(/not found in FROM clause|nope/gu)?.length).toBeLessThan(6);
  expect(out.match(/^ERROR transform\.daily /gmu)).toHaveLength(3);
});

test('values for params come from the command line', async () => {
  const folder = await shop({
    'seeknal/transforms/total.yml':
      "kind: transform\nname: total\nparams: { factor: 1 }\ninputs: [{ ref: transform.daily }]\ntransform: SELECT sum(amount) * {{ factor }} AS amount FROM ref('transform.daily')\n",
  });
  expect((await seeknal(folder, ['run', '--params', '{"factor": 2}'])).code).toBe(0);
  expect((await seeknal(folder, ['query', '--csv', 'SELECT * FROM transform.total'])).out).toBe(
    'amount\n46\n',
  );
  expect((await seeknal(folder, ['run', '--params', '[1]'])).code).toBe(2);
  expect(await readFile(join(folder, 'target/state.json'), 'utf8')).toContain('transform.total');
});

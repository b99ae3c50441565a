import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

const daily = SHOP['seeknal/transforms/daily.yml'] as string;

test('bare, it shows what is done and what is missing of every node', async () => {
  const folder = await shop();
  await seeknal(folder, 'run --end 2024-01-02');
  const shown = await seeknal(folder, 'intervals');
  expect(shown).toEqual({
    code: 0,
    out: `Completed Intervals:
transform.daily:
  2024-01-01 to 2024-01-02 ✓
  2024-01-02 to 2024-01-03 ✓

Missing Intervals:
transform.daily:
  2024-01-03 to 2024-01-04

Without a schedule:
  source.orders ✓
  transform.total ✓
`,
    err: '',
  });
  expect(await seeknal(folder, 'intervals show')).toEqual(shown);
});

test('before a run everything is missing', async () => {
  expect((await seeknal(await shop(), 'intervals show daily')).out).toBe(`Completed Intervals:
transform.daily:
  none yet

Missing Intervals:
transform.daily:
  2024-01-01 to 2024-01-02
  2024-01-02 to 2024-01-03
  2024-01-03 to 2024-01-04
`);
});

test('a long history is shown in stretches unless all of it is asked for', async () => {
  const folder = await shop({
    'seeknal/transforms/daily.yml': daily.replace('start: "2024-01-01"', 'start: "2023-01-01"'),
  });
  const { out } = await seeknal(folder, 'intervals show daily');
  expect(out).toContain('  2023-01-01 to 2024-01-04 (368 intervals)\n');
  expect((await seeknal(folder, 'intervals show daily --all')).out.match(/ to /gu)).toHaveLength(368);
});

test('as JSON, intervals are pairs of instants, coalesced', async () => {
  const folder = await shop();
  await seeknal(folder, 'run --end 2024-01-02');
  expect(JSON.parse((await seeknal(folder, 'intervals show daily --json')).out)).toEqual({
    nodes: [
      {
        node: 'transform.daily',
        schedule: '0 0 * * *',
        timeZone: 'UTC',
        wanted: [['2024-01-01T00:00:00Z', '2024-01-04T00:00:00Z']],
        done: [['2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z']],
        missing: [['2024-01-03T00:00:00Z', '2024-01-04T00:00:00Z']],
      },
    ],
  });
});

test('list numbers the done intervals of one node, and its JSON is that of the Python tool', async () => {
  const folder = await shop();
  expect((await seeknal(folder, 'intervals list daily')).out).toBe(
    'Completed intervals of transform.daily:\n  none yet\n',
  );
  await seeknal(folder, 'run --end 2024-01-02');
  expect((await seeknal(folder, 'intervals list transform.daily')).out)
    .toBe(`Completed intervals of transform.daily:
  1. 2024-01-01 to 2024-01-02
  2. 2024-01-02 to 2024-01-03
`);
  expect(JSON.parse((await seeknal(folder, 'intervals list daily -o json')).out)).toEqual({
    node_id: 'transform.daily',
    completed_intervals: [
      ['2024-01-01T00:00:00', '2024-01-02T00:00:00'],
      ['2024-01-02T00:00:00', '2024-01-03T00:00:00'],
    ],
    completed_partitions: [],
  });
  expect((await seeknal(folder, 'intervals list total')).out).toBe(
    'Completed intervals of transform.total:\n  It has no schedule, and is built.\n',
  );
});

test.each([
  // arguments                                                      days pending
  ['daily', ['2024-01-03 to 2024-01-04']],
  ['--schedule @daily', ['2024-01-03 to 2024-01-04']],
  ['daily --start 2024-01-01 --end 2024-01-02', []],
  ['daily --start-date 2024-01-02 --end-date 2024-01-03', ['2024-01-03 to 2024-01-04']],
  ['total --start 2024-01-01 --end 2024-01-01', ['2024-01-01 to 2024-01-02']],
  [
    'total --start 2024-01-01 --end 2024-01-02 --schedule daily',
    ['2024-01-01 to 2024-01-02', '2024-01-02 to 2024-01-03'],
  ],
  ['total --start 2024-01-03', ['2024-01-03 to 2024-01-04']],
  [
    'total -s 2024-01-01T00:00:00Z -e 2024-01-01T02:00:00Z --schedule @hourly',
    ['2024-01-01T00:00:00 to 2024-01-01T01:00:00', '2024-01-01T01:00:00 to 2024-01-01T02:00:00'],
  ],
  ['total -s 2024-01-01 -e 2024-01-01 --schedule @monthly', []],
])('pending %s', async (line, days) => {
  const folder = await shop();
  await seeknal(folder, 'run --end 2024-01-02');
  const { code, out } = await seeknal(folder, `intervals pending ${line}`);
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.filter((each) => each.startsWith('  ')).map((each) => each.trim())).toEqual(days);
  expect(lines[0]).toBe(days.length === 0 ? 'Nothing is pending.' : 'Pending Intervals:');
});

test('pending as JSON', async () => {
  expect(
    JSON.parse((await seeknal(await shop(), 'intervals pending daily --json --end 2024-01-01')).out),
  ).toEqual({
    nodes: [
      {
        node: 'transform.daily',
        schedule: '0 0 * * *',
        intervals: [['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z']],
      },
    ],
  });
});

test.each([
  ['intervals list tag:nothing', 'No node matches'],
  ['intervals list kind:*', 'names 3 nodes'],
  ['intervals list daily -o yaml', 'Not an output format: "yaml"'],
  ['intervals pending total', 'has no intervals to go on from'],
  ['intervals pending total --start 2024-01-01 --schedule often', 'Not a schedule: "often"'],
  ['intervals pending daily --start 2024-01-03 --end 2024-01-01', 'ends before it starts'],
  ['intervals restate daily', 'There is no range to restate.'],
  ['intervals complete daily', "Required option '--interval <interval>' not specified"],
  ['intervals complete daily --interval soon', 'Not a'],
  ['intervals shwo', 'Did you mean seeknal intervals show?'],
])('%s is refused', async (line, message) => {
  const { code, out, err } = await seeknal(await shop(), line);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('restated intervals are missing again, with what was made from them, until they are run or taken back', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const restate = [
    'intervals',
    'restate',
    'daily',
    '--start',
    '2024-01-02',
    '--end',
    '2024-01-02',
    '--reason',
    'a late order',
  ];
  expect(await seeknal(folder, restate)).toEqual({
    code: 0,
    out: 'OK restated transform.daily 2024-01-02 to 2024-01-03\nOK restated transform.total\n',
    err: 'Range: 2024-01-02 to 2024-01-03 (UTC, end not included)\n  -> The next run fills them: seeknal run\n',
  });
  expect((await seeknal(folder, 'intervals restatement-list daily')).out).toBe(
    'transform.daily 2024-01-02 to 2024-01-03 (a late order)\n',
  );
  expect((await seeknal(folder, 'intervals pending daily')).out).toContain('  2024-01-02 to 2024-01-03\n');
  expect((await seeknal(folder, 'intervals restatement-clear daily')).out).toBe(
    'OK taken back transform.daily 2024-01-02 to 2024-01-03\n',
  );
  expect(JSON.parse((await seeknal(folder, 'intervals restatement-list --json')).out)).toMatchObject({
    restatements: [
      { node: 'transform.total', range: null, reason: 'a late order', at: '2024-01-04T12:00:00Z' },
    ],
  });
  expect((await seeknal(folder, 'run')).code).toBe(0);
  expect((await seeknal(folder, 'intervals restatement-list')).out).toBe('Nothing is restated.\n');
});

test('run --restate runs a range again, and what was made from it', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const { code, err } = await seeknal(
    folder,
    'run --restate --start 2024-01-01 --end 2024-01-01 --node daily --max-workers 1',
  );
  expect(code).toBe(0);
  expect(err.split('\n').filter((line) => line.includes('SUCCESS'))).toEqual([
    '1/2: transform.daily 2024-01-01 to 2024-01-02 SUCCESS in #s  Rows: 1',
    '2/2: transform.total SUCCESS in #s  Rows: 1',
  ]);
});

test('completed intervals count as done', async () => {
  const folder = await shop();
  expect((await seeknal(folder, 'intervals complete --interval 2024-01-01')).out).toBe(
    'OK completed transform.daily 2024-01-01 to 2024-01-02\n',
  );
  const range = [
    'intervals',
    'complete',
    '--node',
    'daily',
    '--interval',
    '2024-01-02 to 2024-01-04',
    '--json',
  ];
  expect(JSON.parse((await seeknal(folder, range)).out)).toEqual({
    completed: [{ node: 'transform.daily', range: ['2024-01-02T00:00:00Z', '2024-01-04T00:00:00Z'] }],
  });
  expect((await seeknal(folder, 'intervals pending daily')).out).toBe('Nothing is pending.\n');
});

test('backfill runs what is missing of one node in a range', async () => {
  const folder = await shop();
  await seeknal(folder, 'run --end 2024-01-01');
  const { code, err } = await seeknal(
    folder,
    'intervals backfill daily --start 2024-01-01 --end 2024-01-02 --schedule @daily',
  );
  expect(code).toBe(0);
  expect(err).toContain('1/1: transform.daily 2024-01-02 to 2024-01-03 SUCCESS');
});

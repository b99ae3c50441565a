import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

const daily = SHOP['seeknal/transforms/daily.yml'] as string;

/** Reads a day of `daily` and the two before it. */
const WINDOW = `kind: transform
name: window
schedule: "@daily"
start: "2024-01-01"
time_column: day
inputs: [{ ref: transform.daily, reads: { back: 2 } }]
transform: |
  SELECT DATE '{{ start }}' AS day, sum(amount)::INTEGER AS amount FROM ref('transform.daily')
`;
const WITH_WINDOW = { 'seeknal/transforms/window.yml': WINDOW };

const succeeded = (err: string): readonly string[] =>
  err
    .split('\n')
    .filter((line) => line.includes('SUCCESS'))
    .map((line) => line.replace(/^\d+\/\d+: (?:transform\.)?(.*) SUCCESS.*$/u, '$1'));

test('a backfill runs what its node needs above it, even outside of the range', async () => {
  const folder = await shop(WITH_WINDOW);
  const line = 'intervals backfill transform.window --start 2024-01-03 --end 2024-01-03 --max-workers 1';
  const { code, out, err } = await seeknal(folder, line);
  expect(code).toBe(0);
  expect(err).toContain(
    'transform.window reads transform.daily of 2024-01-01 to 2024-01-03 too: that is run first.\n',
  );
  expect(out).toContain('  Range: 2024-01-03 to 2024-01-04 (UTC, end not included)\n');
  expect(succeeded(err)).toEqual([
    'source.orders',
    'daily 2024-01-01 to 2024-01-02',
    'daily 2024-01-02 to 2024-01-03',
    'daily 2024-01-03 to 2024-01-04',
    'window 2024-01-03 to 2024-01-04',
  ]);
  expect((await seeknal(folder, ['query', '--csv', 'FROM transform.window'])).out).toBe(
    'day,amount\n2024-01-03,23\n',
  );
  const again = await seeknal(folder, line);
  expect(again.code).toBe(0);
  expect(again.out).toContain('Nothing to run.');
});

test('a view on the way is seen through: the past is run first, the days after the range are not', async () => {
  const folder = await shop({
    'seeknal/transforms/seen.yml': `kind: transform
name: seen
materialization: { mode: view }
inputs: [{ ref: transform.daily }]
transform: SELECT day, amount FROM ref('transform.daily')
`,
    'seeknal/transforms/window.yml': WINDOW.replace(
      'transform.daily, reads: { back: 2 }',
      'transform.seen',
    ).replace("ref('transform.daily')", "ref('transform.seen')"),
  });
  const line = 'intervals backfill window --start 2024-01-02 --end 2024-01-02 --max-workers 1';
  const { code, err } = await seeknal(folder, line);
  expect(code).toBe(0);
  expect(succeeded(err).filter((each) => each.includes(' to '))).toEqual([
    'daily 2024-01-01 to 2024-01-02',
    'daily 2024-01-02 to 2024-01-03',
    'window 2024-01-02 to 2024-01-03',
  ]);
});

test('a backfill without a range fills the whole history, and --dry-run only shows it', async () => {
  const folder = await shop();
  const { out } = await seeknal(folder, 'intervals backfill daily --dry-run');
  expect(out).toContain('  build transform.daily 2024-01-03 to 2024-01-04\n');
  expect((await seeknal(folder, 'intervals list daily')).out).toContain('none yet');
  const events = (await seeknal(folder, 'intervals backfill daily --schedule @daily --json')).out
    .trim()
    .split('\n');
  expect(JSON.parse(events[0] as string)).toEqual({ type: 'version', ui: '1.0' });
  expect(JSON.parse(events.at(-1) as string)).toMatchObject({
    type: 'summary',
    status: 'success',
    exitCode: 0,
  });
});

test.each([
  ['intervals backfill total', 'transform.total has no schedule', 'seeknal run +transform.total'],
  [
    'intervals backfill daily --schedule @hourly',
    'has the schedule 0 0 * * *, not @hourly',
    'Leave --schedule out',
  ],
  ['intervals backfill daily --schedule often', 'Not a schedule: "often"', 'five fields'],
  ['intervals backfill daily --start 2024-01-03 --end 2024-01-01', 'ends before it starts', ''],
  [
    'intervals restate daily --start 2030-01-01 --end 2030-01-02',
    'has nothing done in that range',
    'run it first',
  ],
  ['intervals complete --node daily --interval 2024-02-30', 'Not a date or time', ''],
  [
    'run --restate --dry-run --start 2024-01-01',
    'cannot be planned before it is marked',
    'intervals restate',
  ],
  ['run --restate --start 2024-01-01 --tags raw', 'not --tags', '--select tag:'],
  ['state repair', 'needs to know what from', '--from-backup'],
  ['state repair --rebuild --from-backup', 'needs to know what from', '--rebuild'],
])('%s is refused', async (line, message, hint) => {
  const { code, err } = await seeknal(await shop(), line);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).toContain(hint);
});

test('run --restate with a range reaches as far as what was made from it, and no further', async () => {
  const folder = await shop(WITH_WINDOW);
  await seeknal(folder, 'run --end 2024-01-03 --now 2024-01-09');
  await seeknal(folder, 'run --start 2024-01-06 --now 2024-01-09');
  const { code, err } = await seeknal(
    folder,
    'run --restate --start 2024-01-02 --end 2024-01-02 --node daily --max-workers 1 --now 2024-01-09',
  );
  expect(code).toBe(0);
  expect(err).toContain('Restated: 2024-01-02 to 2024-01-04 (UTC, end not included)\n');
  expect(succeeded(err)).toEqual([
    'daily 2024-01-02 to 2024-01-03',
    'total',
    'window 2024-01-02 to 2024-01-03',
    'window 2024-01-03 to 2024-01-04',
  ]);
});

test('run --restate without a range runs what is marked, of the nodes that are named', async () => {
  const folder = await shop(WITH_WINDOW);
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'run --restate')).out).toBe('Nothing is restated.\n');
  const nothing = (await seeknal(folder, 'run --restate --json')).out.trim().split('\n');
  expect(JSON.parse(nothing[1] as string)).toMatchObject({ type: 'summary', status: 'nothing_to_do' });
  await seeknal(folder, 'intervals restate -n daily --start-date 2024-01-03 --end-date 2024-01-03');
  const looked = await seeknal(folder, 'run --restate --dry-run');
  expect(looked.out).toContain('  build transform.daily 2024-01-03 to 2024-01-04\n');
  expect(succeeded((await seeknal(folder, 'run --restate --node window')).err)).toEqual([]);
  expect(succeeded((await seeknal(folder, 'run --restate --node daily --max-workers 1')).err)).toEqual([
    'daily 2024-01-03 to 2024-01-04',
    'total',
    'window 2024-01-03 to 2024-01-04',
  ]);
  expect((await seeknal(folder, 'intervals restatement-list')).out).toBe('Nothing is restated.\n');
});

test('--start-date and --end-date are the range under --backfill, and values of the templates without', async () => {
  const folder = await shop({
    'seeknal/transforms/some.yml': `kind: transform
name: some
params: { start_date: "2024-01-01", end_date: "2024-01-02" }
inputs: [{ ref: source.orders }]
transform: |
  SELECT sum(amount)::INTEGER AS amount FROM ref('source.orders')
  WHERE day >= '{{ start_date }}' AND day < '{{ end_date }}'
`,
  });
  const { out } = await seeknal(folder, 'run --backfill --start-date 2024-01-01 --end-date 2024-01-02');
  expect(out).toContain('  Range: 2024-01-01 to 2024-01-03 (UTC, end not included)\n');
  const rows = async (): Promise<string> =>
    (await seeknal(folder, ['query', '--csv', 'FROM transform.some'])).out;
  expect(await rows()).toBe('amount\n15\n');
  await seeknal(folder, 'run some --start-date 2024-01-02 --end-date 2024-01-04');
  expect(await rows()).toBe('amount\n8\n');
});

test('a long history with gaps is a calendar unless a list is asked for; gaps are listed as stretches', async () => {
  const folder = await shop({
    'seeknal/transforms/daily.yml': daily.replace('start: "2024-01-01"', 'start: "2023-12-01"'),
  });
  await seeknal(folder, 'run --end 2023-12-20');
  await seeknal(folder, 'run --start 2024-01-01');
  expect(await seeknal(folder, 'intervals daily')).toEqual({
    code: 0,
    out: `Completed Intervals:
transform.daily:
         1       10        20        30
  2023-12  ####################...........  11 to do
  2024-01  ###

Missing Intervals:
transform.daily:
  2023-12-21 to 2024-01-01 (11 intervals)
`,
    err: '# done, . missing, + some of a day\n',
  });
  const each = (await seeknal(folder, 'intervals show daily --list')).out;
  expect(each.match(/ ✓\n/gu)).toHaveLength(23);
  expect(each).toContain('  2023-12-21 to 2023-12-22\n');
  const drawn = await seeknal(folder, 'intervals show daily', {
    columns: 80,
    env: { LANG: 'en_US.UTF-8', NO_COLOR: '1' },
  });
  expect(drawn.out).toContain('  2023-12  ████████████████████···········  11 to do\n');
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'intervals daily')).out).toBe(
    'Completed Intervals:\ntransform.daily:\n  2023-12-01 to 2024-01-04 (34 intervals) ✓\n',
  );
});

test('a damaged state is repaired as the error says', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  await writeFile(join(folder, 'target/state.json'), 'garbage');
  const { code, err } = await seeknal(folder, 'run');
  expect(code).toBe(1);
  expect(err).toContain('seeknal state repair --from-backup');
  const repaired = await seeknal(folder, 'state repair --from-backup --json');
  const { aside } = (JSON.parse(repaired.out) as { repaired: { aside: string[] } }).repaired;
  expect(await readFile(join(folder, aside[0] as string), 'utf8')).toBe('garbage');
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'run')).out).toContain('Nothing to run.');
  expect((await seeknal(folder, 'state repair --rebuild')).out).toContain('OK The state is empty.\n');
  expect((await seeknal(folder, 'intervals list daily')).out).toContain('  3. 2024-01-03 to 2024-01-04\n');
});

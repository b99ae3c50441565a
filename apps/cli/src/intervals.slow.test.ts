import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { emptyFolder } from './in-process.test.kit.ts';

const SCALE = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? 1);
const KILLS = Math.max(3, Math.round(20 * SCALE));
const BIN = fileURLToPath(new URL('../bin/seeknal.js', import.meta.url));
const HOOK = fileURLToPath(new URL('sources.test.hook.js', import.meta.url));
const ARGS = ['--disable-warning=ExperimentalWarning', '--import', HOOK, BIN];
const ENV = { ...process.env, NODE_OPTIONS: '', SEEKNAL_NOW: '2013-07-01T00:00:00Z' };

const BACKFILL = ['intervals', 'backfill', 'weekly_window', '--start', '2013-01-20', '--end', '2013-03-10'];

/** Runs a command line to its end. */
function seeknal(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...ARGS, ...args], {
    cwd,
    env: ENV,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Starts a command line, kills it as soon as it has said something so many times, and says whether it came to that. */
function killed(cwd: string, args: readonly string[], word: string, times: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...ARGS, ...args], { cwd, env: ENV });
    let said = '';
    const hear = (data: unknown): void => {
      said += String(data);
      if (said.split(word).length > times) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
}

/** The example, one day a task, with January to July 2013 done but for a gap made by hand. */
async function projectWithGap(): Promise<string> {
  const folder = join(await emptyFolder(), 'weather');
  seeknal('/', 'init', folder);
  for (const file of ['transforms/daily.yml', 'transforms/weekly_window.sql']) {
    spawnSync('sed', [
      '-i.bak',
      '-e',
      's/^\\( *batch_size:\\) 366.*/\\1 1/;s/^start: "2012-01-01"/start: "2013-01-01"/',
      join(folder, 'seeknal', file),
    ]);
  }
  spawnSync('bash', ['-c', `rm '${folder}'/seeknal/transforms/*.bak`]);
  seeknal(folder, 'run', 'daily', 'weekly_window', '--end', '2013-01-31');
  seeknal(folder, 'run', 'daily', 'weekly_window', '--start', '2013-03-01', '--end', '2013-03-31');
  return folder;
}

const days = (json: string): readonly string[] =>
  (JSON.parse(json) as { nodes: { intervals: string[][] }[] }).nodes.flatMap(({ intervals }) =>
    intervals.map(([start = '']) => start.slice(0, 10)),
  );

const within = (folder: string, node: string): readonly string[] =>
  days(
    seeknal(folder, 'intervals', 'pending', node, '--start', '2013-01-01', '--end', '2013-03-31', '--json'),
  );

/** How often each day of a node was committed, by what the state has noted; in order of the days. */
async function commits(folder: string, node: string): Promise<readonly number[]> {
  const log = await readFile(join(folder, 'target/interval_events.jsonl'), 'utf8');
  const times = new Map<number, number>();
  for (const line of log.trim().split('\n')) {
    const { event } = JSON.parse(line) as {
      event: { node: string; kind: string; range: { start: number; end: number } };
    };
    if (event.node !== node || event.kind !== 'done') continue;
    for (let at = event.range.start; at < event.range.end; at += 86_400_000)
      times.set(at, (times.get(at) ?? 0) + 1);
  }
  return [...times].toSorted(([a], [b]) => a - b).map(([, count]) => count);
}

/** What ran, a task a line, of a run that printed NDJSON. */
const ran = (ndjson: string): readonly string[] =>
  ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; task: string; status: string })
    .filter(({ type, status }) => type === 'task_finished' && status === 'done')
    .map(({ task }) => task)
    .toSorted();

test('a gap made by hand is found, shown and backfilled', async () => {
  const folder = await projectWithGap();
  expect(within(folder, 'daily')).toHaveLength(28);
  const calendar = seeknal(folder, 'intervals', 'daily');
  expect(calendar).toContain('  2013-01  ###############################\n');
  expect(calendar).toContain(`  2013-02  ${'.'.repeat(28)}     28 to do\n`);
  seeknal(folder, ...BACKFILL);
  expect(within(folder, 'daily')).toEqual([]);
  // The days after the gap had been made without the six before them.
  expect(within(folder, 'weekly_window')).toEqual([]);
  const rows = 'SELECT count(*), count(DISTINCT date) FROM transform.daily';
  expect(seeknal(folder, 'query', '--csv', rows).split('\n')[1]).toBe('90,90');
}, 120_000);

test(`a backfill killed ${KILLS} times at every stage and repeated does each interval once`, async () => {
  let cut = 0;
  const whole = await projectWithGap();
  const outcome = 'SELECT * FROM transform.weekly_window ORDER BY date';
  seeknal(whole, ...BACKFILL);
  const expected = seeknal(whole, 'query', '--csv', outcome);
  const folder = await projectWithGap();
  let left = within(folder, 'daily').length;
  for (let i = 0; i < KILLS && left > 0; i += 1) {
    if (await killed(folder, [...BACKFILL, '--max-workers', '2'], 'SUCCESS', 1 + (i % 3))) cut += 1;
    const now = within(folder, 'daily').length;
    // What was done before the kill stays done.
    expect(now).toBeLessThanOrEqual(left);
    left = now;
  }
  expect(cut).toBeGreaterThan(2);
  // The first days after the gap read the last ones in it, so they run again once those are there.
  const after = Array.from({ length: 6 }, (_, i) => `2013-03-0${i + 1}`);
  const rest = new Set([...within(folder, 'weekly_window').filter((day) => day <= '2013-03-10'), ...after]);
  const done = ran(seeknal(folder, ...BACKFILL, '--json'));
  expect(new Set(done).size).toBe(done.length);
  expect(done.filter((task) => task.includes('weekly_window'))).toHaveLength(rest.size);
  expect(within(folder, 'daily')).toEqual([]);
  expect(ran(seeknal(folder, ...BACKFILL, '--json'))).toEqual([]);
  expect(seeknal(folder, 'query', '--csv', outcome)).toBe(expected);
  expect(await commits(folder, 'transform.daily')).toEqual(Array.from({ length: 90 }, () => 1));
}, 600_000);

test('a restated week runs again with what depends on it, and nothing else', async () => {
  const folder = await projectWithGap();
  const week = ['--start', '2013-01-07', '--end', '2013-01-13'];
  const tasks = ran(seeknal(folder, 'run', '--restate', ...week, '--node', 'daily', '--json'));
  const day = (node: string, of: number): string => {
    const text = (at: number): string => `2013-01-${String(at).padStart(2, '0')}`;
    return `transform.${node}@${text(of)}..${text(of + 1)}`;
  };
  const seven = Array.from({ length: 7 }, (_, i) => day('daily', 7 + i));
  // A day of the moving week reads the six before it.
  const thirteen = Array.from({ length: 13 }, (_, i) => day('weekly_window', 7 + i));
  expect(tasks).toEqual([...seven, ...thirteen].toSorted());
  expect(within(folder, 'daily')).toHaveLength(28);
}, 120_000);

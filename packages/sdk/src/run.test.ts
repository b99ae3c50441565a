import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import {
  byDay,
  csv,
  DAILY,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
  SOURCE,
  WINDOW,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const day = (node: string, from: number): string => {
  const date = (at: number): string => new Date(Date.UTC(2024, 0, at)).toISOString().slice(0, 10);
  return `transform.${node}@${date(from)}..${date(from + 1)}`;
};

test('a first run builds everything that is due and shows it', async () => {
  const folder = await ProjectFolder.make();
  const { status, tasks, switched } = await folder.run(4);
  expect(status).toBe('success');
  expect(tasks).toEqual([
    'source.sales',
    day('daily', 1),
    day('daily', 2),
    day('daily', 3),
    'transform.total',
    day('window', 1),
    day('window', 2),
    day('window', 3),
  ]);
  expect(switched.toSorted()).toEqual([
    'source.sales',
    'transform.daily',
    'transform.total',
    'transform.window',
  ]);
  expect(await folder.rows('SELECT day, amount, days FROM transform.window ORDER BY day')).toEqual([
    '2024-01-01 1 1',
    '2024-01-02 3 2',
    '2024-01-03 7 3',
  ]);
  expect(await folder.rows('FROM transform.total')).toEqual(['3 11']);
  expect(await folder.rows('SELECT count(*) FROM source.sales')).toEqual(['4']);
});

test('a second run has nothing to do, however often it is asked', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  for (let i = 0; i < 3; i += 1)
    expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do', job: null });
});

test('a day later exactly the new day runs, and what depends on it', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  const { tasks } = await folder.run(5);
  expect(tasks).toEqual([day('daily', 4), 'transform.total', day('window', 4)]);
});

test('new rows in the file run exactly the new days, and what depends on them', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8], [5, 16], [6, 32]) });
  const { tasks } = await folder.run(7);
  expect(tasks).toEqual([
    'source.sales',
    day('daily', 5),
    day('daily', 6),
    'transform.total',
    day('window', 5),
    day('window', 6),
  ]);
  expect(await folder.rows('FROM transform.total')).toEqual(['6 109']);
});

test('a corrected day runs again with exactly what reads it', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(6);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 100], [3, 4], [4, 8]) });
  const { tasks } = await folder.run(6);
  expect(tasks).toEqual([
    'source.sales',
    day('daily', 2),
    'transform.total',
    day('window', 2),
    day('window', 3),
    day('window', 4),
  ]);
});

test('rows in another order are the same rows: nothing below the file runs', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'data/sales.csv': csv([4, 8], [3, 4], [2, 2], [1, 1]) });
  expect((await folder.run(5)).tasks).toEqual(['source.sales']);
});

test('a parent interval repeated with the same rows runs nothing below it', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const { tasks } = await folder.run(5, { full: true, select: ['transform.daily'] });
  expect(tasks).toEqual([1, 2, 3, 4].map((from) => day('daily', from)));
});

test('a change that the aggregate hides stops there', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 1], [2, 1], [3, 4], [4, 8]) });
  expect((await folder.run(5)).tasks).toEqual(['source.sales', day('daily', 2)]);
});

test('a changed query is built beside the old table, which stays until the new one is complete', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const doubled = DAILY.replace('sum(amount)', '2 * sum(amount)');
  await folder.write({ 'seeknal/transforms/daily.yml': doubled });
  const half = await folder.run(5, { range: { start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 3) } });
  expect(half.held.map(({ node }) => node)).toEqual([
    'transform.daily',
    'transform.window',
    'transform.total',
  ]);
  expect(await folder.rows('SELECT amount FROM transform.daily ORDER BY day')).toEqual(['1', '2', '4', '8']);
  const rest = await folder.run(5);
  expect(rest.tasks).toContain(day('daily', 4));
  expect(rest.tasks).not.toContain(day('daily', 1));
  expect(await folder.rows('SELECT amount FROM transform.daily ORDER BY day')).toEqual(['2', '4', '8', '16']);
  // The way back finds the old table as it was left.
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY });
  expect((await folder.run(5)).tasks).toEqual([]);
  expect(await folder.rows('SELECT amount FROM transform.daily ORDER BY day')).toEqual(['1', '2', '4', '8']);
});

test('comments and line breaks change nothing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const reformatted = DAILY.replace('SELECT day,', 'select -- by day\n    day,').replace(
    'GROUP BY',
    '\n    group BY',
  );
  await folder.write({ 'seeknal/transforms/daily.yml': reformatted });
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a removed node loses its view, a new one gets one', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.remove('seeknal/transforms/total.yml');
  await folder.write({
    'seeknal/transforms/other.yml':
      'kind: transform\nname: other\ntransform: SELECT max(amount) AS top FROM transform.daily\n',
  });
  await folder.run(4);
  expect(await folder.rows('FROM transform.other')).toEqual(['4']);
  await expect(folder.rows('FROM transform.total')).rejects.toMatchObject({
    code: expect.stringMatching(/^ENGINE_/u),
  });
});

test('a failing check publishes nothing, skips what depends on it, and lets the rest go on', async () => {
  const checked = DAILY.replace(
    'transform: |',
    'audits:\n  - {type: accepted_values, columns: [amount], values: [1, 2, 8]}\ntransform: |',
  );
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/daily.yml': checked,
    'seeknal/transforms/other.yml':
      'kind: transform\nname: other\ntransform: SELECT count(*) AS n FROM source.sales\n',
  });
  const { status, tasks, job } = await folder.run(5, { maxWorkers: 1 });
  expect(status).toBe('partial');
  expect(job?.failed.map(({ task, error }) => [task.id, (error as { code: string }).code])).toEqual([
    [day('daily', 3), 'ENGINE_CHECK_FAILED'],
  ]);
  expect(tasks).toEqual([
    'source.sales',
    day('daily', 1),
    day('daily', 2),
    day('daily', 4),
    'transform.other',
    day('window', 1),
    day('window', 2),
  ]);
  expect(job?.skipped.map(({ task }) => task.id)).toEqual([
    day('window', 3),
    day('window', 4),
    'transform.total',
  ]);
  // What failed runs again, and only that; then everything that waited for it.
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 2], [4, 8]) });
  expect((await folder.run(5)).tasks).toEqual([
    'source.sales',
    day('daily', 3),
    'transform.other',
    'transform.total',
    day('window', 3),
    day('window', 4),
  ]);
});

test('changed audits run over the rows that are there, before they count as passed', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const audited = (values: string): string =>
    DAILY.replace(
      'transform: |',
      `audits:\n  - {type: accepted_values, columns: [amount], values: [${values}]}\ntransform: |`,
    );
  await folder.write({ 'seeknal/transforms/daily.yml': audited('1, 2, 4') });
  const failed = await folder.run(5);
  expect(failed.job?.failed.map(({ task }) => task.id)).toEqual(['transform.daily audits']);
  expect(failed.held.map(({ node }) => node)).toContain('transform.daily');
  expect((await folder.run(5)).job?.failed.length).toBe(1);
  await folder.write({ 'seeknal/transforms/daily.yml': audited('1, 2, 4, 8') });
  expect((await folder.run(5)).tasks).toEqual(['transform.daily audits']);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a view is read through: a change above it reaches its readers', async () => {
  const view =
    'kind: transform\nname: big\nmaterialization: {mode: view}\ninputs: [{ref: transform.daily}]\ntransform: SELECT day, amount FROM input_0 WHERE amount > 1\n';
  const top =
    'kind: transform\nname: top\ninputs: [{ref: transform.big}]\ntransform: SELECT sum(amount) AS amount FROM transform.big\n';
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/big.yml': view,
    'seeknal/transforms/top.yml': top,
  });
  await folder.run(4);
  expect(await folder.rows('FROM transform.top')).toEqual(['6']);
  expect(await folder.rows('SELECT amount FROM transform.big ORDER BY 1')).toEqual(['2', '4']);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 5]) });
  expect((await folder.run(4)).tasks).toContain('transform.top');
  expect(await folder.rows('FROM transform.top')).toEqual(['7']);
});

test('a node without a time column has its intervals all the same', async () => {
  const keyed = byDay(
    'keyed',
    '{ref: source.sales}',
    "SELECT '{{ start }}' AS label, count(*) AS n FROM source.sales WHERE day = '{{ start }}'",
  ).replace('time_column: day\n', '');
  const folder = await ProjectFolder.make({
    'data/sales.csv': csv([1, 1], [2, 2], [2, 3]),
    'seeknal/sources/sales.yml': SOURCE,
    'seeknal/transforms/keyed.yml': keyed,
  });
  await folder.run(4);
  expect(await folder.rows('FROM transform.keyed ORDER BY 1')).toEqual([
    '2024-01-01 1',
    '2024-01-02 2',
    '2024-01-03 0',
  ]);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2]) });
  const { tasks } = await folder.run(4);
  expect(tasks).toContain(day('keyed', 2));
  expect(await folder.rows('FROM transform.keyed ORDER BY 1')).toEqual([
    '2024-01-01 1',
    '2024-01-02 1',
    '2024-01-03 0',
  ]);
});

test.each([1, 4])(
  'a window over days, backfilled by %s workers in any order, equals the sequential result',
  async (maxWorkers) => {
    const rows = Array.from({ length: 20 }, (_, i) => [i + 1, (i * 7) % 11] as const);
    const folder = await ProjectFolder.make({ ...PROJECT, 'data/sales.csv': csv(...rows) });
    await folder.run(21, { maxWorkers });
    const expected = rows.map(([at], i) => {
      const window = rows.slice(Math.max(0, i - 2), i + 1);
      const sum = window.reduce((total, [, amount]) => total + amount, 0);
      return `2024-01-${String(at).padStart(2, '0')} ${sum} ${window.length}`;
    });
    expect(await folder.rows('SELECT day, amount, days FROM transform.window ORDER BY day')).toEqual(
      expected,
    );
  },
);

test('a node that depends on its past runs in order, and from a correction on', async () => {
  const past = byDay(
    'past',
    '{ref: transform.daily, reads: all}',
    "SELECT DATE '{{ start }}' AS day, sum(amount) AS amount FROM transform.daily",
    'depends_on_past: true',
  );
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal/transforms/past.yml': past });
  await folder.run(5);
  expect(await folder.rows('SELECT amount FROM transform.past ORDER BY day')).toEqual(['1', '3', '7', '15']);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 5], [4, 8]) });
  expect((await folder.run(5)).tasks.filter((id) => id.startsWith('transform.past'))).toEqual([
    day('past', 3),
    day('past', 4),
  ]);
  expect(await folder.rows('SELECT amount FROM transform.past ORDER BY day')).toEqual(['1', '3', '8', '16']);
});

test('a deleted warehouse is built anew, and said so', async () => {
  const folder = await ProjectFolder.make();
  const { tasks } = await folder.run(4);
  await folder.remove('target/warehouse.duckdb');
  const again = await folder.run(4);
  expect(again.tasks).toEqual(tasks);
  expect(again.events).toContain('fresh_warehouse');
});

test('a deleted state is found again in the ledger', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.remove(
    'target/state.json',
    'target/state.json.1',
    'target/.state',
    'target/interval_events.jsonl',
  );
  const again = await folder.run(4);
  expect(again.status).toBe('success');
  expect(await folder.rows('FROM transform.total')).toEqual(['3 11']);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
});

test('an older copy of the warehouse put back is believed, not the state', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  const warehouse = join(folder.path, 'target/warehouse.duckdb');
  await copyFile(warehouse, join(folder.path, 'copy.duckdb'));
  await folder.run(6);
  await copyFile(join(folder.path, 'copy.duckdb'), warehouse);
  const { tasks, events } = await folder.run(6);
  expect(events).toContain('repaired');
  expect(tasks).toEqual(expect.arrayContaining([day('daily', 4), day('daily', 5), day('window', 5)]));
  expect(await folder.rows('SELECT amount FROM transform.daily ORDER BY day')).toEqual(['1', '2', '4', '8']);
  expect(await folder.rows('SELECT days FROM transform.total')).toEqual(['5']);
});

test('a file that goes missing fails the plan with its name, and loses nothing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.remove('data/sales.csv');
  await expect(folder.run(5)).rejects.toMatchObject({ message: expect.stringContaining('data/sales.csv') });
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8]) });
  expect((await folder.run(5)).status).toBe('success');
});

test('what reads a node without any rows waits for the first, run after run', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/daily.yml': DAILY.replace('2024-01-01', '2024-01-03'),
  });
  for (let i = 0; i < 2; i += 1) {
    expect((await folder.run(2)).status).toBe(i === 0 ? 'success' : 'nothing_to_do');
  }
  const { status, tasks } = await folder.run(4);
  expect([status, tasks]).toEqual([
    'success',
    [day('daily', 3), 'transform.total', day('window', 1), day('window', 2), day('window', 3)],
  ]);
});

test('a node selected without the rows that it reads fails, and says what to select', async () => {
  const folder = await ProjectFolder.make();
  const { status, plan } = await folder.run(4, { select: ['transform.total'] });
  // The file above was loaded; the rest could not be.
  expect(status).toBe('partial');
  expect(plan.nodes.find(({ node }) => node === 'transform.total')?.reason).toContain('+transform.total');
});

test('an aborted run leaves what is done, and the next one does the rest', async () => {
  const slow = byDay(
    'slow',
    '{ref: transform.daily}',
    "SELECT day, (SELECT sum(a.range * b.range) FROM range(60000) a, range(60000) b) AS n FROM transform.daily WHERE day >= '{{ start }}' AND day < '{{ end }}'",
  );
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal/transforms/slow.yml': slow });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 1500);
  const startedAt = performance.now();
  const cut = await folder.run(4, { signal: abort.signal });
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(cut.status).toBe('cancelled');
  await folder.write({ 'seeknal/transforms/slow.yml': slow.replaceAll('60000', '6') });
  const { tasks } = await folder.run(4);
  expect(tasks.filter((id) => id.includes('.daily'))).toEqual([]);
  expect(tasks).toContain(day('slow', 1));
});

test('days kept over a changed file without a time column stay, unless the node asks to be rebuilt', async () => {
  for (const [more, again] of [
    ['', []],
    ['on_change: rebuild', [day('daily', 1), day('daily', 2)]],
  ] as const) {
    const folder = await ProjectFolder.make({
      'data/sales.csv': csv([1, 1], [2, 2]),
      'seeknal/sources/sales.yml': SOURCE.replace('time_column: day\n', ''),
      'seeknal/transforms/daily.yml': DAILY.replace('transform: |', `${more}\ntransform: |`),
    });
    await folder.run(3);
    await folder.write({ 'data/sales.csv': csv([1, 5], [2, 2]) });
    expect((await folder.run(3)).tasks).toEqual(['source.sales', ...again]);
  }
});

test('look-back repeats the days before a new one', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/daily.yml': DAILY.replace('transform: |', 'lookback: 2\ntransform: |'),
  });
  await folder.run(4);
  expect((await folder.run(5)).tasks.filter((id) => id.includes('.daily'))).toEqual([
    day('daily', 2),
    day('daily', 3),
    day('daily', 4),
  ]);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a selection runs what it names and what reads it, and loads the files above', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(3);
  const { tasks } = await folder.run(4, { nodes: ['transform.daily'] });
  expect(tasks).toEqual([day('daily', 3), 'transform.total', day('window', 3)]);
  expect(WINDOW).toContain('back: 2');
});

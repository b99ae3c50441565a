import { afterEach, expect, test } from '@jest/globals';

import { byDay, csv, PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const WITHIN = "day >= '{{ start }}' AND day < '{{ end }}'";
const DAILY_FILE = 'seeknal/transforms/daily.yml';

const daily = (items: string, where = WITHIN): string =>
  byDay('daily', '{ref: source.sales}', `SELECT ${items} FROM source.sales WHERE ${where} GROUP BY day`);

const full = (name: string, input: string, sql: string): string =>
  `kind: transform\nname: ${name}\ninputs: [{ref: ${input}}]\ntransform: ${sql}\n`;

const nodes = (tasks: readonly string[]): readonly string[] =>
  [...new Set(tasks.map((task) => task.split('@')[0] as string))].toSorted();

test('a column that nobody reads rebuilds its own table and none below', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales') });
  const { tasks, plan } = await folder.run(4);
  expect(nodes(tasks)).toEqual(['transform.daily']);
  const lines = plan.nodes.map(({ node, action, category, reason }) => [node, action, category, reason]);
  expect(lines).toEqual([
    ['source.sales', 'keep', null, 'up to date'],
    ['transform.daily', 'change', 'NON_BREAKING', expect.stringContaining('sales')],
    ['transform.window', 'keep', null, 'nothing that it reads of transform.daily differs'],
    ['transform.total', 'keep', null, 'nothing that it reads differs'],
  ]);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  expect(await folder.rows('SELECT * FROM transform.daily ORDER BY day')).toEqual([
    '2024-01-01 1 1',
    '2024-01-02 2 1',
    '2024-01-03 4 1',
  ]);
  // The kept tables hear of what happens to the new one.
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 20], [3, 4], [4, 8]) });
  expect((await folder.run(5)).tasks).toEqual([
    'source.sales',
    'transform.daily@2024-01-02..2024-01-03',
    'transform.daily@2024-01-04..2024-01-05',
    'transform.total',
    'transform.window@2024-01-02..2024-01-03',
    'transform.window@2024-01-03..2024-01-04',
    'transform.window@2024-01-04..2024-01-05',
  ]);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 79']);
});

test('a kept table gets its new interval in the run that builds anew what it looks back on', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales') });
  const { job, status } = await folder.run(5);
  expect({ failed: job?.failed, status }).toEqual({ failed: [], status: 'success' });
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('an edit that means the same runs nothing, and is not asked about again', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({
    [DAILY_FILE]: daily('s.day AS day, (sum(s.amount)) AS amount').replace(
      'FROM source.sales',
      'FROM source.sales AS s',
    ),
  });
  const { tasks, plan, status } = await folder.run(4);
  expect({ tasks, status }).toEqual({ tasks: [], status: 'success' });
  expect(plan.nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
    category: 'METADATA',
    reason: 'its definition is written otherwise; rows and columns stay the same',
  });
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
  expect((await folder.run(5)).tasks).toEqual([
    'transform.daily@2024-01-04..2024-01-05',
    'transform.total',
    'transform.window@2024-01-04..2024-01-05',
  ]);
});

test('a harmless change in between does not hide a change above it', async () => {
  const folder = await ProjectFolder.make();
  await folder.write({
    'seeknal/transforms/middle.yml': full(
      'middle',
      'transform.daily',
      'SELECT day, amount FROM transform.daily',
    ),
  });
  await folder.write({
    'seeknal/transforms/last.yml': full(
      'last',
      'transform.middle',
      'SELECT sum(amount) AS amount FROM transform.middle',
    ),
  });
  await folder.run(4);
  await folder.write({
    [DAILY_FILE]: daily('day, sum(amount) + 1 AS amount'),
    'seeknal/transforms/middle.yml': full(
      'middle',
      'transform.daily',
      'SELECT day, amount, 1 AS one FROM transform.daily',
    ),
  });
  const { tasks, plan } = await folder.run(4);
  expect(nodes(tasks)).toEqual([
    'transform.daily',
    'transform.last',
    'transform.middle',
    'transform.total',
    'transform.window',
  ]);
  expect(plan.nodes.find(({ node }) => node === 'transform.last')?.reason).toBe(
    'it reads amount of transform.middle, which changed',
  );
  expect(await folder.rows('FROM transform.last')).toEqual(['10']);
});

test('data that moved between the two builds runs the kept intervals again', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({
    [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales'),
    'data/sales.csv': csv([1, 1], [2, 2], [3, 40], [4, 8]),
  });
  const { tasks, status, job } = await folder.run(4);
  expect(job?.failed).toEqual([]);
  expect(status).toBe('success');
  expect(nodes(tasks)).toEqual(['source.sales', 'transform.daily', 'transform.total', 'transform.window']);
  expect(tasks).not.toContain('transform.window@2024-01-01..2024-01-02');
  expect(await folder.rows('FROM transform.total')).toEqual(['3 47']);
  expect(await folder.run(4)).toMatchObject({ status: 'nothing_to_do' });
});

test('a removed column rebuilds who reads it, and only them', async () => {
  const folder = await ProjectFolder.make();
  await folder.write({
    [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales'),
    'seeknal/transforms/sales.yml': full(
      'sales',
      'transform.daily',
      'SELECT sum(sales) AS sales FROM transform.daily',
    ),
  });
  await folder.run(4);
  await folder.write({
    [DAILY_FILE]: daily('day, sum(amount) AS amount'),
    'seeknal/transforms/sales.yml': full(
      'sales',
      'transform.daily',
      'SELECT count(*) AS sales FROM transform.daily',
    ),
  });
  const { tasks } = await folder.run(4);
  expect(nodes(tasks)).toEqual(['transform.daily', 'transform.sales']);
});

test('the other environment keeps what the change does not reach, and prod is not touched', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(4);
  await folder.write({ [DAILY_FILE]: daily('day, sum(amount) AS amount, count(*) AS sales') });
  const { tasks } = await folder.run(4, { environment: 'dev' });
  expect(nodes(tasks)).toEqual(['transform.daily']);
  expect(await folder.rows('SELECT sales FROM transform__dev.daily ORDER BY day')).toEqual(['1', '1', '1']);
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['3 11']);
  expect(await folder.run(4, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
});

test.each([
  'transform.daily',
  'Transform."daily"',
  "ref('transform.daily')",
  "query_table('transform.daily')",
  'input_0',
  '__THIS__',
  '__this__ AS t',
])('a reader that calls its input %s hears of another value there', async (name) => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/reader.yml': full(
      'reader',
      'transform.daily',
      `SELECT sum(amount) AS s FROM ${name}`,
    ),
  });
  await folder.run(4);
  expect(await folder.rows('FROM transform.reader')).toEqual(['7']);
  await folder.write({ [DAILY_FILE]: daily('day, 10 * sum(amount) AS amount') });
  expect(nodes((await folder.run(4)).tasks)).toContain('transform.reader');
  expect(await folder.rows('FROM transform.reader')).toEqual(['70']);
});

import { afterEach, expect, test } from '@jest/globals';

import {
  byDay,
  csv,
  DAILY,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
  TOTAL,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

async function made(): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.run(5, { environment: 'dev' });
  return folder;
}

const day = (from: number): { start: number; end: number } => ({
  start: Date.UTC(2024, 0, from),
  end: Date.UTC(2024, 0, from + 1),
});
const DAILY_2 = 'transform.daily@2024-01-02..2024-01-03';

test('restating in dev copies what prod shows, and prod keeps its rows', async () => {
  const folder = await made();
  const before = await folder.rows('FROM transform.window ORDER BY day');
  const { status, tasks, plan } = await folder.run(5, {
    environment: 'dev',
    restate: { nodes: ['transform.daily'], range: day(2) },
  });
  expect(status).toBe('success');
  expect(plan.forks.map(({ node }) => node)).toEqual([
    'transform.daily',
    'transform.window',
    'transform.total',
  ]);
  expect(tasks).toEqual([
    DAILY_2,
    'transform.total',
    'transform.window@2024-01-02..2024-01-03',
    'transform.window@2024-01-03..2024-01-04',
    'transform.window@2024-01-04..2024-01-05',
  ]);
  expect(plan.nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
    action: 'backfill',
    reason: 'restated',
    notes: ['its table is copied first: the environments that show it keep their rows'],
  });
  expect(await folder.rows('FROM transform.window ORDER BY day')).toEqual(before);
  expect(await folder.rows('FROM transform__dev.window ORDER BY day')).toEqual(before);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
  expect(await folder.run(5, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
});

test('after a fork both go their own way, and what one restates the other does not see', async () => {
  const folder = await made();
  await folder.run(5, { environment: 'dev', restate: { nodes: ['transform.daily'], range: day(2) } });
  // Its own copy by now: nothing has to be copied for the next one.
  const again = await folder.run(5, {
    environment: 'dev',
    restate: { nodes: ['transform.daily'], range: day(3) },
  });
  expect(again.plan.forks).toEqual([]);
  // A day later dev fills its copy itself; prod fills its own.
  const later = await folder.run(6, { environment: 'dev' });
  expect(later.tasks).toContain('transform.daily@2024-01-05..2024-01-06');
  const prod = await folder.run(6);
  expect(prod.tasks).toContain('transform.daily@2024-01-05..2024-01-06');
  for (const schema of ['transform', 'transform__dev']) {
    expect(await folder.rows(`FROM ${schema}.total`)).toEqual(['5 37']);
  }
});

test('what is made from a copy is nobody else’s, whatever both read in its definition', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    // Each time other rows: what a copy has is not what prod has.
    'seeknal/transforms/daily.yml': byDay(
      'daily',
      '{ref: source.sales}',
      "SELECT day, (1000000 * random())::INTEGER AS amount FROM source.sales WHERE day >= '{{ start }}' AND day < '{{ end }}'",
    ),
  });
  await folder.run(5);
  await folder.run(5, { environment: 'dev', restate: { nodes: ['transform.daily'], range: null } });
  await folder.write({ 'seeknal/transforms/total.yml': TOTAL.replace('AS days', 'AS many') });
  await folder.run(5, { environment: 'dev' });
  await folder.run(5);
  for (const schema of ['transform', 'transform__dev']) {
    const [shown] = await folder.rows(
      `SELECT (SELECT sum(amount) FROM ${schema}.window) = (SELECT amount FROM ${schema}.total)`,
    );
    expect(`${schema} ${shown}`).toBe(`${schema} true`);
  }
  // What prod shows is other than when dev was applied, which is noted; no rows are made.
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a full refresh of dev leaves prod alone', async () => {
  const folder = await made();
  const { tasks, plan } = await folder.run(5, { environment: 'dev', full: true });
  expect(plan.forks).toHaveLength(3);
  expect(tasks.filter((task) => task.startsWith('transform.daily'))).toHaveLength(4);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
});

test('a corrected file reaches a fork as it reaches prod', async () => {
  const folder = await made();
  await folder.run(5, { environment: 'dev', restate: { nodes: ['transform.daily'], range: day(2) } });
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 40], [4, 8]) });
  await folder.run(5);
  const { tasks } = await folder.run(5, { environment: 'dev' });
  expect(tasks).toContain('transform.daily@2024-01-03..2024-01-04');
  const [dev, prod] = [
    await folder.rows('FROM transform__dev.total'),
    await folder.rows('FROM transform.total'),
  ];
  expect(dev).toEqual(prod);
});

test('restating prod reaches what other environments made of the same node', async () => {
  const folder = await made();
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY.replace('sum(amount)', '2 * sum(amount)') });
  await folder.run(5, { environment: 'dev' });
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY });
  const { tasks } = await folder.run(5, { restate: { nodes: ['transform.daily'], range: day(2) } });
  expect(tasks.filter((task) => task.startsWith('transform.daily'))).toEqual([DAILY_2]);
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY.replace('sum(amount)', '2 * sum(amount)') });
  const dev = await folder.run(5, { environment: 'dev' });
  expect(dev.tasks.filter((task) => task.startsWith('transform.daily'))).toEqual([DAILY_2]);
});

test('a fork is promoted like any other table', async () => {
  const folder = await made();
  await folder.run(5, { environment: 'dev', restate: { nodes: ['transform.daily'], range: day(2) } });
  const { promotion } = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(promotion.changes.map(({ node }) => node)).toEqual([
    'transform.daily',
    'transform.total',
    'transform.window',
  ]);
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
  expect((await folder.run(6)).tasks).toContain('transform.daily@2024-01-05..2024-01-06');
});

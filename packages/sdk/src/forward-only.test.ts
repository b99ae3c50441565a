import { afterEach, expect, test } from '@jest/globals';

import {
  csv,
  DAILY,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
  WINDOW,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const DAILY_FILE = 'seeknal/transforms/daily.yml';
const TENFOLD = DAILY.replace('sum(amount)', '10 * sum(amount)');
const WITH_COUNT = DAILY.replace('sum(amount) AS amount', 'sum(amount) AS amount, count(*) AS sales');

/** Four days done in prod, 1 2 4 8; the fifth day, 16, is in the file and still to come. */
async function made(): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8], [5, 16]),
  });
  await folder.run(5);
  return folder;
}

const amounts = (folder: ProjectFolder, schema: string, node = 'daily'): Promise<readonly string[]> =>
  folder.rows(`SELECT amount FROM ${schema}.${node} ORDER BY day`);

const dayIn = (tasks: readonly string[], day: number): readonly string[] =>
  tasks.filter((id) => id.endsWith(`..2024-01-0${day + 1}`));

test('forward only, what is done stays and what comes is made by the new definition', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  const dev = await folder.run(5, { environment: 'dev', forwardOnly: true });
  expect([dev.status, dev.tasks]).toEqual(['success', []]);
  expect(dev.plan.nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
    action: 'change',
    category: 'BREAKING',
    continues: expect.stringMatching(/^[0-9a-f]{64}$/u),
    notes: [
      'forward only: the rows that are done stay as they were made',
      'its table is copied first: the environments that show it keep their rows',
    ],
  });
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '4', '8']);
  // The next day, without a word about it: the environment goes on as it was begun.
  const next = await folder.run(6, { environment: 'dev' });
  expect(next.tasks.filter((id) => id.includes('daily'))).toEqual(dayIn(next.tasks, 5).slice(0, 1));
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '4', '8', '160']);
  expect(await amounts(folder, 'transform__dev', 'window')).toEqual(['1', '3', '7', '14', '172']);
  expect(await amounts(folder, 'transform')).toEqual(['1', '2', '4', '8']);
  expect(await folder.run(6, { environment: 'dev' })).toMatchObject({ status: 'nothing_to_do' });
});

test('promoted, prod goes on with it, and the way back is open', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  await folder.run(5, { environment: 'dev', forwardOnly: true });
  await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(await folder.run(5)).toMatchObject({ status: 'nothing_to_do' });
  await folder.run(6);
  expect(await amounts(folder, 'transform')).toEqual(['1', '2', '4', '8', '160']);
  await folder.using(morning(5), (project) => project.environments.rollback('prod'));
  expect(await amounts(folder, 'transform')).toEqual(['1', '2', '4', '8']);
});

test('rows made under several definitions are nobody else’s', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  await folder.run(5, { environment: 'dev', forwardOnly: true });
  // Prod has the same files, and no word that its rows may stay.
  const prod = await folder.run(5);
  expect(dayIn(prod.tasks, 1).length).toBeGreaterThan(0);
  expect(await amounts(folder, 'transform')).toEqual(['10', '20', '40', '80']);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 250']);
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '4', '8']);
  // An edit below, in both: each is made over its own rows.
  await folder.write({ 'seeknal/transforms/window.yml': WINDOW.replace('count(*)', '100 + count(*)') });
  for (const environment of ['dev', 'prod']) {
    await folder.run(5, { environment });
    const schema = environment === 'prod' ? 'transform' : 'transform__dev';
    const times = environment === 'prod' ? 10 : 1;
    expect(await amounts(folder, schema, 'window')).toEqual(
      [1, 3, 7, 14].map((amount) => String(times * amount)),
    );
    expect(await folder.rows(`SELECT amount FROM ${schema}.total`)).toEqual([String(times * 25)]);
  }
});

test('from an instant on the new definition makes done intervals anew, and what is below', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  const { tasks } = await folder.run(5, {
    environment: 'dev',
    forwardOnly: true,
    effectiveFrom: Date.UTC(2024, 0, 3, 12),
  });
  expect(tasks).toEqual([
    'transform.daily@2024-01-03..2024-01-04',
    'transform.daily@2024-01-04..2024-01-05',
    'transform.total',
    'transform.window@2024-01-03..2024-01-04',
    'transform.window@2024-01-04..2024-01-05',
  ]);
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '40', '80']);
  expect(await amounts(folder, 'transform__dev', 'window')).toEqual(['1', '3', '43', '122']);
  expect(await folder.rows('SELECT amount FROM transform__dev.total')).toEqual(['169']);
  expect(await amounts(folder, 'transform')).toEqual(['1', '2', '4', '8']);
});

test('columns come and go: older rows have NULL, and the newest interval shows the new ones', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: WITH_COUNT });
  const added = await folder.run(5, { environment: 'dev', forwardOnly: true });
  expect(added.tasks).toEqual([
    'transform.daily@2024-01-04..2024-01-05',
    'transform.window@2024-01-04..2024-01-05',
  ]);
  const sales = 'SELECT sales FROM transform__dev.daily ORDER BY day';
  expect(await folder.rows(sales)).toEqual(['', '', '', '1']);
  await folder.write({ [DAILY_FILE]: DAILY.replace('sum(amount) AS amount', '3 * sum(amount) AS amount') });
  await folder.run(5, { environment: 'dev', forwardOnly: true });
  expect(await folder.rows('FROM transform__dev.daily ORDER BY day')).toEqual([
    '2024-01-01 1',
    '2024-01-02 2',
    '2024-01-03 4',
    '2024-01-04 24',
  ]);
});

test('a column of another type is an error that leaves the environment as it was', async () => {
  const folder = await made();
  await folder.run(5, { environment: 'dev' });
  await folder.write({ [DAILY_FILE]: DAILY.replace('sum(amount)', "sum(amount) || ' sold'") });
  const refused = await folder.run(6, { environment: 'dev', forwardOnly: true });
  expect(refused.status).not.toBe('success');
  expect(refused.job?.failed[0]).toMatchObject({ error: { code: 'ENGINE_SCHEMA_CHANGED' } });
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '4', '8']);
});

test.each([
  ['its schedule', { schedule: '"@hourly"' }],
  ['its time column', { time_column: 'at' }],
])('another %s makes a table anew', async (_, change) => {
  const folder = await made();
  let text = TENFOLD.replace('SELECT day', 'SELECT day, day AS at');
  for (const [key, value] of Object.entries(change)) {
    text = text.replace(new RegExp(`${key}: .*`, 'u'), `${key}: ${value}`);
  }
  await folder.write({ [DAILY_FILE]: text });
  const { nodes } = await folder.using(morning(5), (project) =>
    project.plan({ environment: 'dev', forwardOnly: true }),
  );
  const daily = nodes.find(({ node }) => node === 'transform.daily');
  expect([daily?.continues, daily?.isNew, (daily?.intervals ?? 0) > 0]).toEqual([null, true, true]);
});

test('in prod itself a change can count from now on, too', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  expect((await folder.run(5, { forwardOnly: true })).tasks).toEqual([]);
  await folder.run(6);
  expect(await amounts(folder, 'transform')).toEqual(['1', '2', '4', '8', '160']);
  // Made anew on purpose, all of it is made by the definition as it is.
  await folder.run(6, { full: true });
  expect(await amounts(folder, 'transform')).toEqual(['10', '20', '40', '80', '160']);
});

test('a full table below a table that goes on is not made anew before its rows differ', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  const { plan } = await folder.run(5, { environment: 'dev', forwardOnly: true });
  expect(plan.nodes.map(({ node, continues }) => [node, continues !== null])).toEqual([
    ['source.sales', false],
    ['transform.daily', true],
    ['transform.window', true],
    ['transform.total', true],
  ]);
});

test('a harmless edit of a table that goes on keeps it', async () => {
  const folder = await made();
  await folder.write({ [DAILY_FILE]: TENFOLD });
  await folder.run(5, { environment: 'dev', forwardOnly: true });
  await folder.write({ [DAILY_FILE]: TENFOLD.replace('GROUP BY day', 'GROUP BY 1') });
  // Its older rows are not those that the query gives, and are not compared with them.
  expect((await folder.run(5, { environment: 'dev', verify: true })).tasks).toEqual([]);
  expect(await amounts(folder, 'transform__dev')).toEqual(['1', '2', '4', '8']);
  expect((await folder.run(5)).tasks.length).toBeGreaterThan(0);
  expect(await amounts(folder, 'transform')).toEqual(['10', '20', '40', '80']);
  // A real one makes it anew, and what reads it.
  await folder.write({ [DAILY_FILE]: TENFOLD.replace('10 *', '20 *') });
  await folder.run(5, { environment: 'dev' });
  expect(await amounts(folder, 'transform__dev', 'window')).toEqual(['20', '60', '140', '280']);
});

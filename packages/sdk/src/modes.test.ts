import { afterEach, expect, test } from '@jest/globals';

import { csv, ProjectFolder, removeProjectFolders, SOURCE } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const day = (node: string, from: number): string =>
  `transform.${node}@2024-01-0${from}..2024-01-0${from + 1}`;

/** The latest amount of each kind of day: odd or even. */
const LATEST = (more = ''): string => `kind: transform
name: latest
schedule: "@daily"
start: 2024-01-01
materialization: {mode: upsert_by_key, unique_keys: [parity]${more}}
inputs: [{ref: source.sales}]
transform: |
  SELECT dayofmonth(day) % 2 AS parity, day, amount FROM source.sales
  WHERE day >= '{{ start }}' AND day < '{{ end }}'
`;

const UPSERT = {
  'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8]),
  'seeknal/sources/sales.yml': SOURCE,
  'seeknal/transforms/latest.yml': LATEST(),
  'seeknal/transforms/sum.yml':
    'kind: transform\nname: sum\ninputs: [{ref: transform.latest}]\ntransform: SELECT sum(amount) AS amount FROM input_0\n',
};

const rows = (folder: ProjectFolder): Promise<readonly string[]> =>
  folder.rows('SELECT parity, amount FROM transform.latest ORDER BY parity');

test('an upsert goes through its intervals one by one and shows the last row of each key', async () => {
  const folder = await ProjectFolder.make(UPSERT);
  const { tasks, plan } = await folder.run(5);
  expect(plan.tasks.filter(({ node }) => node === 'transform.latest').map(({ id }) => id)).toEqual(
    [1, 2, 3, 4].map((from) => day('latest', from)),
  );
  expect(tasks).toContain(day('latest', 4));
  expect(await rows(folder)).toEqual(['0 8', '1 4']);
  expect(await folder.rows('FROM transform.sum')).toEqual(['12']);
  expect((await folder.run(5)).status).toBe('nothing_to_do');
});

test('a new day is added to an upsert, a corrected one is made again with all that came after', async () => {
  const folder = await ProjectFolder.make(UPSERT);
  await folder.run(5);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 8], [5, 16]) });
  expect((await folder.run(6)).tasks).toEqual(['source.sales', day('latest', 5), 'transform.sum']);
  expect(await rows(folder)).toEqual(['0 8', '1 16']);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [4, 8], [5, 16]) });
  await folder.run(6);
  expect(await rows(folder)).toEqual(['0 8', '1 16']);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2]) });
  await folder.run(6);
  expect(await rows(folder)).toEqual(['0 2', '1 1']);
  expect(await folder.rows('FROM transform.sum')).toEqual(['3']);
});

test('of rows with one key in an interval the greatest stays, or the task fails and names the key', async () => {
  const folder = await ProjectFolder.make({ ...UPSERT, 'data/sales.csv': csv([1, 3], [1, 5], [2, 2]) });
  const failed = await folder.run(3);
  expect(failed.status).toBe('partial');
  expect(failed.job?.failed[0]?.error).toMatchObject({
    message: expect.stringContaining('several rows in one interval by parity'),
  });
  await folder.write({ 'seeknal/transforms/latest.yml': LATEST(', order_by: [amount]') });
  expect((await folder.run(3)).status).toBe('success');
  expect(await rows(folder)).toEqual(['0 2', '1 5']);
});

test('where an upsert begins decides its rows: another start is another table', async () => {
  const folder = await ProjectFolder.make(UPSERT);
  await folder.run(3);
  await folder.write({
    'seeknal/transforms/latest.yml': LATEST().replace('start: 2024-01-01', 'start: 2024-01-02'),
  });
  const { tasks } = await folder.run(3);
  expect(tasks).toEqual([day('latest', 2), 'transform.sum']);
  expect(await rows(folder)).toEqual(['0 2']);
});

/** How many rows the file held, each day anew. */
const SEEN = `kind: transform
name: seen
mode: append
schedule: "@daily"
start: 2024-01-01
inputs: [{ref: source.all_sales}]
transform: SELECT '{{ start }}' AS taken, count(*) AS n FROM input_0
`;

test('an append keeps what each interval gave, whatever becomes of the file', async () => {
  const folder = await ProjectFolder.make({
    'data/sales.csv': csv([1, 1], [2, 2]),
    'seeknal/sources/all_sales.yml': SOURCE.replace('sales', 'all_sales').replace('time_column: day\n', ''),
    'seeknal/transforms/seen.yml': SEEN,
  });
  await folder.run(2);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4]) });
  expect((await folder.run(3)).tasks).toEqual(['source.all_sales', day('seen', 2)]);
  expect(await folder.rows('FROM transform.seen ORDER BY taken')).toEqual(['2024-01-01 2', '2024-01-02 3']);
  expect((await folder.run(3)).status).toBe('nothing_to_do');
});

test('a full refresh of an upsert repeats its history and leaves readers alone', async () => {
  const folder = await ProjectFolder.make(UPSERT);
  await folder.run(5);
  const { tasks } = await folder.run(5, { full: true, select: ['transform.latest'] });
  expect(tasks).toEqual([1, 2, 3, 4].map((from) => day('latest', from)));
  expect(await rows(folder)).toEqual(['0 8', '1 4']);
});

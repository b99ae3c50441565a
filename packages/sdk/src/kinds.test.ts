import { afterEach, expect, test } from '@jest/globals';

import { ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const PAYMENTS =
  'user,at,as_of,amount,country\n1,2024-01-01,2024-01-01,10,SE\n1,2024-01-03,2024-01-03,,SE\n1,2024-01-08,2024-01-08,5,NO\n' +
  '1,2024-01-08,2024-01-08,2,NO\n2,2024-01-08,2024-01-08,7,SE\n';

const FILES = {
  'data/payments.csv': PAYMENTS,
  'seeknal/sources/payments.yml':
    'kind: source\nname: payments\nsource: csv\ntable: data/payments.csv\ncolumns: {user: integer, at: date, as_of: date, amount: integer, country: string}\n',
};

const aggregation = (features: string): string =>
  `kind: aggregation\nname: spent\nid_col: user\nfeature_date_col: at\napplication_date_col: as_of\nsource: source.payments\nfeatures:\n${features}`;

test('a window reaches back over all rows of its id, whatever group they are in', async () => {
  const folder = await ProjectFolder.make({
    ...FILES,
    'seeknal/aggregations/spent.yml': aggregation(
      '  - name: amount\n    basic: [sum]\n    rolling: [{window: [1, 5, 7], aggs: [sum]}]\n    ratio: [{numerator: [5], denominator: [7], aggs: [sum]}]\n' +
        '    since: [{condition: "country == \'NO\'", aggs: [count, sum]}]\n',
    ),
  });
  await folder.run(9);
  const rows = await folder.rows(
    `SELECT user, strftime(as_of, '%d'), coalesce(amount_sum::VARCHAR, '-'), coalesce(amount_sum_1d::VARCHAR, '-'), coalesce(amount_sum_5d::VARCHAR, '-'),
       amount_sum_7d, round(amount_sum_ratio_5d_7d, 2), amount_count_if, amount_sum_if FROM aggregation.spent`,
  );
  // The 3rd has only a row without an amount: a day back there is nothing, five days back the 1st.
  expect(rows).toEqual([
    '1 01 10 10 10 10 1 0 0',
    '1 03 - - 10 10 1 0 0',
    '1 08 7 7 7 17 0.41 2 7',
    '2 08 7 7 7 7 1 0 0',
  ]);
});

test('an aggregation is read as any node is, and made again when what it reads changes', async () => {
  const folder = await ProjectFolder.make({
    ...FILES,
    'seeknal/aggregations/spent.yml': aggregation('  - {name: amount, basic: [sum, count]}\n'),
    'seeknal/transforms/top.yml':
      'kind: transform\nname: top\ntransform: SELECT max(amount_sum) AS most FROM aggregation.spent\n',
  });
  expect((await folder.run(9)).tasks).toEqual(['aggregation.spent', 'source.payments', 'transform.top']);
  expect(await folder.rows('FROM transform.top')).toEqual(['10']);
  await folder.write({ 'data/payments.csv': `${PAYMENTS}2,2024-01-08,2024-01-08,70,SE\n` });
  expect((await folder.run(9)).tasks).toEqual(['aggregation.spent', 'source.payments', 'transform.top']);
  expect(await folder.rows('FROM transform.top')).toEqual(['77']);
  expect((await folder.run(9)).status).toBe('nothing_to_do');
});

test('a column that an aggregation names wrongly is told where its features stand', async () => {
  const folder = await ProjectFolder.make({
    ...FILES,
    'seeknal/aggregations/spent.yml': aggregation('  - {name: amuont, basic: [sum]}\n'),
  });
  const { job } = await folder.run(9);
  expect(job?.failed[0]?.error).toMatchObject({
    message: expect.stringContaining('amuont'),
    place: { file: 'seeknal/aggregations/spent.yml', line: 8 },
  });
});

test('a feature group keeps the rows of its input; one that lacks a feature is not shown', async () => {
  const group = (features: string): string =>
    `kind: feature_group\nname: users\nentity: {name: user, join_keys: [user]}\nmaterialization: {event_time_col: at}\ntransform: SELECT "user", "at", amount FROM source\ninputs: [{ref: source.payments}]\nfeatures: ${features}\n`;
  const folder = await ProjectFolder.make({
    ...FILES,
    'seeknal/feature_groups/users.yml': group('{amount: {dtype: int}}'),
  });
  expect((await folder.run(9)).status).toBe('success');
  expect(await folder.rows('SELECT count(*), sum(amount) FROM feature_group.users')).toEqual(['5 24']);
  await folder.write({ 'seeknal/feature_groups/users.yml': group('{amount: {}, country: {}}') });
  const { job } = await folder.run(9);
  expect(job?.failed[0]?.error).toMatchObject({ message: expect.stringContaining('country') });
  expect(await folder.rows('SELECT count(*) FROM feature_group.users')).toEqual(['5']);
});

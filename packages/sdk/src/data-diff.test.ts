import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import type { Project } from './project.ts';
import {
  csv,
  DAILY,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const FILTERED = DAILY.replace("day < '{{ end }}'", "day < '{{ end }}' AND amount > 1");

/** A line a node: `transform.daily differs +0 -1 ~0`. */
const told = ({ nodes }: Awaited<ReturnType<Project['diffData']>>): readonly string[] =>
  nodes.map(({ node, status, data }) =>
    data === null ? `${node} ${status}` : `${node} ${status} +${data.onlyA} -${data.onlyB} ~${data.changed}`,
  );

test('a filter is changed in dev, planned, applied, compared by its rows, promoted and read; promotion runs nothing', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ 'seeknal/transforms/daily.yml': FILTERED });
  const plan = await folder.using(morning(5), (project) => project.plan({ environment: 'dev' }));
  expect(plan.summary).toMatchObject({ add: 0, change: 3, remove: 0 });
  const applied = await folder.using(morning(5), (project) => project.apply(plan));
  expect([applied.status, applied.job?.done.length]).toEqual(['success', plan.summary.tasks]);

  const compared = await folder.using(morning(5), (project) =>
    project.diffData('dev', 'prod', 'daily', { keys: ['day'] }),
  );
  expect(told(compared)).toEqual(['transform.daily differs +0 -1 ~0']);
  expect(compared.nodes[0]?.data).toMatchObject({
    rows: { a: 3, b: 4 },
    examples: { columns: ['day', 'amount'], onlyB: [['2024-01-01', 1]] },
  });

  const runsBefore = (await folder.using(morning(5), (project) => project.runs())).length;
  const commits = async (): Promise<number> =>
    (await folder.using(morning(5), (project) => project.ledger())).length;
  const before = await commits();
  const promoted = await folder.using(morning(5), (project) => project.environments.promote('dev'));
  expect(promoted.isDone).toBe(true);
  expect(await folder.rows('SELECT amount FROM transform.daily ORDER BY day')).toEqual(['2', '4', '8']);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 22']);
  const after = await folder.run(5);
  expect([after.status, after.tasks]).toEqual(['nothing_to_do', []]);
  // Neither a task nor a commit since the comparison: the tables that dev had are those that prod shows.
  expect(await commits()).toBe(before);
  expect(await folder.using(morning(5), (project) => project.runs())).toHaveLength(runsBefore);
  expect(await folder.using(morning(5), (project) => project.diffData('dev', 'prod'))).toEqual({
    a: 'dev',
    b: 'prod',
    differs: false,
    nodes: [],
  });
});

test('one table in both is told without the warehouse being opened', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.run(5, { environment: 'dev' });
  // Every opening leaves another token there.
  const note = (): Promise<string> => readFile(join(folder.path, 'target/warehouse.json'), 'utf8');
  const before = await note();
  const [one, all] = await folder.using(morning(5), async (project) => [
    await project.diffData('dev', 'prod', 'total'),
    await project.diffData('dev', 'prod'),
  ]);
  expect([told(one), told(all)]).toEqual([['transform.total same_table'], []]);
  expect(one).toMatchObject({ differs: false, nodes: [{ keys: [], data: null }] });
  expect(await note()).toBe(before);
});

test('all nodes that stand for other tables are compared, views by the rows that they show', async () => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/seen.yml':
      'kind: transform\nname: seen\nmode: view\ninputs: [{ref: transform.daily}]\ntransform: SELECT day, 2 * amount AS twice FROM input_0\n',
    'seeknal/rules/small.yml':
      'kind: rule\nname: small\nrule: {type: range, column: amount, params: {max_val: 100}}\ninputs: [transform.daily]\n',
  });
  await folder.run(5);
  await folder.write({
    'seeknal/transforms/daily.yml': FILTERED,
    'seeknal/transforms/more.yml': 'kind: transform\nname: more\ntransform: SELECT 1 AS one\n',
  });
  await folder.run(5, { environment: 'dev' });
  const compared = await folder.using(morning(5), (project) => project.diffData('dev', 'prod'));
  expect(told(compared)).toEqual([
    'transform.daily differs +0 -1 ~null',
    'transform.more only_a',
    'transform.seen differs +0 -1 ~null',
    'transform.total differs +1 -1 ~null',
    'transform.window differs +3 -3 ~null',
  ]);
  const mirrored = await folder.using(morning(5), (project) => project.diffData('prod', 'dev'));
  expect(told(mirrored)).toContain('transform.more only_b');
});

test('the rows of an upsert are told apart by its own keys', async () => {
  const upsert = (sql: string): string =>
    `kind: transform\nname: last\nschedule: "@daily"\nstart: 2024-01-01\nmode: upsert_by_key\nunique_keys: [parity]\norder_by: [amount]\ninputs: [{ref: transform.daily}]\ntransform: ${sql}\n`;
  const sql = 'SELECT day(day) % 2 AS parity, amount FROM input_0';
  const folder = await ProjectFolder.make({ ...PROJECT, 'seeknal/transforms/last.yml': upsert(sql) });
  await folder.run(5);
  await folder.write({
    'seeknal/transforms/last.yml': upsert(sql.replace(', amount', ', amount + 1 AS amount')),
  });
  await folder.run(5, { environment: 'dev' });
  const compared = await folder.using(morning(5), (project) => project.diffData('dev', 'prod', 'last'));
  expect([compared.nodes[0]?.keys, told(compared)]).toEqual([
    ['parity'],
    ['transform.last differs +0 -0 ~2'],
  ]);
});

test('the same rows in two tables are the same', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({
    'seeknal/transforms/daily.yml': DAILY.replace('sum(amount)', '(sum(2 * amount) // 2)::HUGEINT'),
  });
  await folder.run(5, { environment: 'dev' });
  const compared = await folder.using(morning(5), (project) => project.diffData('dev', 'prod', 'daily'));
  expect([compared.differs, told(compared)]).toEqual([false, ['transform.daily same_rows +0 -0 ~null']]);
});

test('what cannot be compared is told with what could have been meant', async () => {
  const rule =
    'kind: rule\nname: small\nrule: {type: range, column: amount, params: {max_val: 100}}\ninputs: [transform.daily]\n';
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/rules/small.yml': rule,
    'seeknal/sources/total.yml': 'kind: source\nname: total\nsource: csv\ntable: data/sales.csv\n',
  });
  await folder.run(5);
  await folder.write({
    'data/sales.csv': csv([1, 1]),
    'seeknal/transforms/more.yml': 'kind: transform\nname: more\ntransform: SELECT 1 AS one\n',
  });
  await folder.run(5, { environment: 'dev' });
  for (const [a, b, node, code, said] of [
    ['dev', 'prod', 'dialy', 'SDK_NODE_UNKNOWN', 'Did you mean daily?'],
    ['dev', 'prod', 'nothing.like.it', 'SDK_NODE_UNKNOWN', 'seeknal list'],
    ['dev', 'prod', 'TOTAL', 'SDK_NODE_UNKNOWN', 'Name it with its kind: source.total.'],
    ['dev', 'prod', 'more', 'SDK_NODE_NOT_SHOWN', 'seeknal apply prod'],
    ['prod', 'dev', 'more', 'SDK_NODE_NOT_SHOWN', 'seeknal apply prod'],
    ['dev', 'prod', 'small', 'SDK_NODE_NOT_SHOWN', 'Name a node that it reads.'],
    ['dev', 'stage', null, 'ENVIRONMENT_UNKNOWN', 'seeknal apply stage'],
    ['dev', 'PROD', null, 'ENVIRONMENT_CASE', 'Use prod'],
    ['a b', 'prod', null, 'ENVIRONMENT_NAME_INVALID', 'Use a letter'],
  ] as const) {
    await expect(folder.using(morning(5), (project) => project.diffData(a, b, node))).rejects.toMatchObject({
      code,
      hint: expect.stringContaining(said) as unknown,
    });
  }
});

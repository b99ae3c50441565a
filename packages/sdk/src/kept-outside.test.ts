import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { csv, PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const TOTAL = 'seeknal/transforms/total.yml';
const total = (sql: string): string =>
  `kind: transform\nname: total\ninputs: [{ref: transform.window}]\ntransform: ${sql}\n`;
const RULE = 'seeknal/rules/some.yml';
const rule = (most: number): string =>
  `kind: rule\nname: some\nrule: {type: range, column: amount, params: {max_val: ${most}}}\ninputs: [transform.total]\n`;

/** Checked over a table that a change of its query leaves as it is. */
async function checked(): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    [TOTAL]: total('SELECT sum(amount) AS amount FROM input_0'),
    [RULE]: rule(100),
  });
  expect((await folder.run(5)).tasks).toContain('rule.some');
  await folder.write({ [TOTAL]: total('SELECT sum(i.amount) AS amount FROM input_0 AS i') });
  return folder;
}

test('a rule over a table that is kept is not checked again, in prod or elsewhere', async () => {
  const folder = await checked();
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
  expect((await folder.run(5)).tasks).toEqual([]);
  expect((await folder.run(5)).status).toBe('nothing_to_do');
});

test('an export of a table that is kept is written again only where its file is gone, or in another place', async () => {
  const out = (path: string): string =>
    `kind: exposure\nname: out\ntype: file\nparams: {format: csv, path: ${path}}\ndepends_on: [{ref: transform.total}]\n`;
  const folder = await ProjectFolder.make({
    ...PROJECT,
    [TOTAL]: total('SELECT sum(amount) AS amount FROM input_0'),
    'seeknal/exposures/out.yml': out('target/out.csv'),
  });
  await folder.run(5);
  const read = (): Promise<string> => readFile(join(folder.path, 'target/out.csv'), 'utf8');
  const first = await read();
  const again = async (sql: string): Promise<readonly string[]> => {
    await folder.write({ [TOTAL]: total(`SELECT ${sql} AS amount FROM input_0 AS i`) });
    return (await folder.run(5)).tasks;
  };
  expect(await again('sum(i.amount)')).toEqual([]);
  expect(await read()).toBe(first);
  expect((await folder.run(5)).status).toBe('nothing_to_do');
  await folder.remove('target/out.csv');
  expect(await again('sum((i.amount))')).toEqual(['exposure.out']);
  expect(await read()).toBe(first);
  // dev has a file of its own, whatever prod keeps.
  await folder.write({ [TOTAL]: total('SELECT sum(((i.amount))) AS amount FROM input_0 AS i') });
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual(['exposure.out']);
  expect(await again('sum(2 * i.amount)')).toEqual(['exposure.out', 'transform.total']);
  expect(await read()).not.toBe(first);
  await folder.write({ 'seeknal/exposures/out.yml': out('target/other.csv') });
  expect(await again('sum(2 * (i.amount))')).toEqual(['exposure.out']);
});

test('a rule that was changed is checked', async () => {
  const folder = await checked();
  await folder.write({ [RULE]: rule(50) });
  expect((await folder.run(5)).tasks).toEqual(['rule.some']);
});

test('a rule whose table gets other rows is checked, and fails on them', async () => {
  const folder = await checked();
  await folder.run(5);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 4], [4, 800]) });
  const { status, tasks, job } = await folder.run(5);
  expect(status).toBe('partial');
  expect(tasks).toContain('transform.total');
  expect(job?.failed.map(({ task }) => task.id)).toEqual(['rule.some']);
});

test('a rule that failed is checked again, over whatever table', async () => {
  const folder = await checked();
  await folder.write({ [RULE]: rule(10) });
  expect((await folder.run(5)).status).toBe('failed');
  await folder.write({ [TOTAL]: total('SELECT sum((amount)) AS amount FROM input_0') });
  const { status, job } = await folder.run(5);
  expect([status, job?.failed.map(({ task }) => task.id)]).toEqual(['failed', ['rule.some']]);
});

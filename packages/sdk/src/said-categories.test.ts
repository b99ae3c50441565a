import { afterEach, expect, test } from '@jest/globals';

import {
  DAILY,
  morning,
  PROJECT,
  ProjectFolder,
  removeProjectFolders,
  TOTAL,
} from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const DAILY_FILE = 'seeknal/transforms/daily.yml';
/** The same rows, which only the data tell. */
const SAME_ROWS = DAILY.replace('sum(amount)', '(sum(amount) * 2 / 2)::HUGEINT');
const OTHER_ROWS = DAILY.replace('sum(amount)', '(sum(amount) * 2)::HUGEINT');

async function made(text: string): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  await folder.write({ [DAILY_FILE]: text });
  return folder;
}

const below = (tasks: readonly string[]): number => tasks.filter((id) => !id.includes('daily')).length;
const said = (category: 'BREAKING' | 'NON_BREAKING') => ({ categories: { daily: category } });

test('what is said to change nothing below is compared, and kept when that is so', async () => {
  const folder = await made(SAME_ROWS);
  const { tasks, plan } = await folder.run(5, { environment: 'dev', ...said('NON_BREAKING') });
  expect(tasks).toHaveLength(4);
  expect(below(tasks)).toBe(0);
  expect(plan.nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
    category: 'NON_BREAKING',
    reason: expect.stringMatching(
      /\. Said to be NON_BREAKING: what reads it stays where the rows that it reads are the same\.$/u,
    ),
  });
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 25']);
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
  // What was compared once need not be said again, and prod takes it over as it is.
  expect((await folder.run(5)).tasks).toEqual([]);
});

test('what is said to change nothing below, and does, is found by its rows', async () => {
  const folder = await made(OTHER_ROWS);
  const { tasks, events } = await folder.run(5, { environment: 'dev', ...said('NON_BREAKING') });
  expect(events).toContain('moved');
  expect(below(tasks)).toBe(5);
  expect(await folder.rows('FROM transform__dev.total')).toEqual(['4 50']);
  expect(await folder.rows('FROM transform.total')).toEqual(['4 25']);
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
});

test('a word about rows that are not all there yet is not believed', async () => {
  const folder = await made(SAME_ROWS);
  const range = { start: Date.UTC(2024, 0, 3), end: Date.UTC(2024, 0, 5) };
  const { tasks } = await folder.run(5, { environment: 'dev', range, ...said('NON_BREAKING') });
  expect(below(tasks)).toBeGreaterThan(0);
  const [shown] = await folder.rows(
    'SELECT (SELECT sum(amount) FROM transform__dev.window) = (SELECT amount FROM transform__dev.total)',
  );
  expect(shown).toBe('true');
});

test('what is said to change rows is built anew with everything below', async () => {
  const folder = await made(DAILY.replace('GROUP BY day', 'GROUP BY 1'));
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
  const { tasks, plan } = await folder.run(5, { environment: 'dev', ...said('BREAKING') });
  expect([tasks.length - below(tasks), below(tasks)]).toEqual([4, 5]);
  expect(plan.nodes.find(({ node }) => node === 'transform.daily')?.category).toBe('BREAKING');
  expect((await folder.run(5, { environment: 'dev' })).tasks).toEqual([]);
});

test.each<[string, { readonly [node: string]: string }, string]>([
  ['a node that is not there', { dialy: 'BREAKING' }, 'SDK_NODE_UNKNOWN'],
  ['what only a proof can say', { daily: 'METADATA' }, 'SDK_CATEGORY_INVALID'],
  ['what nobody can compare', { total: 'NON_BREAKING' }, 'SDK_CATEGORY_INVALID'],
])('%s is refused', async (_, categories, code) => {
  const folder = await ProjectFolder.make({
    ...PROJECT,
    'seeknal/transforms/total.yml': `${TOTAL}materialization: {mode: view}\n`,
  });
  await folder.using(morning(5), async (project) => {
    await expect(project.plan({ categories: categories as never })).rejects.toMatchObject({ code });
  });
});

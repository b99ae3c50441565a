import { afterEach, expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';

import { csv, morning, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const days = (from: number, to: number): Interval => ({
  start: Date.UTC(2024, 0, from),
  end: Date.UTC(2024, 0, to),
});

const said = (stretches: readonly { node: string; range: Interval }[]): readonly string[] =>
  stretches.map(({ node, range }) => {
    if (range.start < 0) return node;
    return `${node} ${new Date(range.start).getUTCDate()}-${new Date(range.end - 1).getUTCDate()}`;
  });

const day = (node: string, from: number): string =>
  `transform.${node}@2024-01-0${from}..2024-01-0${from + 1}`;

test('a restated day runs again with what depends on it, and nothing else', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(8);
  const marked = await folder.using(morning(8), (project) =>
    project.restate({ nodes: ['transform.daily'], range: days(3, 4), reason: 'fixed a bug' }),
  );
  expect(said(marked)).toEqual(['transform.daily 3-3', 'transform.window 3-5', 'transform.total']);
  const pending = await folder.using(morning(8), (project) => project.restatements());
  expect(said(pending)).toEqual(said(marked));
  expect(new Set(pending.map(({ reason }) => reason))).toEqual(new Set(['fixed a bug']));
  expect((await folder.run(8)).tasks).toEqual([
    day('daily', 3),
    'transform.total',
    day('window', 3),
    day('window', 4),
    day('window', 5),
  ]);
  expect(await folder.using(morning(8), (project) => project.restatements())).toEqual([]);
});

test('what is restated again after it has run is open once, for the newer reason', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(8);
  const restate = (range: Interval, reason: string) =>
    folder.using(morning(8), (project) => project.restate({ nodes: ['transform.window'], range, reason }));
  await restate(days(3, 6), 'once');
  await folder.run(8);
  await restate(days(4, 5), 'twice');
  const open = await folder.using(morning(8), (project) => project.restatements());
  expect(said(open)).toEqual(['transform.window 4-4', 'transform.total']);
  expect(open.map(({ reason }) => reason)).toEqual(['twice', 'twice']);
});

test('a restatement taken back leaves the rows as they are', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(8);
  const cleared = await folder.using(morning(8), async (project) => {
    await project.restate({ nodes: ['transform.window'], range: days(3, 5), reason: 'by mistake' });
    return project.clearRestatements(['transform.window', 'transform.total']);
  });
  expect(said(cleared)).toEqual(['transform.window 3-4', 'transform.total']);
  expect(await folder.run(8)).toMatchObject({ status: 'nothing_to_do' });
});

test('without a node all that have intervals are restated', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(5);
  const marked = await folder.using(morning(5), (project) =>
    project.restate({ nodes: [], range: days(4, 5), reason: 'r' }),
  );
  expect(said(marked)).toEqual(['transform.daily 4-4', 'transform.window 4-4', 'transform.total']);
});

test('a restatement outside the history of the node is refused, with what there is', async () => {
  const folder = await ProjectFolder.make();
  const restate = () =>
    folder.using(morning(5), (project) =>
      project.restate({ nodes: ['transform.daily'], range: days(20, 21), reason: 'r' }),
    );
  await expect(restate()).rejects.toMatchObject({
    code: 'SDK_OUTSIDE_HISTORY',
    hint: expect.stringContaining('run it first'),
  });
  await folder.run(5);
  await expect(restate()).rejects.toMatchObject({
    code: 'SDK_OUTSIDE_HISTORY',
    hint: 'It has rows for 2024-01-01 to 2024-01-05.',
  });
});

test('days completed by hand are not run, until what they read changes', async () => {
  const folder = await ProjectFolder.make();
  await folder.run(3);
  const completed = await folder.using(morning(6), (project) =>
    project.complete({ nodes: ['transform.daily'], range: days(3, 5) }),
  );
  expect(said(completed)).toEqual(['transform.daily 3-4']);
  const { tasks } = await folder.run(6);
  expect(tasks.filter((id) => id.includes('.daily'))).toEqual([day('daily', 5)]);
  await folder.write({ 'data/sales.csv': csv([1, 1], [2, 2], [3, 5], [4, 8]) });
  expect((await folder.run(6)).tasks).toContain(day('daily', 3));
});

test('a range without a whole interval completes nothing', async () => {
  const folder = await ProjectFolder.make();
  const half = { start: Date.UTC(2024, 0, 1, 3), end: Date.UTC(2024, 0, 2) };
  await expect(
    folder.using(morning(5), (project) => project.complete({ nodes: ['transform.daily'], range: half })),
  ).rejects.toMatchObject({ code: 'SDK_NO_WHOLE_INTERVAL' });
});

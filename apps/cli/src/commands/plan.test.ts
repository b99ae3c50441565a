import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

test('a first plan adds every node, and says how much that is', async () => {
  expect(await seeknal(await shop(), 'plan')).toEqual({
    code: 0,
    out: `Plan for shop (prod)
  Range: everything up to 2024-01-04T12:00:00Z (UTC)

  + source.orders [NEW]
      new: 1 task

  + transform.daily [NEW]
      new: 3 intervals in 3 tasks
      2024-01-01 to 2024-01-04

  + transform.total [NEW]
      new: 1 task

Plan: 3 to add, 0 to change, 0 to remove, 0 to backfill. 5 tasks, 3 intervals.
`,
    err: '',
  });
});

test('changes, removals, blocked nodes and what is kept are told apart', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const total = SHOP['seeknal/transforms/total.yml'] as string;
  await rm(join(folder, 'seeknal/transforms/total.yml'));
  const write = (file: string, text: string): Promise<void> =>
    writeFile(join(folder, 'seeknal/transforms', file), text);
  await write('sum.yml', total.replace('name: total', 'name: sum'));
  await write(
    'daily.yml',
    (SHOP['seeknal/transforms/daily.yml'] as string).replace('sum(amount)', 'max(amount)'),
  );
  await write('agg.yml', 'kind: profile\nname: agg\n');
  expect((await seeknal(folder, 'plan')).out).toBe(`Plan for shop (prod)
  Range: everything up to 2024-01-04T12:00:00Z (UTC)

  ! profile.agg [BLOCKED]
      The kind profile is not supported yet (seeknal/transforms/agg.yml:1:7).

  ~ transform.daily [BREAKING - rebuilds downstream]
      Column amount changes from sum(amount)::INTEGER to max(amount)::INTEGER: 3 intervals in 3 tasks
      2024-01-01 to 2024-01-04
      changes \`amount\`: nobody reads it
          select day,
        -   sum(amount)::INTEGER as amount
        +   max(amount)::INTEGER as amount
          from "source".orders
          …

  + transform.sum [NEW]
      new: 1 task
      note: transform.total was defined alike: renamed_from keeps its rows

  - transform.total [REMOVED]
      no longer in the project

  1 node up to date: source.orders

Plan: 1 to add, 1 to change, 1 to remove, 0 to backfill, 1 blocked. 4 tasks, 3 intervals.
`);
});

test('a node below a changed one names the way to it, and a description rebuilds nothing', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  const path = join(folder, 'seeknal/transforms/daily.yml');
  await writeFile(path, daily.replace('sum(amount)', 'max(amount)'));
  expect((await seeknal(folder, 'plan')).out).toContain(`  ~ transform.total [BREAKING - through its inputs]
      it reads amount of transform.daily, which changed: 1 task
      changes \`amount\`
`);
  await writeFile(path, daily.replace('Turnover', 'Income'));
  expect((await seeknal(folder, 'plan')).out).toBe(`Plan for shop (prod)
  Range: everything up to 2024-01-04T12:00:00Z (UTC)

  ~ transform.daily [METADATA - no rebuild needed]
      only its description, owner, tags or audits changed

  2 nodes up to date: source.orders, transform.total

Plan: 0 to add, 1 to change, 0 to remove, 0 to backfill. 0 tasks.
`);
});

test('a new day is a backfill, and what reads it runs again only if rows differ', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'plan --now 2024-01-06')).out).toBe(`Plan for shop (prod)
  Range: everything up to 2024-01-06T00:00:00Z (UTC)

  * transform.daily
      intervals are missing: 2 intervals in 2 tasks
      2024-01-04 to 2024-01-06

  = transform.total
      runs again only if rows above differ

  1 node up to date: source.orders

Plan: 0 to add, 0 to change, 0 to remove, 1 to backfill. 2 tasks, 2 intervals.
`);
});

test('nothing to do is said as the Python tool says it', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  expect((await seeknal(folder, 'plan --summary')).out).toBe('OK No changes detected. Nothing to run.\n');
  expect(
    (await seeknal(folder, 'plan --summary', { columns: 80, env: { LANG: 'de_DE.UTF-8', NO_COLOR: '1' } }))
      .out,
  ).toBe('✓ No changes detected. Nothing to run.\n');
});

test.each([
  // situation       flags                       code
  ['before a run', 'plan', 0],
  ['before a run', 'plan --detailed-exitcode', 2],
  ['after a run', 'plan --detailed-exitcode', 0],
])('%s: %s ends with %d', async (situation, line, code) => {
  const folder = await shop();
  if (situation === 'after a run') await seeknal(folder, 'run');
  expect((await seeknal(folder, line)).code).toBe(code);
});

test('a range and a selection are said and kept to', async () => {
  const { out } = await seeknal(
    await shop(),
    'plan --start 2024-01-02 --end 2024-01-02 -n daily,total -n orders --summary',
  );
  expect(out).toBe('Plan: 3 to add, 0 to change, 0 to remove, 0 to backfill. 3 tasks, 1 interval.\n');
  const { out: text } = await seeknal(await shop(), 'plan --end 2024-01-02T00:00:00Z --tags report');
  expect(text).toContain('  Range: everything up to 2024-01-02T00:00:00Z (UTC)\n');
  expect(text).toContain('      2024-01-01 to 2024-01-02\n');
});

test('--json and --out write the same plan', async () => {
  const folder = await shop();
  const { out } = await seeknal(folder, 'plan --json --out plan.json');
  const plan = JSON.parse(out) as Record<string, unknown>;
  expect(plan).toMatchObject({
    version: 1,
    project: 'shop',
    environment: 'prod',
    range: null,
    summary: { add: 3, change: 0, remove: 0, backfill: 0, keep: 0, blocked: 0, tasks: 5, intervals: 5 },
  });
  expect(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'))).toEqual(plan);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import type { NodePlan, Plan } from '@seeknal/plan';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';
import { planText } from '../output/plan-text.ts';
import { terminal } from '../output/terminal.ts';
import { warnOfRefuted } from '../output/verified-text.ts';

/** A shop that ran, whose query was then written otherwise. */
async function rewritten(): Promise<string> {
  const folder = await shop();
  await seeknal(folder, 'run');
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  await writeFile(
    join(folder, 'seeknal/transforms/daily.yml'),
    daily.replace('sum(amount)::INTEGER', 'CAST(sum(amount) AS INTEGER)'),
  );
  return folder;
}

test.each([
  ['plan --verify', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
  ['plan --verify prod', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
  ['plan --verify=all', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
  ['plan --verify=sample', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
  [
    'plan --verify=sample:1',
    'INFO verified by a sample: 1 row in 1 stretch is the same; a sample can refute, not prove',
  ],
  ['apply --dry-run --verify', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
  ['run --show-plan --verify', 'OK verified: the new query gives the same 3 rows in 3 stretches'],
])('%s', async (line, told) => {
  const { code, out, err } = await seeknal(await rewritten(), line);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`  ~ transform.daily [METADATA - no rebuild needed]
      its definition is written otherwise; rows and columns stay the same
`);
  expect(out).toContain(`      ${told}\n`);
});

test('a sample is all, sample, or sample with its rows', async () => {
  const { code, err } = await seeknal(await rewritten(), 'plan --verify=some');
  expect(code).toBe(2);
  expect(err).toContain('It is all, sample, or sample:<rows>.');
});

test('the evidence is in the JSON', async () => {
  const { out } = await seeknal(await rewritten(), 'plan --verify --json');
  const { nodes } = JSON.parse(out) as {
    readonly nodes: readonly { readonly node: string; readonly verified: unknown }[];
  };
  expect(nodes.map(({ node, verified }) => [node, verified])).toEqual([
    ['source.orders', null],
    ['transform.daily', { rows: 3, ranges: 3, sampled: false, same: true, differing: [] }],
    ['transform.total', { rows: 1, ranges: 1, sampled: false, same: true, differing: [] }],
  ]);
});

test('rows that are others are a warning, and a red line of the plan', async () => {
  const { out } = await seeknal(await rewritten(), 'plan --verify --json');
  const plan = JSON.parse(out) as Plan;
  const differing = [{ start: Date.UTC(2024, 0, 2), end: Date.UTC(2024, 0, 3) }];
  const nodes = plan.nodes.map((node): NodePlan =>
    node.node === 'transform.daily'
      ? {
          ...node,
          reason: 'verification found other rows',
          verified: { rows: 3, ranges: 3, sampled: false, same: false, differing },
        }
      : node,
  );
  const written = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => void (written.out += text) },
    stderr: { write: (text: string) => void (written.err += text) },
    env: {},
  };
  const to = terminal(io as never, true);
  warnOfRefuted({ ...plan, nodes }, to);
  expect(written.err)
    .toBe(`WARNING transform.daily: the new query gives other rows in 2024-01-02 to 2024-01-03 than those that were to be kept.
  -> verification found other rows
`);
  expect(planText({ ...plan, nodes }, to.out)).toContain(
    '      ERROR verified: the new query gives other rows in 2024-01-02 to 2024-01-03\n',
  );
});

test('who reads a column that goes away is told, and names that do not bind any more', async () => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  await writeFile(
    join(folder, 'seeknal/transforms/daily.yml'),
    daily.replace('sum(amount)::INTEGER AS amount', 'count(*) AS orders'),
  );
  const { out } = await seeknal(folder, 'plan');
  expect(out).toContain(`
      adds \`orders\`
      removes \`amount\`: breaks transform.total.amount
          select day,
        -   sum(amount)::INTEGER as amount
        +   count(*) as orders
          from "source".orders
          …
`);
  expect(out).toContain(`
      it reads amount of transform.daily, which changed: 1 task
      changes \`amount\`
      WARNING There is no column amount in reach.
`);
  expect((await seeknal(folder, 'plan --explain')).out).toContain(
    "          where day >= '{{ start }}' and day < '{{ end }}'\n          group BY day\n",
  );
});

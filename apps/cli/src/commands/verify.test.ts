import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

/** A shop that ran, whose query was then written otherwise. */
async function rewritten(): Promise<string> {
  const folder = await shop();
  await seeknal(folder, 'run');
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  await writeFile(join(folder, 'seeknal/transforms/daily.yml'), daily.replace('sum(amount)::INTEGER', 'CAST(sum(amount) AS INTEGER)'));
  return folder;
}

test.each([
  ['plan --verify', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
  ['plan --verify prod', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
  ['plan --verify=all', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
  ['plan --verify=sample', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
  ['plan --verify=sample:1', 'INFO verified by a sample: 1 row in 1 interval is the same; a sample can refute, not prove'],
  ['apply --dry-run --verify', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
  ['run --show-plan --verify', 'OK verified: the new query gives the same 3 rows in 3 intervals'],
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
  const { nodes } = JSON.parse(out) as { readonly nodes: readonly { readonly node: string; readonly verified: unknown }[] };
  expect(nodes.map(({ node, verified }) => [node, verified])).toEqual([
    ['source.orders', null],
    ['transform.daily', { rows: 3, ranges: 3, sampled: false, same: true, differing: [] }],
    ['transform.total', { rows: 1, ranges: 1, sampled: false, same: true, differing: [] }],
  ]);
});

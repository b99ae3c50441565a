import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { seeknal, SHOP, shop } from '../in-process.test.kit.ts';

test('list shows the nodes in the order they run in', async () => {
  const folder = await shop();
  expect(await seeknal(folder, 'list')).toEqual({
    code: 0,
    out: ` node            | how                 | schedule  | tags   | file
-----------------+---------------------+-----------+--------+------------------------------
 source.orders   | csv                 |           | raw    | seeknal/sources/orders.yml
 transform.daily | incremental_by_time | 0 0 * * * |        | seeknal/transforms/daily.yml
 transform.total | full                |           | report | seeknal/transforms/total.yml
`,
    err: '(3 nodes)\n',
  });
  expect(
    JSON.parse((await seeknal(folder, 'list --json kind:transform,orders --select tag:raw')).out),
  ).toMatchObject({
    project: 'shop',
    nodes: [
      { id: 'source.orders', kind: 'source', mode: 'csv', schedule: null, tags: ['raw'], inputs: [] },
      {
        id: 'transform.daily',
        mode: 'incremental_by_time',
        schedule: '0 0 * * *',
        inputs: ['source.orders'],
      },
      { id: 'transform.total', file: 'seeknal/transforms/total.yml', description: null },
    ],
  });
});

test('show says everything about one node', async () => {
  const folder = await shop();
  await seeknal(folder, 'run --end 2024-01-02');
  const { out } = await seeknal(folder, 'show daily');
  expect(out.replace(/[0-9a-f]{64}/u, '#')).toBe(`transform.daily
Turnover by day.

  file        seeknal/transforms/daily.yml:2
  how         incremental_by_time
  schedule    0 0 * * *
  start       2024-01-01T00:00:00Z
  reads       source.orders (the same interval)
  read by     transform.total
  fingerprint #
  done        2 (2024-01-01 to 2024-01-03)
  missing     1 (2024-01-03 to 2024-01-04)

  SELECT day, sum(amount)::INTEGER AS amount FROM ref('source.orders')
  WHERE day >= '{{ start }}' AND day < '{{ end }}' GROUP BY day
`);
  expect(JSON.parse((await seeknal(folder, 'show total --json')).out)).toMatchObject({
    id: 'transform.total',
    readers: [],
    done: [null],
    missing: [],
  });
});

test('validate shows warnings with their lines', async () => {
  const folder = await shop({
    'seeknal/profiles/agg.yml': 'kind: profile\nname: agg\nid_col: x\n',
  });
  const { code, out, err } = await seeknal(folder, 'validate');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`WARNING seeknal/profiles/agg.yml:1:7 profile.agg: The kind profile is not supported yet.
  > 1 | kind: profile
      |       ^
    2 | name: agg
    3 | id_col: x
  -> It and what depends on it are left out of runs.

OK shop: 4 nodes, 2 edges, 1 warning
`);
  expect(JSON.parse((await seeknal(folder, 'validate --json')).out)).toMatchObject({
    valid: true,
    project: 'shop',
    nodes: 4,
    problems: [],
    warnings: [{ code: 'NODE_UNSUPPORTED', place: { file: 'seeknal/profiles/agg.yml', line: 1, column: 7 } }],
  });
  expect((await seeknal(folder, 'list')).err).toContain('WARNING seeknal/profiles/agg.yml:1:7 profile.agg');
});

test('validate of a broken project ends with 1, and lists the problems as JSON', async () => {
  const folder = await shop({ 'seeknal/transforms/total.yml': 'kind: transfrm\nname: total\n' });
  const { code, out } = await seeknal(folder, 'validate --json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    valid: false,
    problems: [{ code: 'KIND_UNKNOWN', place: { file: 'seeknal/transforms/total.yml', line: 1, column: 7 } }],
  });
  expect((await seeknal(folder, 'validate')).err).toMatch(/^ERROR 1 problem in the project\n/u);
});

test('parse writes the manifest and says what changed since the last one', async () => {
  const folder = await shop();
  const file = join(folder, 'target/manifest.json');
  expect((await seeknal(folder, 'parse')).out).toBe(`OK ${file}: 3 nodes, 2 edges\n`);
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    metadata: { project: 'shop', seeknal_version: expect.any(String), generated_at: expect.any(String) },
    nodes: {
      'transform.total': { id: 'transform.total', name: 'total', type: 'transform', tags: ['report'] },
    },
    edges: [
      { from: 'source.orders', to: 'transform.daily', type: 'dependency' },
      { from: 'transform.daily', to: 'transform.total', type: 'dependency' },
    ],
  });
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  await writeFile(join(folder, 'seeknal/transforms/daily.yml'), daily.replace('sum', 'max'));
  await writeFile(
    join(folder, 'seeknal/transforms/more.yml'),
    'kind: transform\nname: more\ntransform: SELECT 1 AS x\n',
  );
  expect((await seeknal(folder, 'parse')).out.split('\n').slice(1)).toEqual([
    '  + transform.more',
    '  ~ transform.daily',
    '  ~ transform.total',
    '',
  ]);
  expect(JSON.parse((await seeknal(folder, 'parse --json --no-diff')).out)).toEqual({
    manifest: file,
    nodes: 4,
    edges: 2,
    difference: null,
  });
});

test('parse leaves a manifest that another tool wrote uncompared, and goes where it is told', async () => {
  const folder = await shop();
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere/manifest.json'), 'not JSON');
  expect((await seeknal('/', ['parse', '--path', folder, '--target', join(folder, 'elsewhere')])).out).toBe(
    `OK ${join(folder, 'elsewhere/manifest.json')}: 3 nodes, 2 edges\n`,
  );
});

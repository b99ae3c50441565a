import { expect, test } from '@jest/globals';

import { seeknal, shop } from '../in-process.test.kit.ts';

const ROWS =
  "SELECT * FROM (VALUES (1, 'a', 1.50::DECIMAL(9,2)), (22, NULL, NULL), (3, 'x,\"y\"', -0.25)) AS t (n, s, d)";

test('rows are a table, numbers to the right', async () => {
  expect(await seeknal(await shop(), ['query', ROWS])).toEqual({
    code: 0,
    out: `  n | s     |     d
----+-------+-------
  1 | a     |  1.50
 22 | NULL  |  NULL
  3 | x,"y" | -0.25
`,
    err: '(3 rows)\n',
  });
});

test('rows are CSV that tells NULL from an empty text', async () => {
  const { out } = await seeknal(await shop(), ['query', '--csv', `${ROWS} UNION ALL SELECT 4, '', 0`]);
  expect(out).toBe('n,s,d\n1,a,1.50\n22,,\n3,"x,""y""",-0.25\n4,"",0.00\n');
});

test('rows are JSON with their columns', async () => {
  expect(
    JSON.parse(
      (await seeknal(await shop(), ['query', '--json', "SELECT 1 AS n, [1, 2] AS l, DATE '2024-01-01' AS d"]))
        .out,
    ),
  ).toEqual({
    columns: [
      { name: 'n', type: 'INTEGER' },
      { name: 'l', type: 'INTEGER[]' },
      { name: 'd', type: 'DATE' },
    ],
    rows: [[1, [1, 2], '2024-01-01']],
    truncated: false,
  });
});

test('more rows than the limit are not shown, and that is said', async () => {
  const { code, out, err } = await seeknal(await shop(), ['query', '--csv', '--limit', '2', 'FROM range(5)']);
  expect({ code, out }).toEqual({ code: 0, out: 'range\n0\n1\n' });
  expect(err).toBe('WARNING There are more rows: only 2 are shown. Raise --limit.\n');
});

test.each([
  ['SELECT * FROM transform.totl', 'totl'],
  ['SELEC 1', 'syntax error'],
  ['CREATE TABLE t (x INTEGER)', 'only read'],
])('%s is refused', async (sql, message) => {
  const folder = await shop();
  await seeknal(folder, 'run');
  const { code, out, err } = await seeknal(folder, ['query', sql]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(message);
});

test('a cell cannot steer the terminal', async () => {
  const { out } = await seeknal(await shop(), [
    'query',
    "SELECT 'a' || chr(27) || '[2J' || chr(10) || 'b' AS x",
  ]);
  expect(out).toContain(' a [2J\\nb\n');
});

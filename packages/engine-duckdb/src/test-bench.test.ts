import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '@seeknal/manifest';

import { openTestBench, type Comparison, type RowDifference, type TestBench } from './index.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.close());

const compare = (
  sql: string,
  rows: readonly JsonObject[],
  expected: readonly JsonObject[],
  more: Partial<Comparison> = {},
): Promise<RowDifference> =>
  bench.compare({
    node: 'transform.t',
    sql,
    inputs: { 'source.s': { rows, columns: [] } },
    places: { input_0: 'source.s' },
    expected: { rows: expected, columns: [] },
    ...more,
  });

/** `-` expected and not found, `+` found and not expected. */
const told = ({ missing, unexpected, absent }: RowDifference): readonly string[] => [
  ...missing.map((row) => `-${row.join(',')}`),
  ...unexpected.map((row) => `+${row.join(',')}`),
  ...absent.map((name) => `?${name}`),
];

test.each<[string, string, readonly JsonObject[], readonly JsonObject[], readonly string[]]>([
  ['equal, in any order', 'FROM input_0', [{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }], []],
  ['as often as they are there', 'FROM input_0', [{ a: 1 }, { a: 1 }], [{ a: 1 }], ['+1']],
  ['a column that is not named', 'SELECT a, 2 AS b FROM input_0', [{ a: 1 }], [{ a: 1 }], []],
  ['a column that is not there', 'FROM source.s', [{ a: 1 }], [{ b: 1 }], ['?b']],
  ['no rows at all', 'SELECT a FROM input_0 WHERE a > 1', [{ a: 1 }], [], []],
  ['rows where none should be', 'SELECT a, a + 1 AS b FROM input_0', [{ a: 1 }], [], ['+1,2']],
  ['NULL for what is left out', 'SELECT a, b FROM input_0', [{ a: 1 }, { b: 2 }], [{ a: 1 }, { b: 2 }], []],
  [
    "values of the column's type",
    "SELECT DATE '2024-01-01' AS d FROM input_0",
    [{ a: 1 }],
    [{ d: '2024-01-01' }],
    [],
  ],
  ['floats to twelve digits', 'SELECT sum(a) AS a FROM input_0', [{ a: 0.1 }, { a: 0.2 }], [{ a: 0.3 }], []],
  ['dates from texts', 'SELECT typeof(a) AS a FROM input_0', [{ a: '2024-01-01' }], [{ a: 'DATE' }], []],
  [
    'times from texts',
    'SELECT typeof(a) AS a FROM input_0',
    [{ a: '2024-01-01 10:00' }, { a: '2024-01-01' }],
    [{ a: 'TIMESTAMP' }, { a: 'TIMESTAMP' }],
    [],
  ],
  [
    'times with a zone',
    'SELECT typeof(a) AS a FROM input_0',
    [{ a: '2024-01-01T10:00:00Z' }],
    [{ a: 'TIMESTAMP WITH TIME ZONE' }],
    [],
  ],
  [
    'texts that are none',
    'SELECT typeof(a) AS a FROM input_0',
    [{ a: 'x' }, { a: '2024-01-01' }],
    [{ a: 'VARCHAR' }, { a: 'VARCHAR' }],
    [],
  ],
  [
    'preparations before the SELECT',
    'CREATE MACRO twice(x) AS 2 * x; SELECT twice(a) AS a FROM input_0',
    [{ a: 2 }],
    [{ a: 4 }],
    [],
  ],
])('%s', async (_, sql, rows, expected, difference) => {
  expect(told(await compare(sql, rows, expected))).toEqual(difference);
});

test('types that are known win over what values look like', async () => {
  const inputs = {
    'source.s': {
      rows: [{ a: 1, j: { x: 1 } }],
      columns: [
        { name: 'A', type: 'DOUBLE' },
        { name: 'j', type: 'JSON' },
      ],
    },
  };
  const sql = "SELECT typeof(a) AS a, j->>'x' AS x FROM input_0";
  expect(told(await compare(sql, [], [{ a: 'DOUBLE', x: '1' }], { inputs }))).toEqual([]);
});

test('rows without a column cannot be a table', async () => {
  await expect(compare('FROM input_0', [], [])).rejects.toMatchObject({
    code: 'ENGINE_SQL',
    message: 'The rows given for source.s have no columns.',
  });
});

test('SQL of a test reaches no file, and what fails says where', async () => {
  await expect(compare("FROM read_csv('/etc/passwd')", [{ a: 1 }], [])).rejects.toMatchObject({
    message: expect.stringMatching(/disabled|not allowed|Permission/iu),
  });
  await expect(compare('SELECT nothing FROM input_0', [{ a: 1 }], [])).rejects.toMatchObject({ offset: 7 });
});

test('an upsert shows one row a key, and fails where two are left', async () => {
  const upsert = { keys: ['k'], orderBy: ['v'], version: null };
  const rows = [
    { k: 1, v: 1 },
    { k: 1, v: 2 },
  ];
  expect(told(await compare('FROM input_0', rows, [{ k: 1, v: 2 }], { upsert }))).toEqual([]);
  const plain = { ...upsert, orderBy: [] };
  await expect(compare('FROM input_0', rows, [], { upsert: plain })).rejects.toMatchObject({
    code: 'ENGINE_DUPLICATE_KEYS',
  });
});

import { afterAll, expect, test } from '@jest/globals';

import { loadProject, loadUnitTests, ProjectError, type Problem, type UnitTest } from './index.ts';
import { projectFolder, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const FILES = {
  'seeknal/sources/orders.yml':
    'kind: source\nname: orders\nsource: csv\ntable: o.csv\ncolumns: {id: integer, day: date}\n',
  'seeknal/transforms/daily.yml':
    'kind: transform\nname: daily\nschedule: "@daily"\ntime_zone: Europe/Berlin\ninputs: [source.orders]\nsql: "SELECT * FROM input_0 WHERE day >= \'{{ start }}\' AND day < \'{{ end }}\'"\n',
  'seeknal/transforms/both.yml':
    'kind: transform\nname: both\ncolumns: {n: integer}\ninputs: [transform.daily, source.orders]\nsql: SELECT 1 AS n FROM input_0, input_1\n',
  'seeknal/rules/r.yml': 'kind: rule\nname: r\nrule: {type: "null", column: id}\ninputs: [source.orders]\n',
};

async function testsOf(
  text: string,
  files: { readonly [path: string]: string } = {},
): Promise<readonly UnitTest[]> {
  const folder = projectFolder({ ...FILES, 'tests/t.yml': text, ...files });
  const { manifest } = await loadProject(folder, { env: {}, cache: false });
  return loadUnitTests(folder, manifest);
}

async function problemsOf(text: string): Promise<readonly Problem[]> {
  try {
    await testsOf(text);
    return [];
  } catch (error) {
    if (error instanceof ProjectError) return error.problems;
    throw error;
  }
}

test('a test: rows with the types that are known, the interval of its day, values', async () => {
  const [found] = await testsOf(
    'adds:\n  node: daily\n  description: why\n  start: 2024-06-01\n  now: 2024-06-05\n  vars: {a: 1}\n  inputs:\n    orders: [{id: 1, more: x}]\n  expect: {rows: [{id: 1}], columns: {id: bigint}}\n',
  );
  expect(found).toEqual({
    name: 'adds',
    description: 'why',
    node: 'transform.daily',
    place: { file: 'tests/t.yml', line: 1, column: 1 },
    inputs: {
      'source.orders': {
        rows: [{ id: 1, more: 'x' }],
        columns: [
          { name: 'id', type: 'INTEGER' },
          { name: 'day', type: 'DATE' },
        ],
        place: { file: 'tests/t.yml', line: 8, column: 13 },
      },
    },
    expected: {
      rows: [{ id: 1 }],
      columns: [{ name: 'id', type: 'BIGINT' }],
      place: { file: 'tests/t.yml', line: 9, column: 11 },
    },
    vars: { a: 1 },
    // Midnight in Berlin to midnight.
    interval: { start: Date.UTC(2024, 4, 31, 22), end: Date.UTC(2024, 5, 1, 22) },
    now: Date.UTC(2024, 5, 5),
  });
});

test('inputs by id, by name or by place; one whose columns are declared may be left out', async () => {
  const [found] = await testsOf('t:\n  model: transform.both\n  inputs: {input_0: [{a: 1}]}\n  expect: []\n');
  expect(found?.inputs['transform.daily']?.rows).toEqual([{ a: 1 }]);
  expect(found?.inputs['source.orders']).toMatchObject({
    rows: [],
    columns: [{ name: 'id' }, { name: 'day' }],
  });
  expect(found?.interval).toBeNull();
});

test('an end of its own; files in folders, in order; no folder is no test', async () => {
  const tests = await testsOf('b:\n  node: daily\n  start: 2024-06-01\n  end: 2024-06-03\n  expect: []\n', {
    'tests/a/x.yaml': 'a:\n  node: daily\n  start: 2024-06-01\n  expect: []\n',
    'tests/note.txt': 'nothing',
  });
  expect(tests.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(tests[1]?.interval).toEqual({ start: Date.UTC(2024, 4, 31, 22), end: Date.UTC(2024, 5, 2, 22) });
  const folder = projectFolder(FILES);
  const { manifest } = await loadProject(folder, { env: {}, cache: false });
  expect(await loadUnitTests(folder, manifest)).toEqual([]);
});

const daily = (rest: string): string => `t:\n  node: daily\n${rest}`;

test.each<readonly [string, string, RegExp, RegExp?]>([
  ['t:\n  expect: []\n', '2:3', /does not say which node/, /node: transform/],
  ['t:\n  node: dialy\n  expect: []\n', '2:9', /no node "dialy"/, /transform\.daily/],
  ['t:\n  model: rule.r\n  expect: []\n', '2:10', /rule\.r has no SQL to test/],
  [daily('  start: 2024-01-01\n'), '1:1', /"expect" is missing/],
  [daily('  strat: 2024-01-01\n  expect: []\n'), '3:3', /"strat"/, /"start"/],
  [daily('  expect: []\n'), '2:3', /the test no start/, /start: 2024/],
  [daily('  start: 2024-13-01\n  expect: []\n'), '3:10', /2024-13-01/],
  [daily('  start: 2024-01-02\n  end: 2024-01-02\n  expect: []\n'), '4:8', /not after the start/],
  [daily('  start: 2024-01-02\n  end: soon\n  expect: []\n'), '4:8', /soon/],
  ['t:\n  node: both\n  start: 2024-01-01\n  inputs: {daily: []}\n  expect: []\n', '3:10', /has no schedule/],
  [daily('  start: 2024-01-01\n  inputs: {odrers: []}\n  expect: []\n'), '4:20', /does not read "odrers"/],
  [
    daily('  start: 2024-01-01\n  inputs: {xyz: []}\n  expect: []\n'),
    '4:17',
    /"xyz"/,
    /It reads source\.orders/,
  ],
  [
    daily('  start: 2024-01-01\n  inputs: {orders: [], source.orders: []}\n  expect: []\n'),
    '4:39',
    /given twice/,
  ],
  ['t:\n  node: both\n  expect: []\n', '1:1', /no rows for transform\.daily/, /inputs: \{transform\.daily/],
  [daily('  start: 2024-01-01\n  expect: {rows: [], columns: {id: intt}}\n'), '4:36', /"intt"/],
  [daily('  start: 2024-01-01\n  now: then\n  expect: []\n'), '4:8', /then/],
  [daily('  start: 2024-01-01\n  expect: 5\n'), '4:11', /must be rows/],
  ['t: 5\n', '1:4', /mapping/],
])('%j is refused with its place', async (...given) => {
  const [text, place, message, hint] = given;
  const [problem] = await problemsOf(text);
  expect(`${problem?.place.line}:${problem?.place.column} ${problem?.message}`).toMatch(message);
  expect(`${problem?.place.line}:${problem?.place.column}`).toBe(place);
  if (hint !== undefined) expect(problem?.hint).toMatch(hint);
});

test('two tests of one name are told apart by their files', async () => {
  const text = 't:\n  node: daily\n  start: 2024-01-01\n  expect: []\n';
  await expect(testsOf(text, { 'tests/u.yml': text })).rejects.toMatchObject({
    message: expect.stringContaining('tests/u.yml:1:1: There is a test "t" already at tests/t.yml:1:1.'),
  });
});

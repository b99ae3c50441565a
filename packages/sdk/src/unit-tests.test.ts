import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { DAILY, morning, PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';
import type { TestOptions, TestReport } from './unit-tests.ts';

const made = (files: { readonly [path: string]: string }): Promise<ProjectFolder> =>
  ProjectFolder.make({ ...PROJECT, ...files });

afterEach(removeProjectFolders);

const testIn = (folder: ProjectFolder, options: TestOptions = {}): Promise<TestReport> =>
  folder.using(morning(5), (project) => project.test(options));

/** `name: status` of each, and how the rows differ. */
const told = ({ tests }: TestReport): readonly string[] =>
  tests.map(({ name, status, difference, error }) => {
    const rows = [
      ...(difference?.missing ?? []).map((row) => `-${row.join(',')}`),
      ...(difference?.unexpected ?? []).map((row) => `+${row.join(',')}`),
      ...(difference?.absent ?? []).map((name_) => `?${name_}`),
    ];
    const message = (error as { readonly message?: string } | null)?.message;
    return [`${name}: ${status}`, ...rows, ...(message === undefined ? [] : [message])].join(' ');
  });

const SUMS = `sums_by_day:
  node: transform.daily
  start: 2024-01-01
  inputs:
    source.sales:
      - {day: 2024-01-01, amount: 3}
      - {day: 2024-01-01, amount: 4}
      - {day: 2024-01-02, amount: 5}
  expect:
    - {day: 2024-01-01, amount: 7}
`;

test('a node is run over the rows given, verbatim, for the interval given; no warehouse is made', async () => {
  const folder = await made({ 'tests/daily.yml': SUMS });
  expect(told(await testIn(folder))).toEqual(['sums_by_day: passed']);
  expect(existsSync(join(folder.path, 'target/warehouse.duckdb'))).toBe(false);
});

test('rows that differ are told apart, whatever their order', async () => {
  const folder = await made({
    'tests/window.yml': `counts:
  model: window
  start: 2024-01-03
  inputs:
    daily: [{amount: 1}, {amount: 2}]
  expect:
    rows: [{day: 2024-01-04, days: 2}, {day: 2024-01-03, days: 2}]
twice:
  model: window
  start: 2024-01-03
  inputs: {transform.daily: [{amount: 1}]}
  expect: [{amount: 1}, {amount: 1}]
none:
  model: window
  start: 2024-01-03
  inputs: {input_0: [{amount: 1}]}
  expect: []
absent:
  model: window
  start: 2024-01-03
  inputs: {input_0: [{amount: 1}]}
  expect: [{amuont: 1}]
`,
  });
  expect(told(await testIn(folder))).toEqual([
    'counts: failed -2024-01-04,2',
    'twice: failed -1',
    'none: failed +2024-01-03,1,1',
    'absent: failed ?amuont',
  ]);
});

const typed = (sql: string, test: string): { readonly [path: string]: string } => ({
  'seeknal/transforms/typed.yml': `kind: transform\nname: typed\nparams: {least: 2}\ninputs: [{ref: transform.total}]\ntransform: |\n  ${sql}\n`,
  'tests/typed.yml': `typed:\n  node: typed\n${test}`,
});

test.each([
  [
    'dates and times among texts',
    "SELECT date_diff('day', d, t) AS n FROM input_0",
    'inputs: {total: [{d: 2024-01-01, t: "2024-01-03 12:00"}, {d: null, t: null}]}\n  expect: [{n: 2}, {n: null}]',
  ],
  [
    'integers, floats, booleans',
    'SELECT typeof(i) AS i, typeof(b) AS b, typeof(f) AS f, typeof(x) AS x FROM input_0',
    'inputs: {total: [{i: 1, b: 5000000000, f: 1.5, x: true}]}\n  expect: [{i: INTEGER, b: BIGINT, f: DOUBLE, x: BOOLEAN}]',
  ],
  [
    'lists and records',
    'SELECT l[2] AS two, r.a AS a FROM input_0',
    'inputs: {total: [{l: [1, 2], r: {a: x}}]}\n  expect: [{two: 2, a: x}]',
  ],
  [
    'types that the test names',
    'SELECT typeof(i) AS i, count(*) AS n FROM input_0 GROUP BY ALL',
    'inputs: {total: {columns: {i: "decimal(9,2)", j: json}, rows: [{i: 1, j: {a: 1}}]}}\n  expect: [{i: "DECIMAL(9,2)", n: 1}]',
  ],
  [
    'no rows at all',
    'SELECT count(*) AS n, sum(days) AS s FROM input_0',
    'inputs: {total: {columns: {days: integer}, rows: []}}\n  expect: [{n: 0, s: null}]',
  ],
  [
    'floats to twelve digits',
    'SELECT sum(f) AS f FROM input_0',
    'inputs: {total: [{f: 0.1}, {f: 0.2}]}\n  expect: [{f: 0.3}]',
  ],
  [
    'params, and values of the test over them',
    'SELECT {{ least }} AS n FROM input_0',
    'vars: {least: 7}\n  inputs: {total: [{x: 1}]}\n  expect: [{n: 7}]',
  ],
  [
    'a clock of its own',
    "SELECT '{{ today }}' AS d FROM input_0",
    'now: 2030-02-03\n  inputs: {total: [{x: 1}]}\n  expect: [{d: 2030-02-03}]',
  ],
  [
    'names without case',
    'SELECT a AS "Ab" FROM input_0',
    'inputs: {total: [{A: 1}, {a: 2}]}\n  expect: [{AB: 1}, {ab: 2}]',
  ],
])('%s', async (_, sql, body) => {
  expect(told(await testIn(await made(typed(sql, `  ${body}\n`))))).toEqual(['typed: passed']);
});

test('an upsert is tested with its keys', async () => {
  const folder = await made({
    'seeknal/transforms/last.yml':
      'kind: transform\nname: last\nschedule: "@daily"\nmode: upsert_by_key\nunique_keys: [k]\norder_by: [v]\ninputs: [{ref: transform.total}]\ntransform: SELECT k, v FROM input_0\n',
    'tests/last.yml':
      'newest:\n  node: last\n  start: 2024-01-01\n  inputs: {total: [{k: 1, v: 1}, {k: 1, v: 2}]}\n  expect: [{k: 1, v: 2}]\n' +
      'tied:\n  node: last\n  start: 2024-01-01\n  inputs: {total: [{k: 1, v: 1, x: 1}, {k: 1, v: 1, x: 2}]}\n  expect: []\n',
  });
  const [newest, tied] = (await testIn(folder)).tests;
  expect(newest?.status).toBe('passed');
  // Rows that are equal in every column given count as one.
  expect(tied?.status).toBe('failed');
});

test('SQL that fails is told with its place', async () => {
  const folder = await made({
    'seeknal/transforms/bad.yml':
      'kind: transform\nname: bad\ninputs: [{ref: transform.total}]\ntransform: |\n  SELECT nothing\n  FROM input_0\n',
    'tests/bad.yml': 'bad:\n  node: bad\n  inputs: {total: [{x: 1}]}\n  expect: []\n',
  });
  const { tests } = await testIn(folder, { names: ['bad'] });
  expect(tests).toMatchObject([
    {
      status: 'error',
      difference: null,
      error: { code: 'ENGINE_SQL', place: { file: 'seeknal/transforms/bad.yml', line: 5, column: 10 } },
    },
  ]);
});

test('only tests whose node, or anything above it, is not what prod shows are affected', async () => {
  const folder = await made({
    'tests/all.yml':
      SUMS +
      'counts:\n  node: window\n  start: 2024-01-03\n  inputs: {daily: [{amount: 1}]}\n  expect: [{days: 1}]\n' +
      'totals:\n  node: total\n  inputs: {window: [{amount: 1}]}\n  expect: [{days: 1, amount: 1}]\n',
  });
  const affected = async (): Promise<readonly string[]> =>
    (await testIn(folder, { affected: true })).tests.map(({ name }) => name);
  expect(await affected()).toEqual(['sums_by_day', 'counts', 'totals']);
  await folder.run(5);
  expect(await affected()).toEqual([]);
  const total = PROJECT['seeknal/transforms/total.yml'] as string;
  await folder.write({ 'seeknal/transforms/total.yml': total.replace('count(*)', '1 * count(*)') });
  expect(await affected()).toEqual(['totals']);
  await folder.write({ 'seeknal/transforms/daily.yml': DAILY.replace('sum(', '1 * sum(') });
  expect(await affected()).toEqual(['sums_by_day', 'counts', 'totals']);
  expect((await testIn(folder, { select: ['+window'] })).tests.map(({ name }) => name)).toEqual([
    'sums_by_day',
    'counts',
  ]);
  expect((await testIn(folder, { names: ['*s'] })).left).toBe(1);
  await expect(testIn(folder, { names: ['total'] })).rejects.toMatchObject({
    code: 'SDK_TEST_UNKNOWN',
    hint: 'Did you mean "totals"?',
  });
});

test('a hundred tests run at once, each by itself', async () => {
  const many = Array.from(
    { length: 100 },
    (_, i) =>
      `t${i}:\n  node: total\n  inputs: {window: [{amount: ${i}}]}\n  expect: [{days: 1, amount: ${i % 10 === 0 ? -1 : i}}]\n`,
  );
  const folder = await made({ 'tests/many.yml': many.join('') });
  const heard: string[] = [];
  const { tests } = await testIn(folder, { maxWorkers: 8, onResult: ({ name }) => heard.push(name) });
  expect(tests.map(({ name }) => name)).toEqual(many.map((_, i) => `t${i}`));
  expect(tests.filter(({ status }) => status === 'failed')).toHaveLength(10);
  expect(heard).toHaveLength(100);
});

test('a run that is cancelled leaves the rest', async () => {
  const folder = await made({ 'tests/daily.yml': SUMS });
  const signal = AbortSignal.abort();
  expect(await testIn(folder, { signal })).toMatchObject({ tests: [], left: 1 });
});

import { expect, test } from '@jest/globals';

import { seeknal, shop } from '../in-process.test.kit.ts';

const TESTS = `sums_by_day:
  node: transform.daily
  start: 2024-01-01
  inputs:
    orders: [{day: 2024-01-01, amount: 10}, {day: 2024-01-01, amount: 5}]
  expect:
    - {day: 2024-01-01, amount: 15}

totals:
  node: total
  inputs:
    daily: [{amount: 1}, {amount: 2}]
  expect: [{amount: 4}]
`;

test('tests say what passed, and of what failed which rows are missing and which are too many', async () => {
  const folder = await shop({ 'tests/shop.yml': TESTS });
  expect(await seeknal(folder, 'test')).toEqual({
    code: 1,
    out: `OK sums_by_day transform.daily #s
ERROR totals transform.total tests/shop.yml:9:1
  1 row expected, 1 found: 1 missing, 1 not expected
     | amount
  ---+--------
   + | 3
   - | 4
  - expected and not found   + found and not expected
`,
    err: '2 tests: 1 passed, 1 failed in #s\n',
  });
});

test('one test by its name', async () => {
  const folder = await shop({ 'tests/shop.yml': TESTS });
  expect(await seeknal(folder, 'test sums*')).toEqual({
    code: 0,
    out: 'OK sums_by_day transform.daily #s\n',
    err: '1 test: 1 passed, 1 not run in #s\n',
  });
  const { code, err } = await seeknal(folder, 'test total');
  expect(code).toBe(2);
  expect(err).toContain('Did you mean "totals"?');
});

test('tests as JSON', async () => {
  const folder = await shop({ 'tests/shop.yml': TESTS });
  const { code, out, err } = await seeknal(folder, 'test --json');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    passed: false,
    notRun: 0,
    tests: [
      { name: 'sums_by_day', node: 'transform.daily', status: 'passed', error: null },
      {
        name: 'totals',
        status: 'failed',
        place: { file: 'tests/shop.yml', line: 9, column: 1 },
        difference: { missing: [[4]], unexpected: [[3]], absent: [], expectedRows: 1, foundRows: 1 },
      },
    ],
  });
});

test('only what differs from prod is affected', async () => {
  const folder = await shop({ 'tests/shop.yml': TESTS });
  await seeknal(folder, 'run');
  expect(await seeknal(folder, 'test --affected')).toEqual({
    code: 0,
    out: '',
    err: '0 tests: 0 passed, 2 not run in #s\n',
  });
});

test('no tests is no failure, and says where they would stand', async () => {
  expect(await seeknal(await shop(), 'test')).toEqual({
    code: 0,
    out: '',
    err: 'There are no tests: they stand in the YAML files below tests/.\n',
  });
});

test('a test that cannot be read is shown with its lines', async () => {
  const folder = await shop({ 'tests/shop.yml': TESTS.replace('orders:', 'odrers:') });
  const { code, err } = await seeknal(folder, 'test');
  expect(code).toBe(1);
  expect(err).toContain('tests/shop.yml:5:13 transform.daily does not read "odrers".');
});

test('a test whose SQL fails, and a column that is not there', async () => {
  const folder = await shop({
    'tests/shop.yml':
      'broken:\n  node: total\n  inputs: {daily: [{amuont: 1}]}\n  expect: []\nabsent:\n  node: total\n  inputs: {daily: [{amount: 1}]}\n  expect: [{sum: 1}]\n',
  });
  const { code, out } = await seeknal(folder, 'test');
  expect(code).toBe(1);
  expect(out).toContain('ERROR broken transform.total tests/shop.yml:1:1');
  expect(out).toContain('at seeknal/transforms/total.yml');
  expect(out).toContain('There is no column sum: the columns are amount.');
});

const AUDITED = {
  'seeknal/rules/small.yml':
    'kind: rule\nname: small\nrule: {type: range, column: amount, params: {max_val: 100}}\ninputs: [transform.daily]\n',
  'seeknal/rules/known.yml':
    'kind: rule\nname: known\nrule: {type: "null", column: amount}\nparams: {severity: warn}\ninputs: [source.orders]\n',
};

test('audits look at the rows that are there', async () => {
  const folder = await shop(AUDITED);
  expect(await seeknal(folder, 'audit')).toEqual({
    code: 0,
    out: 'OK rule.known 1 check\nINFO rule.small has no rows yet\n',
    err: '2 nodes with checks: 1 passed, 1 without rows\n',
  });
  await seeknal(folder, 'run');
  const { code, out, err } = await seeknal(folder, 'audit small');
  expect({ code, out, err }).toEqual({
    code: 0,
    out: 'OK rule.small 1 check\n',
    err: '1 node with checks: 1 passed\n',
  });
});

test('an audit that fails ends with 1, a warning does not', async () => {
  const folder = await shop(AUDITED);
  await seeknal(folder, 'run');
  const { writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const small = join(folder, 'seeknal/rules/small.yml');
  await writeFile(small, AUDITED['seeknal/rules/small.yml'].replace('100', '6'));
  expect(await seeknal(folder, 'audit')).toEqual({
    code: 1,
    out: `OK rule.known 1 check
ERROR rule.small
  amount must be at most 6: 2 rows seeknal/rules/small.yml:3:14
`,
    err: '2 nodes with checks: 1 passed, 1 failed\n',
  });
  await writeFile(small, AUDITED['seeknal/rules/small.yml'].replace('100}', '6, severity: warn}'));
  const { code, out } = await seeknal(folder, 'audit --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    passed: true,
    nodes: [
      { node: 'rule.known', status: 'passed' },
      { node: 'rule.small', status: 'warned', checks: [{ type: 'range', failures: 2, severity: 'warn' }] },
    ],
  });
});

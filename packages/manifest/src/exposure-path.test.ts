import { expect, test } from '@jest/globals';

import { exposurePath } from './exposure-path.ts';

test.each([
  ['target/out/orders.csv', 'prod', 'target/out/orders.csv'],
  ['target/out/orders.csv', 'dev', 'target/environments/dev/exposures/export.csv'],
  ['orders.json.gz', 'dev', 'target/environments/dev/exposures/export.json.gz'],
  ['exports.d/orders', 'dev', 'target/environments/dev/exposures/export'],
])('%s in %s is written to %s', (path, environment, expected) => {
  const spec = { kind: 'exposure', format: 'csv', path, inputs: [] } as const;
  expect(exposurePath({ name: 'export', spec }, environment)).toBe(expected);
});

test('what is no exposure has no path', () => {
  const spec = { kind: 'rule', inputs: [], checks: [] } as const;
  expect(exposurePath({ name: 'r', spec }, 'prod')).toBe('');
});

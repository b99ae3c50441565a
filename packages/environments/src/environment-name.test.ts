import { expect, test } from '@jest/globals';

import { checkEnvironmentName } from './environment-name.ts';

test.each(['dev', '_', 'Feature-12_b', 'a'.repeat(63)])('%s is a name', (name) => {
  expect(() => checkEnvironmentName(name, [])).not.toThrow();
  expect(() => checkEnvironmentName(name, [name])).not.toThrow();
});

test.each([
  '',
  '..',
  '.',
  'a/b',
  'a.b',
  '-a',
  '1a',
  'a b',
  'prod;drop',
  'ä',
  "a'",
  'a"',
  'a'.repeat(64),
  'a\n',
])('%j is none', (name) => {
  expect(() => checkEnvironmentName(name, [])).toThrow(
    expect.objectContaining({ code: 'ENVIRONMENT_NAME_INVALID' }),
  );
});

test('a name that differs from another only in case is refused, prod always being there', () => {
  for (const [name, known] of [
    ['DEV', ['dev']],
    ['PROD', []],
  ] as const) {
    expect(() => checkEnvironmentName(name, known)).toThrow(
      expect.objectContaining({ code: 'ENVIRONMENT_CASE' }),
    );
  }
});

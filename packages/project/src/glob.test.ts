import { expect, test } from '@jest/globals';

import { globPattern, globRoot, isGlob } from './glob.ts';

test.each([
  // pattern, matches, does not
  ['data/*.csv', ['data/a.csv', 'data/-.csv'], ['data/a/b.csv', 'data/.a.csv', 'data/acsv', 'xdata/a.csv']],
  ['data/**/*.csv', ['data/a.csv', 'data/x/y/a.csv'], ['data/.git/a.csv', 'a.csv']],
  ['data/**', ['data/a', 'data/x/a'], ['data/.a', 'data']],
  ['a?.csv', ['ab.csv'], ['a.csv', 'a/.csv', 'abc.csv']],
  ['[ab]-[!0].csv', ['a-x.csv'], ['c-x.csv', 'a-0.csv']],
  ['{jan,feb}*.csv', ['jan.csv', 'feb-1.csv'], ['mar.csv', '{jan,feb}.csv']],
  ['a+(b).csv', ['a+(b).csv'], ['abb.csv']],
  ['open{.csv', ['open{.csv'], ['open.csv']],
] as const)('%s', (glob, matching, others) => {
  const pattern = globPattern(glob);
  for (const path of matching) expect([path, pattern.test(path)]).toEqual([path, true]);
  for (const path of others) expect([path, pattern.test(path)]).toEqual([path, false]);
});

test.each([
  ['data/*.csv', 'data'],
  ['data/x/**/*.csv', 'data/x'],
  ['d*/x/a.csv', ''],
  ['*.csv', ''],
  ['/tmp/a/*.csv', '/tmp/a'],
])('%s is looked for in "%s"', (glob, root) => {
  expect(isGlob(glob)).toBe(true);
  expect(globRoot(glob)).toBe(root);
});

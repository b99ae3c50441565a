import { afterAll, expect, test } from '@jest/globals';

import { loadProject } from './index.ts';
import { ORDERS, problemsOf, projectFolder, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const transform = (name: string, more = ''): string =>
  `kind: transform\nname: ${name}\n${more}sql: SELECT 1 AS one\n`;
const path = (name: string): string => `seeknal/transforms/${name}.yml`;

test.each([
  ['', undefined],
  ['renamed_from: daily\n', ['transform.daily']],
  ['renamed_from: transform.daily\n', ['transform.daily']],
  ['renamed_from: [weekly, transform.daily]\n', ['transform.weekly', 'transform.daily']],
  // Names are compared without case: this is another spelling of its own.
  ['renamed_from: SUMS\n', ['transform.SUMS']],
  ['renamed_from: []\n', undefined],
  ['renamed_from: null\n', undefined],
])('%j was called %j, and what decides its rows does not say so', async (more, names) => {
  const { manifest } = await loadProject(
    projectFolder({ ...ORDERS, [path('sums')]: transform('sums', more) }),
    { env: {} },
  );
  const plain = await loadProject(projectFolder({ ...ORDERS, [path('sums')]: transform('sums') }), {
    env: {},
  });
  const node = manifest.nodes['transform.sums'];
  expect(node?.renamedFrom).toEqual(names);
  expect(node?.fingerprint).toBe(plain.manifest.nodes['transform.sums']?.fingerprint);
});

const rows: readonly [string, string, RegExp, RegExp?][] = [
  // what is written              where   what is said
  ['7', '3:15', /must be the name that the node had before/],
  ['[daily, {a: 1}]', '3:23', /must be a text/],
  ['sums', '3:15', /transform\.sums is renamed from itself/],
  ['transform.sums', '3:15', /renamed from itself/],
  ['[daily, sums]', '3:23', /renamed from itself/],
  ['other', '3:15', /from transform\.other, which is still a node of the project/, /by way of a third/],
  ['Transform.other', '3:15', /"Transform\.other" cannot be a former name/],
  ['transform.OTHER', '3:15', /still a node of the project/],
  ['source.orders', '3:15', /kind of a node cannot change/, /built anew/],
  ['feature_group.daily', '3:15', /kind of a node cannot change/],
  ['../daily', '3:15', /"\.\.\/daily" cannot be a former name/, /transform\.name/],
  ['transform.', '3:15', /"transform\." cannot be/],
  ['""', '3:16', /"" cannot be/],
  ['a.b.c', '3:15', /"a\.b\.c" cannot be/],
  ['transform.b.c', '3:15', /"transform\.b\.c" cannot be/],
  ['[daily, transform.Daily]', '3:23', /from transform\.Daily twice/],
];

test.each(rows.map((row) => ({ row })))('renamed_from: $row.0 is refused at $row.1', async ({ row }) => {
  const [written, place, message, hint] = row;
  const problems = await problemsOf({
    ...ORDERS,
    [path('other')]: transform('other'),
    [path('sums')]: transform('sums', `renamed_from: ${written}\n`),
  });
  const [found] = problems;
  expect(found).toMatchObject({ code: 'VALUE_INVALID', message: expect.stringMatching(message) });
  expect(found?.place.file).toBe(path('sums'));
  expect(`${found?.place.line}:${found?.place.column}`).toMatch(new RegExp(`^${place}`));
  if (hint) expect(found?.hint).toMatch(hint);
});

test('two nodes cannot go on with the rows of one', async () => {
  const problems = await problemsOf({
    [path('a')]: transform('a', 'renamed_from: daily\n'),
    [path('b')]: transform('b', 'renamed_from: [weekly, Daily]\n'),
  });
  expect(problems).toMatchObject([
    {
      code: 'VALUE_INVALID',
      message: `transform.b cannot be renamed from transform.Daily: transform.a is, at ${path('a')}:2:7.`,
      place: { file: path('b'), line: 3 },
    },
  ]);
});

test('names that are swapped are nodes of the project still, both of them', async () => {
  const problems = await problemsOf({
    [path('a')]: transform('a', 'renamed_from: b\n'),
    [path('b')]: transform('b', 'renamed_from: a\n'),
  });
  expect(problems.map(({ message }) => message)).toEqual([
    'transform.a cannot be renamed from transform.b, which is still a node of the project.',
    'transform.b cannot be renamed from transform.a, which is still a node of the project.',
  ]);
});

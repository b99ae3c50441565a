import { expect, test } from '@jest/globals';

import { emptyFolder, seeknal, shop } from './in-process.test.kit.ts';

test.each([
  // how it is called            code  the error, and what to do
  ['pln', 2, 'ERROR There is no command "pln".\n  -> Did you mean seeknal plan?\n'],
  ['xyzzy', 2, 'ERROR There is no command "xyzzy".\n  -> See seeknal --help.\n'],
  ['run --ful', 2, "ERROR Unknown option '--ful'\n  -> Did you mean --full?\n"],
  [
    'run --retry x',
    2,
    "ERROR Option '-r, --retry <n>' argument 'x' is invalid. It is not a whole number from 0 on.\n  -> See seeknal --help.\n",
  ],
  ['query', 2, "ERROR Missing required argument 'sql'\n  -> See seeknal --help.\n"],
  [
    'ask anything --at all',
    2,
    'ERROR "ask" is a command of the Python tool.\n' +
      '  -> Run it with the seeknal of Python (pip install seeknal); both read the same project.\n',
  ],
  ['ui', 2, 'ERROR "seeknal ui" is not part of this version yet.\n  -> See seeknal --help for what is.\n'],
  [
    'run --env prod;drop',
    2,
    'ERROR Not a name of an environment: "prod;drop"\n' +
      '  -> Use a letter or _ first, then letters, digits, _ and -, at most 63 in all.\n',
  ],
  ['run daly', 2, 'ERROR No node matches "daly"\n  -> Did you mean daily?\n'],
  [
    'run --start 2024-01-03 --end 2024-01-01',
    2,
    'ERROR The range ends before it starts: 2024-01-03T00:00:00Z to 2024-01-01T00:00:00Z\n' +
      '  -> Swap the start and the end.\n',
  ],
  [
    'plan --now whenever',
    2,
    'ERROR Not a date or time: "whenever"\n  -> Write 2024-01-31, 2024-01-31T05:00:00Z, "yesterday" or "3 days ago".\n',
  ],
  [
    'run --detailed-exitcode daly',
    1,
    "ERROR Unknown option '--detailed-exitcode'\n  -> See seeknal --help.\n",
  ],
  [
    'plan --detailed-exitcode daly',
    1,
    'ERROR There is no environment and no node "daly".\n  -> Did you mean daily? A new environment of that name: --env daly\n',
  ],
])('%s ends with %d', async (line, code, err) => {
  expect(await seeknal(await shop(), line)).toEqual({ code, out: '', err });
});

test('a folder without a project is refused with the next step', async () => {
  const folder = await emptyFolder();
  expect(await seeknal(folder, 'run')).toEqual({
    code: 1,
    out: '',
    err:
      `ERROR No seeknal_project.yml in ${folder} or a folder above it.\n` +
      '  -> Create a project with `seeknal init`, or name its folder with --project-path.\n',
  });
});

test.each(['', 'run', 'intervals', 'intervals pending'])(
  'help of "%s" goes to stdout and ends with 0',
  async (line) => {
    const { code, out, err } = await seeknal('/', `${line} --help`.trim());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Usage: seeknal/u);
  },
);

test('no command at all shows the help', async () => {
  expect((await seeknal('/', [])).out).toMatch(/^Usage: seeknal/u);
});

test('the project is named by a flag before or after the command, or by a variable', async () => {
  const folder = await shop();
  const elsewhere = await emptyFolder();
  const wanted = { code: 0, out: 'OK shop: 3 nodes, 2 edges, nothing wrong\n', err: '' };
  expect(await seeknal(elsewhere, ['validate', '--project-path', folder])).toEqual(wanted);
  expect(await seeknal(elsewhere, ['--project-path', folder, 'validate'])).toEqual(wanted);
  expect(await seeknal(elsewhere, 'validate', { env: { SEEKNAL_PROJECT_PATH: folder } })).toEqual(wanted);
  expect(await seeknal(`${folder}/seeknal`, 'validate')).toEqual(wanted);
});

test('under --json an error is a document on stdout, too', async () => {
  const { code, out, err } = await seeknal(await shop(), 'plan --json --select daly');
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({
    type: 'error',
    error: { code: 'SELECTOR_EMPTY', message: 'No node matches "daly"', hint: 'Did you mean daily?' },
  });
  expect(err).toMatch(/^ERROR No node matches/u);
});

test('every problem of the project is shown with its lines, and counted', async () => {
  const folder = await shop({
    'seeknal/transforms/total.yml': 'kind: transform\nname: total\ntransfrm: SELECT 1\n',
    'seeknal/transforms/other.yml':
      'kind: transform\nname: other\ninputs: [{ ref: transform.dailly }]\ntransform: SELECT 1\n',
  });
  const { code, out, err } = await seeknal(folder, 'plan');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`ERROR 2 problems in the project

seeknal/transforms/other.yml:3:17 There is no node "transform.dailly".
    1 | kind: transform
    2 | name: other
  > 3 | inputs: [{ ref: transform.dailly }]
      |                 ^
    4 | transform: SELECT 1
    5 |
  -> Did you mean "transform.daily"?

seeknal/transforms/total.yml:3:1 Unknown key "transfrm" in a transform.
    1 | kind: transform
    2 | name: total
  > 3 | transfrm: SELECT 1
      | ^
    4 |
  -> Did you mean "transform"?
`);
});

test('--verbose adds the code and the stack of an error', async () => {
  const { err } = await seeknal(await shop(), 'run daly --verbose');
  expect(err).toMatch(
    /^ERROR No node matches "daly"\n {2}-> Did you mean daily\?\n {2}SELECTOR_EMPTY\nManifestError: /u,
  );
});

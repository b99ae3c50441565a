import { afterAll, expect, test } from '@jest/globals';

import { loadProject, ProjectError } from './index.ts';
import { ORDERS, problemsOf, projectFolder, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const T = 'seeknal/transforms/t.yml';
const transform = (more: string, sql = 'SELECT 1 AS one'): string =>
  `kind: transform\nname: t\n${more}sql: ${sql}\n`;
const daily = (
  more: string,
  sql = "SELECT * FROM source.orders WHERE day >= '{{ start }}' AND day < '{{ end }}'",
): string => transform(`schedule: "@daily"\n${more}`, sql);
const source = (more: string): string => `kind: source\nname: s\nsource: csv\ntable: s.csv\n${more}`;

/** file, its text, then: code, line:column, what the message and the hint say. */
const rows: readonly [string, string, string, string, RegExp, RegExp?][] = [
  // YAML
  [T, 'kind: transform\nname: [t\n', 'YAML_INVALID', '3:1', /Flow sequence|must be/],
  [
    T,
    'kind: transform\nname: t\nname: u\nsql: SELECT 1\n',
    'YAML_DUPLICATE_KEY',
    '3:1',
    /unique/,
    /one of the two/,
  ],
  [T, 'kind: transform\nname: t\nmaterialization:\n\tmode: full\n', 'YAML_TAB', '4:1', /[Tt]abs/, /spaces/],
  [
    T,
    'kind: transform\nname: t\nsql: SELECT 1\n---\nkind: transform\n',
    'YAML_SEVERAL_DOCUMENTS',
    '4:1',
    /multiple documents/,
    /file of its own/,
  ],
  [T, '- kind: transform\n', 'YAML_NOT_A_MAPPING', '1:1', /not a mapping/],
  [T, '', 'YAML_NOT_A_MAPPING', '1:1', /empty/],
  [T, '# nothing\n', 'YAML_NOT_A_MAPPING', '1:1', /empty/],
  [T, transform('__proto__: {polluted: true}\n'), 'YAML_RESERVED_KEY', '3:1', /"__proto__"/],
  [T, transform('params:\n  constructor: 1\n'), 'YAML_RESERVED_KEY', '4:3', /"constructor"/],
  [T, transform('params: {a: *nothing}\n'), 'YAML_ALIAS', '3:13', /nothing/],
  [T, transform('params: &p {a: *p}\n'), 'YAML_ALIAS', '3:16', /itself/],
  [
    T,
    transform('params: {id: 9007199254740993}\n'),
    'VALUE_INVALID',
    '3:14',
    /9007199254740993 cannot be kept exactly/,
    /"9007199254740993"/,
  ],
  [T, transform('params: {x: .inf}\n'), 'VALUE_INVALID', '3:13', /exactly/],
  [T, transform('params: {[a]: 1}\n'), 'VALUE_INVALID', '3:10', /plain text/],
  [T, transform('params: {a: !!binary aGk=}\n'), 'YAML_INVALID', '3:22', /binary/],
  [T, '%YAML 1.1\n---\nkind: transform\n', 'YAML_INVALID', '1:1', /YAML 1\.1/],
  // kinds and keys
  [T, 'kind: trnsform\nname: t\nsql: SELECT 1\n', 'KIND_UNKNOWN', '1:7', /"trnsform"/, /"transform"/],
  ['seeknal/misc/t.yml', 'name: t\nsql: SELECT 1\n', 'KEY_MISSING', '1:1', /no kind/],
  [T, transform('descripton: x\n'), 'KEY_UNKNOWN', '3:1', /"descripton" in a transform/, /"description"/],
  [
    T,
    transform('materialization: {mode: full, time_colum: day}\n'),
    'KEY_UNKNOWN',
    '3:31',
    /"time_colum" in "materialization"/,
    /"time_column"/,
  ],
  [T, transform('inputs: [{ref: source.orders, raeds: all}]\n'), 'KEY_UNKNOWN', '3:31', /"raeds"/, /"reads"/],
  [
    T,
    transform('audits: [{type: not_nul, columns: [a]}]\n'),
    'VALUE_INVALID',
    '3:17',
    /"audits.0.type" must be/,
    /"not_null"/,
  ],
  [T, transform('audits: [{type: not_null}]\n'), 'KEY_MISSING', '3:10', /not_null needs "columns"/],
  [
    T,
    transform('audits: [{type: row_count, min: 3, max: 2}]\n'),
    'VALUE_INVALID',
    '3:33',
    /at least 3 and at most 2/,
  ],
  [T, transform('lookback: -1\n'), 'VALUE_INVALID', '3:11', /must not be negative, not -1/],
  [T, transform('tags: raw\n'), 'VALUE_INVALID', '3:7', /"tags" must be a list, not "raw"/],
  [T, transform('mode: incremental\n'), 'VALUE_INVALID', '3:7', /"mode" must be/],
  [T, 'kind: transform\nname: t\n', 'KEY_MISSING', '1:1', /no SQL/],
  [T, 'kind: transform\nname: t\nsql: SELECT 1\ntransform: SELECT 2\n', 'VALUE_INVALID', '3:6', /twice/],
  [T, 'kind: transform\nsql: SELECT 1\n', 'KEY_MISSING', '1:1', /no name/, /name: t/],
  [T, transform('', '""'), 'SQL_INVALID', '3:7', /no SQL/],
  [
    'seeknal/sources/s.yml',
    'kind: source\nname: s\nsource: csv\n',
    'KEY_MISSING',
    '1:1',
    /"table" is missing/,
  ],
  [
    'seeknal/sources/s.yml',
    'kind: source\nname: s\nsource: cvs\ntable: s.csv\n',
    'VALUE_INVALID',
    '3:9',
    /"cvs"/,
    /"csv"/,
  ],
  [
    'seeknal/sources/s.yml',
    source('params: {delimeter: ","}\n'),
    'KEY_UNKNOWN',
    '5:10',
    /no option "delimeter"/,
    /"delimiter"/,
  ],
  [
    'seeknal/sources/s.yml',
    source('schema: [{name: id, data_type: intger}]\n'),
    'VALUE_INVALID',
    '5:32',
    /"intger"/,
    /"integer"/,
  ],
  [
    'seeknal/sources/s.yml',
    source('columns: {id: integr}\n'),
    'VALUE_INVALID',
    '5:15',
    /"integr"/,
    /"integer"/,
  ],
  [
    'seeknal/sources/s.yml',
    source('columns: {id: integer, ID: string}\n'),
    'VALUE_INVALID',
    '5:28',
    /declared twice/,
  ],
  [
    'seeknal/sources/s.yml',
    source('freshness: {time_column: at, warn_after: soon}\n'),
    'VALUE_INVALID',
    '5:42',
    /Not a duration: "soon"/,
    /24h/,
  ],
  [
    'seeknal/sources/s.yml',
    'kind: source\nname: s\nsource: csv\ntable: "{{ today }}.csv"\n',
    'TEMPLATE_INVALID',
    '4:9',
    /depend on the run/,
  ],
  // names
  ...['../evil', "o'brien", 'a"b', 'a b', '1st', 'CON', 'x'.repeat(64), 'Größe'].map(
    (name): [string, string, string, string, RegExp, RegExp] => [
      T,
      `kind: transform\nname: ${JSON.stringify(name)}\nsql: SELECT 1\n`,
      'NAME_INVALID',
      '2:8',
      /cannot be the name of a node/,
      /^Call it [A-Za-z_][A-Za-z0-9_-]*\.$/,
    ],
  ),
  // references
  [
    T,
    transform('inputs: [{ref: source.ordres}]\n'),
    'REF_UNKNOWN',
    '3:16',
    /"source.ordres"/,
    /"source.orders"/,
  ],
  [
    T,
    transform('inputs: [{ref: transform.orders}]\n'),
    'REF_UNKNOWN',
    '3:16',
    /"transform.orders"/,
    /"source.orders"/,
  ],
  [T, transform('inputs: [{ref: transform.t}]\n'), 'REF_SELF', '3:16', /reads itself/],
  [
    T,
    transform('', "SELECT * FROM ref('source.ordres')"),
    'REF_UNKNOWN',
    '3:20',
    /"source.ordres"/,
    /"source.orders"/,
  ],
  [T, transform('', `"SELECT * FROM {{ ref('source.ordres') }}"`), 'REF_UNKNOWN', '3:21', /"source.ordres"/],
  [
    T,
    'kind: transform\nname: t\ninputs: [source.orders]\nsql: |\n  SELECT *\n  FROM input_0\n  JOIN input_3 USING (id)\n',
    'REF_UNKNOWN',
    '7:8',
    /no input "input_3"/,
    /input_0/,
  ],
  [T, transform('', 'SELECT * FROM transform.t'), 'REF_SELF', '3:20', /reads itself/],
  [T, transform('', 'SELECT * FROM __THIS__'), 'REF_SELF', '3:20', /has 0/],
  [T, transform('', "SELECT * FROM 'data/x.csv'"), 'SQL_INVALID', '3:20', /"data\/x.csv"/, /source/],
  [T, transform('', "SELECT * FROM read_csv('data/x.csv')"), 'SQL_INVALID', '3:29', /"data\/x.csv"/],
  [T, transform('', "SELECT 'a"), 'SQL_INVALID', '3:13', /has no end/],
  // time
  [T, daily('').replace('@daily', '61 * * * *'), 'SCHEDULE_INVALID', '3:12', /61/, /five fields/],
  [T, daily('').replace('@daily', '0 0 30 2 *'), 'SCHEDULE_INVALID', '3:12', /never fires/],
  [T, daily('time_zone: Mars/Base\n'), 'SCHEDULE_INVALID', '4:12', /Mars\/Base/],
  [T, daily('start: 2024-13-01\n'), 'VALUE_INVALID', '4:8', /2024-13-01/],
  [T, daily('start: 2024-02-01\nend: 2024-01-01\n'), 'VALUE_INVALID', '5:6', /not after the start/],
  [T, daily('batch_size: 7\n'), 'VALUE_INVALID', '4:13', /no time_column/],
  [T, daily('mode: view\n'), 'VALUE_INVALID', '3:12', /view/],
  [
    T,
    daily('', 'SELECT * FROM source.orders'),
    'NOT_INCREMENTAL',
    '4:6',
    /neither \{\{ start \}\} nor \{\{ end \}\}/,
    /mode: full/,
  ],
  [T, daily('', 'SELECT * FROM source.orders -- {{ start }}'), 'NOT_INCREMENTAL', '4:6', /neither/],
  [T, transform('mode: incremental_by_time\n'), 'KEY_MISSING', '3:7', /needs a schedule/],
  [T, transform('lookback: 2\n'), 'VALUE_INVALID', '3:11', /without a schedule/],
  [T, transform('mode: append\n'), 'KEY_MISSING', '3:7', /needs a schedule/],
  [T, daily('mode: append\ntime_column: day\n'), 'VALUE_INVALID', '5:14', /interval that gave them/],
  [T, daily('mode: append\nbatch_size: 2\n'), 'VALUE_INVALID', '5:13', /append makes one at a time/],
  [T, daily('mode: upsert_by_key\n'), 'KEY_MISSING', '4:7', /which columns are the key/, /unique_keys/],
  [
    T,
    daily('materialization: {mode: upsert_by_key, unique_keys: [a], time_column: day}\n'),
    'VALUE_INVALID',
    '4:71',
    /interval that gave them/,
  ],
  [T, daily('unique_keys: [a]\n'), 'VALUE_INVALID', '4:14', /nothing with the mode incremental_by_time/],
  [
    T,
    transform('materialization: {order_by: [a]}\n'),
    'VALUE_INVALID',
    '3:29',
    /"order_by" means nothing with the mode full/,
  ],
  // templates
  [T, transform('', "SELECT '{{ strat }}'"), 'TEMPLATE_UNKNOWN_NAME', '3:14', /"strat"/],
  [T, transform('', "SELECT '{{ start }}'"), 'TEMPLATE_UNKNOWN_NAME', '3:14', /"start"/, /schedule/],
  [
    T,
    transform('params: {region: x}\n', "SELECT '{{ regoin }}'"),
    'TEMPLATE_UNKNOWN_NAME',
    '4:14',
    /"regoin"/,
    /"region"/,
  ],
  [T, transform('', 'SELECT {{ 1'), 'TEMPLATE_INVALID', '3:13', /never closed/],
  [T, transform('', '"SELECT {{ 1 + }}"'), 'TEMPLATE_INVALID', '3:21', /syntax error/],
  [T, transform('', '"SELECT {% for x in y %}{{ x }}{% endfor %}"'), 'TEMPLATE_UNKNOWN_NAME', '3:26', /"y"/],
  [
    T,
    transform(
      '',
      '"SELECT {% for i in range(999999) %}{% for j in range(999999) %}{% endfor %}{% endfor %}"',
    ),
    'TEMPLATE_INVALID',
    '3:',
    /fuel|range/,
  ],
  [T, transform('', "SELECT '{{ env:NOT_SET }}'"), 'VARIABLE_MISSING', '3:14', /NOT_SET/],
  [
    T,
    transform('params: {a: "{{ b }}", b: "{{ a }}"}\n', "SELECT '{{ a }}'"),
    'TEMPLATE_INVALID',
    '4:14',
    /refers to itself/,
  ],
  // rules and exposures
  [
    'seeknal/exposures/x.yml',
    'kind: exposure\nname: x\ntype: file\nparams: {path: target/Environments/dev/x.csv}\ninputs: [source.orders]\n',
    'PATH_OUTSIDE',
    '4:16',
    /not a place for an export/,
  ],
  [
    'seeknal/rules/r.yml',
    'kind: rule\nname: r\nrule: {type: range, column: a}\ninputs: [source.orders]\n',
    'KEY_MISSING',
    '3:7',
    /range needs "params.min_val"/,
  ],
  [
    'seeknal/rules/r.yml',
    'kind: rule\nname: r\nrule: {type: uniqueness, columns: [a], value: x}\ninputs: [source.orders]\n',
    'KEY_UNKNOWN',
    '3:40',
    /"value"/,
  ],
  [
    'seeknal/rules/r.yml',
    'kind: rule\nname: r\nrule: {type: uniqueness, columns: [a]}\n',
    'KEY_MISSING',
    '1:1',
    /no input/,
  ],
  ...[
    '../out.csv',
    '/etc/out.csv',
    'C:/out.csv',
    'target/../../out.csv',
    'seeknal/sources/s.csv',
    'seeknal_project.yml',
    'target/',
  ].map((path): [string, string, string, string, RegExp] => [
    'seeknal/exposures/e.yml',
    `kind: exposure\nname: e\ntype: file\nparams: {format: csv, path: ${JSON.stringify(path)}}\ninputs: [source.orders]\n`,
    'PATH_OUTSIDE',
    '4:30',
    /out of the project|not a place/,
  ]),
  [
    'seeknal/exposures/e.yml',
    'kind: exposure\nname: e\ntype: file\nparams: {path: target/a.xls}\ninputs: [source.orders]\n',
    'VALUE_INVALID',
    '4:16',
    /"xls"/,
  ],
  // the project's own files
  ['seeknal_project.yml', 'name: "my shop"\n', 'NAME_INVALID', '1:8', /"my shop"/, /my_shop/],
  ['seeknal_project.yml', 'version: 1\n', 'KEY_MISSING', '1:1', /"name" is missing/],
  [
    'seeknal_project.yml',
    'name: shop\nstate_backed: file\n',
    'KEY_UNKNOWN',
    '2:1',
    /"state_backed"/,
    /"state_backend"/,
  ],
  [
    'seeknal_project.yml',
    'name: shop\ndefaults: {time_zone: Nowhere}\n',
    'SCHEDULE_INVALID',
    '2:23',
    /Nowhere/,
  ],
  [
    'profiles.yml',
    'source_defaults: {csv: {delim: "${DELIM}"}}\n',
    'VARIABLE_MISSING',
    '1:33',
    /DELIM/,
    /\$\{DELIM:default\}/,
  ],
  ['seeknal/common/rules.yml', 'rules: [{id: a, valeu: x}]\n', 'KEY_UNKNOWN', '1:17', /"valeu"/, /"value"/],
];

test.each(rows.map((row) => ({ row })))('$row.0: $row.1 is $row.2 at $row.3', async ({ row }) => {
  const [file, text, code, place, message, hint] = row;
  const problems = await problemsOf({ ...ORDERS, [file]: text });
  const [found] = problems;
  expect(problems.map((problem) => problem.code)).toContain(code);
  expect(found).toMatchObject({ code, message: expect.stringMatching(message), place: { file } });
  expect(`${found?.place.line}:${found?.place.column}`).toMatch(new RegExp(`^${place}`));
  if (hint) expect(found?.hint).toMatch(hint);
});

test('a frame shows the lines around the place, and a caret under it', async () => {
  const [problem] = await problemsOf({
    ...ORDERS,
    [T]: "kind: transform\nname: t\nsql: |\n  SELECT *\n  FROM ref('source.ordres')\n  LIMIT 1\n",
  });
  expect(problem?.frame).toBe(
    [
      '  3 | sql: |',
      '  4 |   SELECT *',
      "> 5 |   FROM ref('source.ordres')",
      '    |        ^',
      '  6 |   LIMIT 1',
      '  7 |',
    ].join('\n'),
  );
});

test('every problem of every file is shown at once, in order of file and line', async () => {
  const folder = projectFolder({
    'seeknal/a.yml': 'kind: nothing\nname: a\n',
    'seeknal/transforms/b.yml': 'kind: transform\nname: b\nfoo: 1\nbar: 2\nsql: SELECT 1\n',
    'seeknal/transforms/c.yml': 'kind: transform\nname: c\nsql: SELECT * FROM ref("source.x")\n',
  });
  const error = await loadProject(folder, { env: {} }).catch((thrown: unknown) => thrown as ProjectError);
  expect(error).toBeInstanceOf(ProjectError);
  const { code, message, problems } = error as ProjectError;
  expect(code).toBe('PROJECT_INVALID');
  expect(message).toMatch(/^The project has 4 problems, the first at seeknal\/a\.yml:1:7: /);
  expect(problems.map(({ place }) => `${place.file}:${place.line}`)).toEqual([
    'seeknal/a.yml:1',
    'seeknal/transforms/b.yml:3',
    'seeknal/transforms/b.yml:4',
    'seeknal/transforms/c.yml:3',
  ]);
});

test('a cycle is shown as the way round, with the place of each node', async () => {
  const node = (name: string, ref: string): string =>
    `kind: transform\nname: ${name}\ninputs: [{ref: transform.${ref}}]\nsql: SELECT 1\n`;
  const [problem] = await problemsOf({
    'seeknal/transforms/a.yml': node('a', 'b'),
    'seeknal/transforms/b.yml': node('b', 'c'),
    'seeknal/transforms/c.yml': node('c', 'a'),
  });
  expect(problem).toMatchObject({ code: 'CYCLE' });
  expect(problem?.message).toMatch(/transform\.(\w) → transform\.(\w) → transform\.(\w) → transform\.\1/);
  for (const name of ['a', 'b', 'c'])
    expect(problem?.message).toContain(`transform.${name} at seeknal/transforms/${name}.yml:2:7`);
});

test('two nodes of one id are refused, and names differ by more than case', async () => {
  const node = (name: string): string => `kind: transform\nname: ${name}\nsql: SELECT 1\n`;
  const [problem] = await problemsOf({
    'seeknal/transforms/a.yml': node('t'),
    'seeknal/transforms/b.yml': node('T'),
  });
  expect(problem).toMatchObject({
    code: 'NODE_DUPLICATE',
    message: 'transform.T is already at seeknal/transforms/a.yml:2:7 (names are compared without case).',
    place: { file: 'seeknal/transforms/b.yml', line: 2, column: 7 },
  });
});

test('a file over 1 MB is not read', async () => {
  const [problem] = await problemsOf({ [T]: 'x'.repeat(1_000_001) });
  expect(problem).toMatchObject({
    code: 'FILE_TOO_LARGE',
    message: expect.stringContaining('1000001 bytes'),
    frame: '',
  });
});

test('text that is not UTF-8 is refused', async () => {
  const [problem] = await problemsOf({ [T]: new Uint8Array([0x6b, 0x3a, 0xff, 0xfe]) });
  expect(problem).toMatchObject({ code: 'FILE_UNREADABLE', message: 'This file is not UTF-8 text.' });
});

test('a folder without a project says how to make one', async () => {
  const error = await loadProject('/').catch((thrown: unknown) => thrown as ProjectError);
  expect(error).toMatchObject({ code: 'PROJECT_NOT_FOUND', hint: expect.stringContaining('seeknal init') });
});

test.each([
  ['1,000 brackets', '['.repeat(1000)],
  ['1,000 brackets, closed', `a: ${'['.repeat(1000)}${']'.repeat(1000)}`],
  ['1,000 braces', '{a: '.repeat(1000)],
  ['3,000 dashes', '- '.repeat(3000)],
  ['3,000 question marks', '? '.repeat(3000)],
  ['3,000 colons', ': '.repeat(3000)],
  ['a staircase of 200', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['a staircase of lists', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}-`).join('\n')],
  ['65 brackets', `a: ${'['.repeat(65)}${']'.repeat(65)}\n`],
])('%s of nesting are refused before they are parsed', async (_what, text) => {
  const [problem] = await problemsOf({ [T]: text });
  expect(problem).toMatchObject({ code: 'YAML_TOO_DEEP', place: { file: T } });
});

test('brackets in SQL are no nesting', async () => {
  const sql = `SELECT ${'['.repeat(100)}1${']'.repeat(100)} AS a, '${'('.repeat(100)}' AS b`;
  expect(await problemsOf({ [T]: `kind: transform\nname: t\nsql: |\n  ${sql}\n` })).toEqual([]);
});

test('aliases that explode are refused, and not followed', async () => {
  // Followed, they would make more lists than there are atoms in a house: this would not end.
  const levels = Array.from(
    { length: 30 },
    (_, i) => `  a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`,
  ).join('\n');
  const problems = await problemsOf({
    [T]: `kind: transform\nname: t\nsql: SELECT 1\nparams:\n  a0: &a0 [1]\n${levels}\n`,
  });
  expect(problems.map(({ code }) => code)).toContain('YAML_ALIAS');
});

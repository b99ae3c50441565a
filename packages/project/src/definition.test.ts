import { afterAll, expect, test } from '@jest/globals';

import type { LoadOptions } from './index.ts';
import { runValuesIn } from './index.ts';
import { load, ORDERS, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const T = 'seeknal/transforms/t.yml';
const fingerprint = async (
  files: { readonly [path: string]: string },
  id = 'transform.t',
  options: LoadOptions = {},
): Promise<string> => {
  const { manifest } = await load(
    {
      ...ORDERS,
      'seeknal/sources/users.yml': ORDERS['seeknal/sources/orders.yml']!.replaceAll('orders', 'users'),
      ...files,
    },
    options,
  );
  return manifest.nodes[id]!.fingerprint;
};
const yaml = (more: string, sql = 'SELECT a FROM source.orders'): { readonly [path: string]: string } => ({
  [T]: `kind: transform\nname: t\n${more}sql: "${sql}"\n`,
});
const plain = yaml('');
const daily = (more = ''): { readonly [path: string]: string } =>
  yaml(
    `schedule: "@daily"\n${more}`,
    "SELECT a FROM source.orders WHERE day >= '{{ start }}' AND day < '{{ end }}'",
  );
const withRule = (value: string): { readonly [path: string]: string } => ({
  ...yaml('', 'SELECT a FROM source.orders WHERE {{ rules.r }}'),
  'seeknal/common/rules.yml': `rules: [{id: r, value: "${value}"}]\n`,
});

test.each([
  ['the two forms', plain, { [T]: 't:\n  sql: "SELECT a FROM source.orders"\n' }],
  ['sql and transform', plain, { [T]: 'kind: transform\nname: t\ntransform: SELECT a FROM source.orders\n' }],
  ['a .sql file', plain, { 'seeknal/transforms/t.sql': 'SELECT a FROM source.orders' }],
  [
    'a .sql file with front matter',
    plain,
    { 'seeknal/x/any.sql': '/* ---\nname: t\ndescription: x\n--- */\nselect a\nfrom source.orders;\n' },
  ],
  [
    'layout, comments and case of keywords',
    plain,
    yaml('', 'select a  -- the only one\\nFROM source.orders;'),
  ],
  ['description, owner, tags', plain, yaml('description: d\nowner: o\ntags: [x]\n')],
  ['audits', plain, yaml('audits: [{type: not_null, columns: [a]}]\n')],
  ['the default mode written out', plain, yaml('mode: full\n')],
  [
    'the mode at the top or under materialization',
    yaml('mode: view\n'),
    yaml('materialization: {mode: view}\n'),
  ],
  [
    '@daily and its five fields',
    daily(),
    daily().constructor === Object ? { [T]: daily()[T]!.replace('@daily', '0 0  * * *') } : {},
  ],
  [
    'start, end, lookback, batch_size, concurrency',
    daily('time_column: day\n'),
    daily(
      'time_column: day\nstart: 2024-01-01\nend: 2025-01-01\nlookback: 2\nbatch_size: 3\nconcurrency: 1\n',
    ),
  ],
  ['zone UTC written out', daily(), daily('time_zone: UTC\n')],
  ['a param and its value', yaml('params: {c: a}\n', 'SELECT {{ c }} FROM source.orders'), plain],
  ['a param that nothing mentions', plain, yaml('params: {unused: 1}\n')],
  [
    'ref in braces or not',
    yaml('', "SELECT a FROM ref('source.orders')"),
    yaml('', "SELECT a FROM {{ ref('source.orders') }}"),
  ],
  ['a declared input and one the SQL names', yaml('inputs: [{ref: source.orders}]\n'), plain],
  ['reads as they would be anyway', yaml('inputs: [{ref: source.orders, reads: all}]\n'), plain],
] as const)('%s make no difference', async (_what, a, b) => {
  expect(await fingerprint(b)).toBe(await fingerprint(a));
});

test.each([
  ['another column', plain, yaml('', 'SELECT b FROM source.orders')],
  ['another literal', yaml('', "SELECT 'a'"), yaml('', "SELECT 'A'")],
  [
    'another input under the same place',
    yaml('inputs: [{ref: source.orders}]\n', 'SELECT * FROM input_0'),
    yaml('inputs: [{ref: source.users}]\n', 'SELECT * FROM input_0'),
  ],
  [
    'inputs swapped',
    yaml('inputs: [source.orders, source.users]\n', 'SELECT * FROM input_0, input_1'),
    yaml('inputs: [source.users, source.orders]\n', 'SELECT * FROM input_0, input_1'),
  ],
  [
    'how an input is read',
    daily('inputs: [{ref: source.orders, reads: all}]\n'),
    daily('inputs: [{ref: source.orders, reads: {back: 1}}]\n'),
  ],
  ['mode', plain, yaml('mode: view\n')],
  ['schedule', daily(), { [T]: daily()[T]!.replace('@daily', '@weekly') }],
  ['zone', daily(), daily('time_zone: Asia/Jakarta\n')],
  ['time column', daily(), daily('time_column: day\n')],
  ['out_of_range', daily(), daily('out_of_range: drop\n')],
  ['on_change', daily(), daily('on_change: rebuild\n')],
  ['depends_on_past', daily(), daily('depends_on_past: true\n')],
  [
    'start, where rows depend on those before',
    daily('depends_on_past: true\nstart: 2024-01-01\n'),
    daily('depends_on_past: true\nstart: 2024-02-01\n'),
  ],
  ['declared columns', plain, yaml('columns: {a: integer}\n')],
  [
    'a param the SQL mentions',
    yaml('params: {c: a}\n', 'SELECT {{ c }}'),
    yaml('params: {c: b}\n', 'SELECT {{ c }}'),
  ],
  ['a snippet the SQL mentions', withRule('a > 1'), withRule('a > 2')],
  ['a bound of the interval', daily(), { [T]: daily()[T]!.replace('{{ end }}', '{{ end_date }}') }],
  [
    'a branch not taken',
    yaml('', 'SELECT {% if start is defined %}1{% else %}2{% endif %} AS a'),
    yaml('', 'SELECT {% if start is defined %}3{% else %}2{% endif %} AS a'),
  ],
  [
    'a param that only control flow sees',
    yaml('params: {n: 1}\n', 'SELECT {% if n > 2 %}1{% else %}2{% endif %} AS a'),
    yaml('params: {n: 2}\n', 'SELECT {% if n > 2 %}1{% else %}2{% endif %} AS a'),
  ],
  ['a value of the run', yaml('', "SELECT '{{ today }}' AS a"), yaml('', "SELECT '{{ yesterday }}' AS a")],
] as const)('%s makes a difference', async (_what, a, b) => {
  expect(await fingerprint(b)).not.toBe(await fingerprint(a));
});

const source = (more: string): { readonly [path: string]: string } => ({
  'seeknal/sources/orders.yml': `kind: source\nname: orders\nsource: csv\n${more}`,
});
const TABLE = 'table: data/orders.csv\n';

test.each([
  [
    'delimiter and delim',
    source(`${TABLE}params: {delimiter: ";"}\n`),
    source(`${TABLE}params: {delim: ";"}\n`),
    true,
  ],
  ['./ before the path', source(TABLE), source('table: ./data/orders.csv\n'), true],
  [
    'descriptions of columns',
    source(`${TABLE}columns: {id: integer}\n`),
    source(`${TABLE}columns: {id: {dtype: int, description: x}}\n`),
    true,
  ],
  [
    'schema and columns',
    source(`${TABLE}columns: {id: integer}\n`),
    source(`${TABLE}schema: [{name: id, data_type: integer}]\n`),
    true,
  ],
  [
    'source_defaults and params',
    source(`${TABLE}params: {delim: ";"}\n`),
    { ...source(TABLE), 'profiles.yml': 'source_defaults: {csv: {delim: ";"}}\n' },
    true,
  ],
  ['path', source(TABLE), source('table: data/other.csv\n'), false],
  ['a reader option', source(TABLE), source(`${TABLE}params: {skip: 1}\n`), false],
  [
    'a declared type',
    source(`${TABLE}columns: {id: integer}\n`),
    source(`${TABLE}columns: {id: bigint}\n`),
    false,
  ],
  ['time column', source(TABLE), source(`${TABLE}time_column: day\n`), false],
] as const)('of a source: %s (equal: %4$s)', async (_what, a, b, isEqual) => {
  const [before, after] = [await fingerprint(a, 'source.orders'), await fingerprint(b, 'source.orders')];
  expect(after === before).toBe(isEqual);
});

test('a variable of the environment counts by its value, which appears nowhere', async () => {
  const files = { ...ORDERS, ...yaml('', "SELECT '{{ env:TOKEN }}' AS a FROM source.orders") };
  const one = await load(files, { env: { TOKEN: 'canary-one' } });
  const two = await load(files, { env: { TOKEN: 'canary-two' } });
  expect(one.manifest.nodes['transform.t']!.fingerprint).not.toBe(
    two.manifest.nodes['transform.t']!.fingerprint,
  );
  expect(JSON.stringify(one)).not.toContain('canary');
});

test("a param from outside wins over the node's and counts", async () => {
  const files = yaml('params: {c: a}\n', 'SELECT {{ c }} FROM source.orders');
  expect(await fingerprint(files, 'transform.t', { params: { c: 'b' } })).toBe(
    await fingerprint(yaml('', 'SELECT b FROM source.orders')),
  );
  expect(await fingerprint(files, 'transform.t', { params: { other: 'b' } })).toBe(await fingerprint(files));
});

test('what differs from run to run is named in the definition', async () => {
  const { manifest } = await load({
    ...ORDERS,
    ...yaml('', "SELECT '{{ today(-1) }}' AS a, '{{ run_id }}' AS b FROM source.orders"),
  });
  expect(runValuesIn(String(manifest.nodes['transform.t']!.definition['sql']))).toEqual([
    'today_-1',
    'run_id',
  ]);
});

test('the folder, the clock and the order of the files make no difference', async () => {
  const a = await load({ ...ORDERS, ...plain }, { now: 0 });
  const b = await load({ ...plain, ...ORDERS }, { now: 1e12 });
  expect(b.manifest.nodes).toEqual(a.manifest.nodes);
});

import { afterAll, expect, test } from '@jest/globals';
import type { ManifestNode, NodeInput, TransformSpec } from '@seeknal/manifest';

import { load, ORDERS, problemsOf, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

type Files = { readonly [path: string]: string };
const T = 'seeknal/transforms/t.yml';
const WITH_TIME: Files = {
  'seeknal/sources/orders.yml': `${ORDERS['seeknal/sources/orders.yml']}time_column: day\n`,
};
const nodeOf = async (files: Files, id: string): Promise<ManifestNode> => {
  const { manifest } = await load(files);
  const node = manifest.nodes[id];
  if (node === undefined) throw new Error(`no ${id}`);
  return node;
};
const transformOf = async (files: Files): Promise<TransformSpec> =>
  (await nodeOf(files, 'transform.t')).spec as TransformSpec;
const inputs = (list: readonly NodeInput[]): string[] =>
  list.map(
    ({ ref, place, reads }) =>
      `${place}=${ref} ${reads.kind === 'back' ? `back ${reads.count}` : reads.kind}`,
  );

test('the form of the guide: a node under its name, kind from the folder', async () => {
  const node = await nodeOf(
    {
      ...ORDERS,
      [T]: "my_node:\n  schedule: '@daily'\n  sql: |\n    SELECT * FROM source.orders\n    WHERE date >= '{{ start }}' AND date < '{{ end }}'\n",
    },
    'transform.my_node',
  );
  expect(node).toMatchObject({ name: 'my_node', type: 'transform', place: { file: T, line: 1, column: 1 } });
  expect(node.spec).toMatchObject({
    mode: 'incremental_by_time',
    sql: { place: { file: T, line: 4, column: 5 }, indent: 4 },
    timing: {
      schedule: '0 0 * * *',
      timeZone: 'UTC',
      start: null,
      end: null,
      lookback: 0,
      batchSize: 1,
      concurrency: null,
    },
  });
});

test('a .sql file: YAML in its first comment, places those of the file', async () => {
  const file = 'seeknal/transforms/daily_orders.sql';
  const text = `/* ---\nschedule: "@daily"\ntime_column: day\ntags: [x]\n--- */\nSELECT day\nFROM source.orders\nWHERE day >= '{{ start }}' AND day < '{{ end }}'\n`;
  const node = await nodeOf({ ...ORDERS, [file]: text }, 'transform.daily_orders');
  expect(node.tags).toEqual(['x']);
  expect(node.spec).toMatchObject({ timeColumn: 'day', sql: { place: { file, line: 6, column: 1 } } });
  const [problem] = await problemsOf({ ...ORDERS, [file]: text.replace('tags', 'tgas') });
  expect(problem).toMatchObject({ code: 'KEY_UNKNOWN', place: { file, line: 4, column: 1 } });
  expect(problem?.frame).toContain('  6 | SELECT day');
});

test.each([
  // what is written under inputs, the SQL, the inputs it comes to
  ['[{ref: source.orders}]', 'SELECT * FROM input_0', ['input_0=source.orders all']],
  ['[source.orders]', 'SELECT * FROM __THIS__', ['input_0=source.orders all']],
  ['["ref(\'source.orders\')"]', 'SELECT * FROM input_0', ['input_0=source.orders all']],
  ['{o: ref:source.orders}', 'SELECT * FROM {{ o }}', ['o=source.orders all']],
  ['{o: {ref: source.orders, reads: all}}', 'SELECT * FROM $o', ['o=source.orders all']],
  ['[]', 'SELECT * FROM source.orders', ['input_0=source.orders all']],
  ['[]', 'SELECT * FROM Source.ORDERS', ['input_0=source.orders all']],
  ['[]', "SELECT * FROM ref('source.orders')", ['input_0=source.orders all']],
  [
    '[source.users]',
    'SELECT * FROM source.orders, input_1',
    ['input_0=source.users all', 'input_1=source.orders all'],
  ],
  ['[]', "SELECT 'source.orders' AS a -- source.orders", []],
  [
    '[]',
    '{% if false %}SELECT * FROM source.orders{% else %}SELECT 1{% endif %}',
    ['input_0=source.orders all'],
  ],
  [
    '[]',
    "{% if false %}SELECT * FROM {{ ref('source.orders') }}{% else %}SELECT 1{% endif %}",
    ['input_0=source.orders all'],
  ],
])('inputs %s of %j', async (written, sql, expected) => {
  const users = ORDERS['seeknal/sources/orders.yml']!.replaceAll('orders', 'users');
  const spec = await transformOf({
    ...ORDERS,
    'seeknal/sources/users.yml': users,
    [T]: `kind: transform\nname: t\ninputs: ${written}\nsql: ${JSON.stringify(sql)}\n`,
  });
  expect(inputs(spec.inputs)).toEqual(expected);
});

const FILTER = "day >= '{{ start }}' AND day < '{{ end }}'";
const TYPED = 'day >= {{ start_ts }} AND day < {{ end_ts }}';
const DATES = "day >= '{{ start_date }}' AND day < '{{ end_date }}'";
test.each([
  // more of the node, its WHERE, how it reads a source with a time column
  ['', FILTER, 'interval'],
  ['', TYPED, 'interval'],
  ['', DATES, 'interval'],
  ['', "day >= '{{ start }}'", 'all'],
  ['', `${FILTER} OR true`, 'all'],
  ['inputs: [{ref: source.orders, reads: all}]\n', FILTER, 'all'],
  ['inputs: [{ref: source.orders, reads: {back: 6}}]\n', FILTER, 'back'],
  ['mode: full\n', FILTER, 'all'],
  // A local midnight is no midnight of the rows, and half a day is not a day.
  ['time_zone: Asia/Jakarta\n', FILTER, 'all'],
  ['time_zone: Asia/Jakarta\n', TYPED, 'interval'],
  ['hourly', FILTER, 'interval'],
  ['hourly', DATES, 'all'],
  ['', `{% if true %}${FILTER}{% endif %}`, 'all'],
])('with %j, WHERE %s reads %s', async (more, where, reads) => {
  const schedule = more === 'hourly' ? '@hourly' : '@daily';
  const spec = await transformOf({
    ...WITH_TIME,
    [T]: `kind: transform\nname: t\nschedule: "${schedule}"\n${more === 'hourly' ? '' : more}sql: "SELECT * FROM source.orders WHERE ${where}"\n`,
  });
  expect(spec.inputs[0]?.reads.kind).toBe(reads);
});

test('a source without a time column is read whole', async () => {
  const spec = await transformOf({
    ...ORDERS,
    [T]: `kind: transform\nname: t\nschedule: "@daily"\nsql: "SELECT * FROM source.orders WHERE ${FILTER}"\n`,
  });
  expect(spec.inputs[0]?.reads).toEqual({ kind: 'all' });
});

test('what does not run yet keeps its place in the graph and is warned of, once', async () => {
  const { manifest, warnings } = await load({
    ...ORDERS,
    'seeknal/a.yml': 'kind: profile\nname: a\nsource: source.orders\nanything: goes\n',
    'seeknal/b.yml':
      'kind: transform\nname: b\nmaterializations: [{type: iceberg}]\nsql: SELECT * FROM profile.a\n',
    'seeknal/c.yml': 'kind: source\nname: c\nsource: postgresql\ntable: public.c\n',
    'seeknal/d.yml': 'kind: source\nname: d\nsource: csv\ntable: s3://bucket/d.csv\n',
    'seeknal/e.yml': 'kind: rule\nname: e\nrule: {type: custom}\ninputs: [source.orders]\n',
    'seeknal/f.yml': 'kind: exposure\nname: f\ntype: api\nurl: http://x\ninputs: [source.orders]\n',
    'seeknal/g.yml': 'kind: transform\nname: g\nsql: SELECT 1; SELECT 2\n',
    'seeknal/h.py': '@transform(name="h")\ndef h(ctx):\n    pass\n\n@source\ndef x(): pass\n',
    'seeknal/i.yml':
      'kind: transform\nname: i\nmaterialization: {type: iceberg, table: a.b}\nsql: SELECT 1\n',
    'seeknal/j.yml':
      'kind: source\nname: j\nsource: csv\ntable: j.csv\nmaterializations: [{type: iceberg}]\n',
  });
  expect(warnings.map(({ place, message }) => `${place.file}:${place.line} ${message}`)).toEqual([
    'seeknal/h.py:1 transform.h: Python nodes are not supported.',
    'seeknal/a.yml:1 profile.a: The kind profile is not supported yet.',
    'seeknal/b.yml:3 transform.b: Materialising in another system is not supported yet.',
    'seeknal/c.yml:3 source.c: A source of type postgresql is not supported yet.',
    'seeknal/d.yml:4 source.d: Reading s3:// paths is not supported yet.',
    'seeknal/e.yml:3 rule.e: A rule of type custom is not supported yet.',
    'seeknal/f.yml:3 exposure.f: An exposure of type api is not supported yet.',
    'seeknal/g.yml:3 transform.g: SQL of several statements is not supported yet.',
    'seeknal/i.yml:3 transform.i: Materialising in another system is not supported yet.',
    'seeknal/j.yml:5 source.j: Materialising a source elsewhere is not supported yet.',
  ]);
  expect(manifest.nodes['profile.a']?.spec).toEqual({
    kind: 'unsupported',
    reason: 'The kind profile is not supported yet (seeknal/a.yml:1:7).',
    inputs: [{ ref: 'source.orders', place: 'input_0', reads: { kind: 'all' } }],
  });
});

test('an append and an upsert: by interval, the upsert in order, its keys and its start part of what it is', async () => {
  const upsert = (more: string) =>
    `kind: transform\nname: t\nschedule: "@daily"\nstart: 2024-01-01\n${more}sql: SELECT * FROM source.orders\n`;
  const spec = await transformOf({
    ...ORDERS,
    [T]: upsert('mode: upsert_by_key\nunique_keys: [id]\norder_by: [at]\nversion_column: v\n'),
  });
  expect(spec).toMatchObject({
    mode: 'upsert_by_key',
    upsert: { keys: ['id'], orderBy: ['at'], version: 'v' },
    timeColumn: null,
    timing: { dependsOnPast: true, batchSize: 1, concurrency: 1 },
  });
  const definitionOf = async (text: string) =>
    (await load({ ...ORDERS, [T]: text })).manifest.nodes['transform.t']?.definition;
  expect(
    await definitionOf(upsert('materialization: {mode: upsert_by_key, unique_keys: [id]}\n')),
  ).toMatchObject({
    mode: 'upsert_by_key',
    unique_keys: ['id'],
    order_by: [],
    version_column: null,
    start: Date.UTC(2024, 0, 1),
  });
  const append = await transformOf({ ...ORDERS, [T]: upsert('mode: append\n') });
  expect(append).toMatchObject({ mode: 'append', timing: { dependsOnPast: false, batchSize: 1 } });
  expect(append).not.toHaveProperty('upsert');
});

test('a source: options, types, freshness, a path with a variable', async () => {
  const { manifest } = await load(
    {
      'seeknal/sources/s.yml':
        'kind: source\nname: s\nsource: csv\ntable: "./{{ env:DATA|data }}/s.csv"\ntime_column: at\n' +
        'params: {delimiter: ";", header: true, dateCol: at}\nfreshness: {time_column: at, warn_after: 12h, error_after: 2 days}\n' +
        'columns: {at: timestamp, price: "decimal(10, 2)", tags: "string[]", note: the text of the order}\n',
      'profiles.yml': 'source_defaults:\n  csv: {delim: ",", nullstr: "${NULLS:NA}"}\n',
    },
    { env: { DATA: 'in' } },
  );
  expect(manifest.nodes['source.s']?.spec).toEqual({
    kind: 'source',
    format: 'csv',
    path: 'in/s.csv',
    options: { delim: ';', nullstr: 'NA', header: true },
    columns: [
      { name: 'at', type: 'TIMESTAMP' },
      { name: 'price', type: 'DECIMAL(10,2)' },
      { name: 'tags', type: 'VARCHAR[]' },
    ],
    timeColumn: 'at',
    freshness: { timeColumn: 'at', warnAfterMs: 43_200_000, errorAfterMs: 172_800_000 },
    checks: [],
  });
});

test('a connection leaves its secrets behind', async () => {
  const project = await load(
    {
      'seeknal/sources/s.yml': 'kind: source\nname: s\nsource: postgresql\ntable: t\nconnection: main\n',
      'profiles.yml':
        'connections:\n  main: {type: postgresql, host: "${HOST}", port: 5432, user: me, password: "${PASSWORD}"}\n',
    },
    { env: { HOST: 'db.example.org', PASSWORD: 'canary' } },
  );
  expect(project.manifest.nodes['source.s']?.definition['connection']).toEqual({
    type: 'postgresql',
    host: 'db.example.org',
    port: 5432,
  });
  expect(JSON.stringify(project)).not.toContain('canary');
});

test('rules and audits become checks, with their places', async () => {
  const place = (line: number, column: number): unknown => ({ file: 'seeknal/rules/r.yml', line, column });
  const rules = [
    '{type: "null", columns: [a, b]}',
    '{type: range, column: a, params: {min_val: 0, max_val: 9}}',
    '{type: uniqueness, columns: [a, b], params: {severity: error}}',
    '{type: freshness, column: at, params: {max_age: 7d}}',
    '{type: sql_assertion, sql: "SELECT * FROM __THIS__ WHERE a < 0"}',
  ];
  const text = `kind: rule\nname: r\ninputs: [source.orders]\nparams: {severity: warn, error_message: no}\nrule:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
  const { spec } = await nodeOf(
    { ...ORDERS, 'seeknal/rules/r.yml': text.replace('error_message: no', 'error_message: "no"') },
    'rule.r',
  );
  const warn = { severity: 'warn', message: 'no' };
  expect(spec).toMatchObject({
    kind: 'rule',
    checks: [
      { ...warn, place: place(6, 13), type: 'not_null', columns: ['a', 'b'] },
      { ...warn, place: place(7, 12), type: 'range', column: 'a', min: 0, max: 9 },
      { severity: 'error', message: 'no', place: place(8, 12), type: 'unique', columns: ['a', 'b'] },
      { ...warn, place: place(9, 12), type: 'freshness', column: 'at', maxAgeMs: 604_800_000 },
      {
        ...warn,
        place: place(10, 12),
        type: 'sql',
        sql: { template: 'SELECT * FROM __THIS__ WHERE a < 0', place: place(10, 33) },
      },
    ],
  });
  const audits =
    'audits:\n  - {type: accepted_values, column: a, values: [1, x, null]}\n  - {type: row_count, min: 1}\n  - {type: unique, columns: [a]}\n  - {type: custom_sql, sql: "SELECT * FROM __THIS__", severity: warn, message: m}\n';
  const node = await nodeOf(
    { 'seeknal/sources/orders.yml': `${ORDERS['seeknal/sources/orders.yml']}${audits}` },
    'source.orders',
  );
  expect(node.spec).toMatchObject({
    checks: [
      { severity: 'error', type: 'accepted_values', columns: ['a'], values: [1, 'x', null] },
      { type: 'row_count', min: 1, max: null },
      { type: 'unique', columns: ['a'] },
      { severity: 'warn', message: 'm', type: 'sql' },
    ],
  });
});

test('an audit may read no other node, a rule may', async () => {
  const audit = 'audits: [{type: custom_sql, sql: "SELECT * FROM __THIS__ JOIN source.orders USING (a)"}]\n';
  const [problem] = await problemsOf({
    ...ORDERS,
    [T]: `kind: transform\nname: t\nsql: SELECT 1 AS a\n${audit}`,
  });
  expect(problem).toMatchObject({
    code: 'REF_UNKNOWN',
    message: expect.stringContaining('source.orders, which is no input'),
  });
  const { spec } = await nodeOf(
    {
      ...ORDERS,
      [T]: 'kind: transform\nname: t\nsql: SELECT 1 AS a\n',
      'seeknal/rules/r.yml':
        'kind: rule\nname: r\ninputs: [transform.t]\nrule: {type: sql_assertion, sql: SELECT * FROM __THIS__ JOIN source.orders USING (a)}\n',
    },
    'rule.r',
  );
  expect(spec).toMatchObject({ inputs: [{ ref: 'transform.t' }, { ref: 'source.orders' }] });
});

test.each([
  ['{path: target/out.csv}', { format: 'csv', path: 'target/out.csv' }],
  ['{path: ./target//x/../out.parquet}', { format: 'parquet', path: 'target/out.parquet' }],
  ['{path: exports/out.ndjson}', { format: 'jsonl', path: 'exports/out.ndjson' }],
  ['{path: out.txt, format: json}', { format: 'json', path: 'out.txt' }],
  ['{path: "{{ project_id }}.csv"}', { format: 'csv', path: 'shop.csv' }],
])('an exposure with %s', async (params, spec) => {
  const text = `kind: exposure\nname: e\ntype: file\nparams: ${params}\ndepends_on: [{ref: source.orders}]\n`;
  expect((await nodeOf({ ...ORDERS, 'seeknal/exposures/e.yml': text }, 'exposure.e')).spec).toMatchObject(
    spec,
  );
});

test.each([
  ['type: fiel\nparams: {path: a.csv}\ninputs: [source.orders]\n', 'VALUE_INVALID', /"fiel"/],
  ['type: file\nparams: {path: a.csv, fromat: csv}\ninputs: [source.orders]\n', 'KEY_UNKNOWN', /"fromat"/],
  ['type: file\ninputs: [source.orders]\n', 'KEY_MISSING', /no path/],
  ['type: file\nparams: {path: ""}\ninputs: [source.orders]\n', 'KEY_MISSING', /no path/],
  [
    'type: file\nparams: {path: "{{ today }}.csv"}\ninputs: [source.orders]\n',
    'PATH_OUTSIDE',
    /depend on the run/,
  ],
  ['type: file\nparams: {path: a.csv}\n', 'VALUE_INVALID', /names 0/],
  [
    'type: file\nparams: {path: target/warehouse.duckdb, format: csv}\ninputs: [source.orders]\n',
    'PATH_OUTSIDE',
    /not a place/,
  ],
])('an exposure with %j is refused', async (more, code, message) => {
  const [problem] = await problemsOf({
    ...ORDERS,
    'seeknal/exposures/e.yml': `kind: exposure\nname: e\n${more}`,
  });
  expect(problem).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('shared snippets stand where templates name them, and are nodes of nothing', async () => {
  const common: Files = {
    'seeknal/common/sources.yml':
      'sources:\n  - id: traffic\n    ref: source.orders\n    params: {idCol: msisdn, days: 7}\n',
    'seeknal/common/rules.yml': 'rules:\n  - {id: valid, value: "{{ traffic.idCol }} IS NOT NULL"}\n',
    'seeknal/common/transformations.yml':
      'transformations:\n  - {id: region, sql: "JOIN ref(\'source.orders\') r USING (id)"}\n',
  };
  const sql = 'SELECT {{ traffic.idCol }} FROM input_0 {{ transforms.region }} WHERE {{ rules.valid }}';
  const files = {
    ...ORDERS,
    ...common,
    [T]: `kind: transform\nname: t\ninputs: [source.orders]\nsql: "${sql}"\n`,
  };
  const node = await nodeOf(files, 'transform.t');
  expect(node.definition['sql']).toBe(
    'select msisdn from input_0 JOIN "source" . orders r using ( id ) where msisdn IS not null',
  );
  expect((node.spec as TransformSpec).inputs).toHaveLength(1);
  const [unknown] = await problemsOf({ ...files, [T]: files[T].replace('rules.valid', 'rules.vaild') });
  expect(unknown).toMatchObject({ code: 'TEMPLATE_UNKNOWN_NAME', hint: 'Did you mean "rules.valid"?' });
  const [twice] = await problemsOf({
    ...files,
    'seeknal/common/more.yml': 'rules: [{id: valid, value: x}]\n',
  });
  expect(twice).toMatchObject({
    code: 'NODE_DUPLICATE',
    message: 'There are two snippets called "rules.valid".',
  });
});

test('settings: defaults filled in, variables left for who uses them', async () => {
  const { settings } = await load({
    'seeknal_project.yml':
      'name: shop\nversion: 1.2.0\nstate_backend: {type: libsql, url: "${TURSO_URL}", token: "${TURSO_TOKEN}"}\n' +
      'warehouse: {path: data/w.duckdb}\ndefaults: {start: 2024-01-01, time_zone: Asia/Jakarta, schedule: "@daily"}\norchestrator: local\nsecurity: strict\nask: {}\n',
  });
  const { folder: _folder, ...rest } = settings;
  expect(rest).toMatchObject({
    name: 'shop',
    version: '1.2.0',
    stateBackend: 'libsql',
    stateOptions: { url: '${TURSO_URL}', token: '${TURSO_TOKEN}' },
    warehouse: 'data/w.duckdb',
    defaults: { schedule: '@daily', start: Date.parse('2023-12-31T17:00:00Z'), timeZone: 'Asia/Jakarta' },
    security: 'strict',
  });
});

test('defaults of the project reach the nodes that have none', async () => {
  const spec = await transformOf({
    'seeknal_project.yml': 'name: shop\ndefaults: {start: 2024-01-01, schedule: "@daily"}\n',
    ...ORDERS,
    [T]: `kind: transform\nname: t\nmode: incremental_by_time\nsql: "SELECT * FROM source.orders WHERE ${FILTER}"\n`,
  });
  expect(spec.timing).toMatchObject({ schedule: '0 0 * * *', start: Date.UTC(2024, 0, 1) });
});

test.each([
  ['name: NO', 'NO is text in YAML 1.2, and the boolean false to tools that read YAML 1.1.'],
  ['name: t\nowner: yes', 'yes is text in YAML 1.2, and the boolean true to tools that read YAML 1.1.'],
  [
    'name: t\nparams: {a: 2024-01-01}',
    '2024-01-01 is text in YAML 1.2, and a date to tools that read YAML 1.1.',
  ],
  [
    'name: t\nparams: {a: 017}',
    '017 is the number 17 in YAML 1.2, and an octal number to tools that read YAML 1.1.',
  ],
])('%j is warned of', async (text, message) => {
  const { warnings } = await load({ [T]: `kind: transform\n${text}\nsql: SELECT 1\n` });
  expect(warnings.map((warning) => warning.message)).toEqual([message]);
});

test('an empty profiles.yml, or one of comments, is none', async () => {
  for (const text of ['', '# later\n\n'])
    expect((await load({ 'profiles.yml': text, ...ORDERS })).warnings).toEqual([]);
});

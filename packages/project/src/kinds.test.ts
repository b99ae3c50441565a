import { afterAll, expect, test } from '@jest/globals';

import { load, ORDERS, problemsOf, removeFolders } from './temporary-project.test.kit.ts';

afterAll(removeFolders);

const A = 'seeknal/aggregations/a.yml';
const F = 'seeknal/feature_groups/f.yml';

const aggregation = (features: string, more = 'source: source.orders\n'): string =>
  `kind: aggregation\nname: a\nid_col: user\nfeature_date_col: at\napplication_date_col: as_of\n${more}features:\n${features}`;

const sqlOf = async (features: string, more?: string): Promise<string> => {
  const { manifest } = await load({ ...ORDERS, [A]: aggregation(features, more) });
  const spec = manifest.nodes['aggregation.a']?.spec;
  return spec?.kind === 'transform' ? spec.sql.template : '';
};

test('an aggregation is a row for each id and application date, a column for each aggregate', async () => {
  expect(
    await sqlOf('  - {name: fee, basic: [sum, mean, COUNT, std]}\n  - {name: n, column: id, basic: [max]}\n'),
  ).toBe(
    'SELECT "user", "as_of", SUM("fee") AS "fee_sum", AVG("fee") AS "fee_avg", COUNT("fee") AS "fee_count", ' +
      'STDDEV("fee") AS "fee_stddev", MAX("id") AS "n_max" FROM input_0 GROUP BY "user", "as_of" ORDER BY "user", "as_of"',
  );
});

test('further columns to group by, each once', async () => {
  expect(
    await sqlOf('  - {name: fee, basic: [sum]}\n', 'inputs: [source.orders]\ngroup_by: [country, user]\n'),
  ).toBe(
    'SELECT "user", "as_of", "country", SUM("fee") AS "fee_sum" FROM input_0 GROUP BY "user", "as_of", "country" ORDER BY "user", "as_of", "country"',
  );
});

test('windows, ratios and conditions name their columns as the Python tool does', async () => {
  const sql = await sqlOf(
    '  - name: fee\n    rolling: [{window: [1, 7], aggs: [sum, mean]}]\n    ratio: [{numerator: [1], denominator: [30], aggs: [sum]}]\n' +
      '    since: [{condition: "fee == 1", aggs: [count, sum]}]\n  - {name: n, column: id, rolling: {window: 30d, functions: [count]}}\n',
  );
  expect([...sql.matchAll(/AS "(?!_)(\w+)"/g)].map(([, name]) => name)).toEqual([
    'fee_sum_1d',
    'fee_avg_1d',
    'fee_sum_7d',
    'fee_avg_7d',
    'fee_sum_ratio_1d_30d',
    'fee_count_if',
    'fee_sum_if',
    'n_count_30d',
  ]);
});

test('what an aggregation is follows its SQL, not how its keys are written', async () => {
  const of = async (text: string) =>
    (await load({ ...ORDERS, [A]: text })).manifest.nodes['aggregation.a']?.fingerprint;
  const one = await of(aggregation('  - {name: fee, basic: [mean]}\n'));
  expect(
    await of(
      aggregation(
        '  - {name: fee, column: fee, basic: [avg], description: x}\n',
        'inputs: [source.orders]\n',
      ),
    ),
  ).toBe(one);
  expect(await of(aggregation('  - {name: fee, basic: [sum]}\n'))).not.toBe(one);
});

test('the config of an aggregation stays as it is written', async () => {
  const { manifest, warnings } = await load({
    ...ORDERS,
    [A]: aggregation('  - {name: fee, basic: [sum]}\n'),
  });
  expect(warnings).toEqual([]);
  expect(manifest.nodes['aggregation.a']?.config).toEqual({
    kind: 'aggregation',
    name: 'a',
    id_col: 'user',
    feature_date_col: 'at',
    application_date_col: 'as_of',
    source: 'source.orders',
    features: [{ name: 'fee', basic: ['sum'] }],
  });
});

const group = (more: string): string =>
  `kind: feature_group\nname: f\nentity: user\ninputs: [source.orders]\n${more}`;

const groupSpec = async (more: string) => {
  const { manifest, warnings } = await load({ ...ORDERS, [F]: group(more) });
  return { spec: manifest.nodes['feature_group.f']?.spec, warnings: warnings.map(({ message }) => message) };
};

test('a feature group holds the rows of its first input, and looks for the columns it promises', async () => {
  const { spec, warnings } = await groupSpec(
    'features: {fee: {dtype: float}, at: null}\nmaterialization: {event_time_col: at}\n',
  );
  expect(warnings).toEqual([]);
  expect(spec).toMatchObject({
    kind: 'transform',
    mode: 'full',
    sql: { template: 'SELECT * FROM input_0' },
    checks: [{ type: 'sql', sql: { template: 'SELECT "user_id", "at", "fee" FROM __THIS__ WHERE false' } }],
  });
});

test('a feature group with SQL of its own may call its input source', async () => {
  const { spec } = await groupSpec('transform: SELECT id AS user_id, at FROM source\nfeatures: [at]\n');
  expect(spec).toMatchObject({
    sql: { template: 'SELECT id AS user_id, at FROM source', place: { line: 5 } },
    inputs: [
      { ref: 'source.orders', place: 'input_0' },
      { ref: 'source.orders', place: 'source' },
    ],
    checks: [{ sql: { template: 'SELECT "user_id", "at" FROM __THIS__ WHERE false' } }],
  });
});

test.each([
  ['materialization: {online: {enabled: true}}\n', 'an online store is not supported yet', true],
  ['materialization: {online: false, offline: true}\n', null, true],
  ['materialization: {type: iceberg, table: x}\n', 'Materialising in another system', false],
  ['materializations: []\n', 'Materialising in another system', false],
  ['engine: spark\n', 'The engine spark is not supported yet', false],
  ['mode: merge\n', 'A feature group of mode merge', false],
  ['transform: SELECT 1; SELECT 2\n', 'SQL of several statements', false],
])('a feature group with %j', async (more, warning, runs) => {
  const { spec, warnings } = await groupSpec(more);
  expect(warnings).toEqual(warning === null ? [] : [expect.stringContaining(warning)]);
  expect(spec?.kind).toBe(runs ? 'transform' : 'unsupported');
});

test('an aggregation that goes to another system does not run', async () => {
  const { manifest } = await load({
    ...ORDERS,
    [A]: aggregation('  - {name: fee, basic: [sum]}\n', 'source: source.orders\nmaterializations: []\n'),
  });
  expect(manifest.nodes['aggregation.a']?.spec.kind).toBe('unsupported');
});

test.each<[string, string, string, RegExp, RegExp?]>([
  [A, aggregation('  - {name: fee, basic: [summ]}\n'), '8:25', /"summ"/, /"sum"/],
  [A, aggregation('  - {name: fee, basic: [quantile_of]}\n'), '8:25', /"quantile_of"/, /count, sum/],
  [A, aggregation('  - {name: fee, since: [{condition: x, aggs: [avg]}]}\n'), '8:47', /"avg"/, /count, sum/],
  [A, aggregation('  - {name: fee, rolling: {window: 7d, functions: [x]}}\n'), '8:51', /"x"/],
  [A, aggregation('  - {name: fee, rolling: [{window: [7], aggs: [x]}]}\n'), '8:48', /"x"/],
  [A, aggregation('  - {name: fee}\n'), '8:5', /"fee" has no aggregate/, /basic/],
  [A, aggregation('  - {name: fee, basic: []}\n'), '8:5', /"fee" has no aggregate/],
  [A, aggregation('  - {name: fee, basic: [sum, sum]}\n'), '8:3', /called "fee_sum"/],
  [A, aggregation('  - {name: fee, since: [{condition: "a = \'"}]}\n'), '8:3', /no end/],
  [A, aggregation('  - {name: fee, basic: [sum]}\n', ''), '1:1', /nothing to aggregate/, /source/],
  [A, aggregation('  - {name: fee, basic: [sum]}\n', 'source: source.odrers\n'), '6:9', /"source.odrers"/],
  [A, aggregation('  - {name: "{{ x }}", basic: [sum]}\n'), '8:13', /name of a column/],
  [F, 'kind: feature_group\nname: f\nentity: user\n', '1:1', /no input/, /inputs/],
  [F, 'kind: feature_group\nname: f\nentity: user\ninputs: [source.odrers]\n', '4:10', /"source.odrers"/],
  [F, group("transform: SELECT 'x\n"), '5:19', /no end/],
  [F, group('feature: {a: {}}\n'), '5:1', /"feature"/, /"features"/],
])('%s is refused with its place', async (...row) => {
  const [file, text, place, message, hint] = row;
  const [problem] = await problemsOf({ ...ORDERS, [file]: text });
  expect(`${problem?.place.line}:${problem?.place.column}`).toBe(place);
  expect(problem?.message).toMatch(message);
  if (hint !== undefined) expect(problem?.hint).toMatch(hint);
});

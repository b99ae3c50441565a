import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

import { emptyFolder, seeknal, shop, SHOP } from '../in-process.test.kit.ts';

/** To compile one takes a while. */
const compiled = new Map<string, Promise<ValidateFunction>>();

function schemaOf(name: string): Promise<ValidateFunction> {
  const known = compiled.get(name) ?? compiledSchema(name);
  compiled.set(name, known);
  return known;
}

async function compiledSchema(name: string): Promise<ValidateFunction> {
  const { code, out } = await seeknal(await emptyFolder(), ['schema', name]);
  expect(code).toBe(0);
  return new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(out) as object);
}

/** What the schema says of a document: nothing where it is good. */
const said = (validate: ValidateFunction, document: unknown): readonly string[] =>
  validate(document)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

/** Every YAML file below a folder, by its path. */
async function yamlFiles(folder: string): Promise<readonly (readonly [string, unknown])[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.filter(
    (name) => /\.ya?ml$/.test(name) && !name.startsWith('target') && name !== 'profiles.yml',
  );
  return Promise.all(
    paths.map(async (path) => [path, parse(await readFile(join(folder, path), 'utf8'))] as const),
  );
}

test('plans of every sort are as their schema says', async () => {
  const validate = await schemaOf('plan');
  const folder = await shop({
    'seeknal/transforms/last.yml':
      'kind: transform\nname: last\nschedule: "@daily"\nstart: 2024-01-01\nmode: upsert_by_key\nunique_keys: [day]\ninputs: [{ref: transform.daily, reads: {back: 1}}]\ntransform: SELECT * FROM input_0\n',
    'seeknal/transforms/gone.yml': 'kind: transform\nname: gone\ntransform: SELECT random() AS x\n',
    'seeknal/profiles/later.yml': 'kind: profile\nname: later\nsource: transform.daily\n',
    'seeknal/rules/small.yml':
      'kind: rule\nname: small\nrule: {type: range, column: amount, params: {max_val: 100}}\ninputs: [transform.daily]\n',
    'seeknal/exposures/out.yml':
      'kind: exposure\nname: out\ntype: file\nparams: {path: target/out.csv}\ninputs: [transform.total]\n',
  });
  const plan = async (more = ''): Promise<{ readonly nodes: readonly { readonly action: string }[] }> => {
    const { out } = await seeknal(folder, `plan --json${more}`);
    const document = JSON.parse(out) as never;
    expect(said(validate, document)).toEqual([]);
    return document;
  };
  const actions = new Set<string>();
  const note = ({ nodes }: Awaited<ReturnType<typeof plan>>): void => {
    for (const { action } of nodes) actions.add(action);
  };
  note(await plan());
  await plan(' --start 2024-01-02 --end 2024-01-02');
  await seeknal(folder, 'run');
  note(await plan());
  note(await plan(' --full-refresh'));
  const daily = SHOP['seeknal/transforms/daily.yml'] as string;
  await writeFile(join(folder, 'seeknal/transforms/daily.yml'), daily.replace('sum(amount)', 'max(amount)'));
  await writeFile(
    join(folder, 'seeknal/transforms/gone.yml'),
    'kind: transform\nname: other\ntransform: SELECT 1 AS x\n',
  );
  note(await plan());
  note(await plan(' --env dev'));
  expect([...actions].toSorted()).toEqual(['add', 'backfill', 'blocked', 'change', 'keep', 'remove']);
});

test('a plan that lacks a key, or has one too many, is none', async () => {
  const validate = await schemaOf('plan');
  const { out } = await seeknal(await shop(), 'plan --json');
  const plan = JSON.parse(out) as { readonly [key: string]: unknown };
  const { summary: _, ...rest } = plan;
  expect(said(validate, rest)).toEqual([" must have required property 'summary'"]);
  expect(said(validate, { ...plan, extra: 1 })).toEqual([' must NOT have additional properties']);
  expect(said(validate, { ...plan, tasks: [{}] })).not.toEqual([]);
});

test('the files of the example, and those of this test, are good', async () => {
  const validate = await schemaOf('project');
  const example = fileURLToPath(new URL('../../example', import.meta.url));
  const files = [...(await yamlFiles(example)), ...(await yamlFiles(await shop()))];
  expect(files.length).toBeGreaterThan(6);
  const nodes = files.filter(([path]) => !path.startsWith('tests'));
  expect(
    nodes.flatMap(([path, document]) => said(validate, document).map((each) => `${path}${each}`)),
  ).toEqual([]);
});

const HARBOR = fileURLToPath(new URL('../../../../../shared/fixtures/harbor', import.meta.url));
(existsSync(HARBOR) ? test : test.skip)(
  'the files of a Python project are good (skipped without ../shared)',
  async () => {
    const validate = await schemaOf('project');
    const files = await yamlFiles(HARBOR);
    expect(files).toHaveLength(9);
    expect(
      files.flatMap(([path, document]) => said(validate, document).map((each) => `${path}${each}`)),
    ).toEqual([]);
  },
);

test.each([
  ['a node under its name', 'daily: {schedule: "@daily", sql: SELECT 1}'],
  ['shared snippets', 'rules: [{id: active, value: "status = 1"}]'],
  ['a project', 'name: shop\ndefaults: {start: 2024-01-01}\nwarehouse: {path: x.duckdb}'],
  ['a kind that does not run yet', 'kind: metric\nname: m\nanything: goes'],
  [
    'an aggregation',
    'kind: aggregation\nname: a\nid_col: u\nfeature_date_col: d\napplication_date_col: d\nsource: transform.t\nfeatures: [{name: fee, basic: [sum], rolling: {window: 7d, aggs: [sum]}}]',
  ],
  ['a map of inputs', 'kind: transform\nname: t\nsql: SELECT 1\ninputs: {users: "ref:source.users"}'],
])('good: %s', async (_, text) => {
  expect(said(await schemaOf('project'), parse(text))).toEqual([]);
});

test.each([
  ['a misspelt key', 'kind: transform\nname: t\nsqll: SELECT 1'],
  ['a mode that is none', 'kind: transform\nname: t\nsql: SELECT 1\nmode: fulll'],
  ['a kind that is none', 'kind: trnsform\nname: t\nsql: SELECT 1'],
  ['a node without a name', 'kind: transform\nsql: SELECT 1'],
  ['a text where a list belongs', 'kind: transform\nname: t\nsql: SELECT 1\nunique_keys: id'],
  ['a negative look-back', 'kind: transform\nname: t\nsql: SELECT 1\nlookback: -1'],
  ['a source without a table', 'kind: source\nname: s\nsource: csv'],
  ['an audit of no type', 'kind: transform\nname: t\nsql: SELECT 1\naudits: [{columns: [a]}]'],
  [
    'an aggregation without features',
    'kind: aggregation\nname: a\nid_col: u\nfeature_date_col: d\napplication_date_col: d\nfeatures: []',
  ],
  ['a misspelt key of the project', 'name: shop\nwarehose: x.duckdb'],
  ['a misspelt key of a node under its name', 'daily: {schedul: "@daily", sql: SELECT 1, xx: 1}'],
])('bad: %s', async (_, text) => {
  expect(said(await schemaOf('project'), parse(text))).not.toEqual([]);
});

test.each<[string, boolean]>([
  [
    't: {node: daily, start: 2024-01-01, inputs: {orders: [{a: 1}]}, expect: {rows: [], columns: {a: integer}}}',
    true,
  ],
  ['t: {model: daily, expect: []}', true],
  ['t: {expect: []}', false],
  ['t: {node: daily}', false],
  ['t: {node: daily, expekt: []}', false],
])('tests: %j', async (text, isGood) => {
  expect((await schemaOf('test'))(parse(text))).toBe(isGood);
});

test('the keys of a schema say what they are about', async () => {
  const { out } = await seeknal(await emptyFolder(), 'schema project');
  const { definitions } = JSON.parse(out) as {
    readonly definitions: { readonly transform: { readonly properties: { readonly [key: string]: object } } };
  };
  expect(definitions.transform.properties['mode']).toMatchObject({
    enum: ['full', 'incremental_by_time', 'view', 'upsert_by_key', 'append'],
    description: expect.stringContaining('How rows are kept'),
  });
});

test('a schema that is not there is told from those that are', async () => {
  const { code, err } = await seeknal(await emptyFolder(), 'schema pln');
  expect(code).toBe(2);
  expect(err).toContain('Did you mean plan?');
});

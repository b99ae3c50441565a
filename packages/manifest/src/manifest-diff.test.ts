import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { assembleManifest, type DraftNode } from './assemble.ts';
import { ManifestDiff } from './manifest-diff.ts';
import type { Manifest } from './manifest.ts';
import { ChangeCategory, type ChangeType, type NodeChange } from './node-change.ts';
import type { JsonObject, NodeInput, NodeSpec, TransformSpec } from './node.ts';
import { sqlChanges, type SqlClassifier, type SqlVerdict } from './sql-change.ts';

const place = { file: 'seeknal/x.yml', line: 1, column: 1 };

interface Example {
  readonly sql?: string;
  readonly reads?: string | JsonObject;
  readonly definition?: JsonObject;
  readonly config?: JsonObject;
  readonly volatile?: readonly string[];
  readonly rest?: Partial<DraftNode>;
}

/** `reads`: names in order, or a map of places to names. */
function node(
  name: string,
  { sql = 'select 1', reads = '', definition = {}, config = {}, volatile = [], rest }: Example = {},
): DraftNode {
  const places =
    typeof reads === 'string'
      ? Object.fromEntries(
          reads
            .split(' ')
            .filter(Boolean)
            .map((ref, i) => [`input_${i}`, ref]),
        )
      : reads;
  const inputs: NodeInput[] = Object.entries(places).map(([at, ref]) => ({
    ref: `transform.${String(ref)}`,
    place: at,
    reads: { kind: 'all' },
  }));
  const spec: TransformSpec = {
    kind: 'transform',
    mode: 'full',
    sql: { template: sql, place, indent: 0 },
    params: {},
    inputs,
    timing: null,
    timeColumn: null,
    outOfRange: 'fail',
    onChange: 'keep',
    volatile,
    checks: [],
  };
  return {
    id: `transform.${name}`,
    name,
    type: 'transform',
    description: null,
    owner: null,
    tags: [],
    columns: {},
    config: { sql, ...config },
    file_path: place.file,
    place,
    spec,
    definition: {
      sql,
      ...(inputs.length > 0 && {
        inputs: inputs.map((input) => ({ place: input.place, reads: input.reads })) as never,
      }),
      ...definition,
    },
    ...rest,
  };
}

const manifest = (...nodes: readonly DraftNode[]): Manifest =>
  assembleManifest({ project: 'p', toolVersion: '1', generatedAt: '2024-01-01T00:00:00.000Z', nodes });

const verdict = (category: SqlVerdict['category'], ...changes: readonly ChangeType[]): SqlVerdict => ({
  category,
  reason: `${category} it is.`,
  edits: changes.length === 0 ? [] : [{ changes, sentence: 'An edit.' }],
});

const says =
  (told: SqlVerdict): SqlClassifier =>
  () =>
    told;

/** The one change between two versions of a node. */
function changeOf(old: Example, now: Example, classify?: SqlClassifier): NodeChange | undefined {
  const inputs = ['a', 'b', 'c'].map((name) => node(name));
  const diff = ManifestDiff.compare(
    manifest(...inputs, node('x', old)),
    manifest(...inputs, node('x', now)),
    classify,
  );
  expect(diff.changes.length).toBeLessThan(2);
  return diff.changes[0];
}

const added = says(verdict('NON_BREAKING', 'COLUMN_ADDED'));
const broken = says(verdict('BREAKING', 'COLUMN_REMOVED', 'COLUMN_ADDED'));

test.each<[string, Example, Example, SqlClassifier | undefined, string]>([
  ['nothing', {}, {}, undefined, 'none'],
  ['another file', {}, { rest: { file_path: 'y.yml', place: { ...place, line: 3 } } }, undefined, 'none'],
  ['its description', {}, { rest: { description: 'd' } }, undefined, 'METADATA METADATA_CHANGED'],
  ['its owner and tags', {}, { rest: { owner: 'o', tags: ['t'] } }, undefined, 'METADATA METADATA_CHANGED'],
  [
    'a comment in its SQL',
    {},
    { config: { sql: 'select 1 -- one' } },
    undefined,
    'METADATA METADATA_CHANGED',
  ],
  ['its audits', {}, { config: { audits: [] } }, undefined, 'METADATA METADATA_CHANGED'],
  ['its SQL, of which nobody knows', {}, { sql: 'select 2' }, undefined, 'BREAKING SQL_LOGIC_CHANGED'],
  ['its SQL, equal', {}, { sql: 'select 2' }, says(verdict('EQUAL')), 'METADATA METADATA_CHANGED'],
  [
    'its SQL, but for comments',
    {},
    { sql: 'select 2' },
    says(verdict('METADATA')),
    'METADATA METADATA_CHANGED',
  ],
  ['its SQL, harmless', {}, { sql: 'select 2' }, added, 'NON_BREAKING COLUMN_ADDED'],
  ['its SQL, not harmless', {}, { sql: 'select 2' }, broken, 'BREAKING COLUMN_REMOVED COLUMN_ADDED'],
  [
    'harmless SQL with a volatile function',
    {},
    { sql: 'select 2', volatile: ['random'] },
    added,
    'BREAKING SQL_LOGIC_CHANGED',
  ],
  [
    'harmless SQL that had a volatile function',
    { volatile: ['now'] },
    { sql: 'select 2' },
    added,
    'BREAKING SQL_LOGIC_CHANGED',
  ],
  [
    'harmful SQL with a volatile function',
    { volatile: ['now'] },
    { sql: 'select 2' },
    broken,
    'BREAKING COLUMN_REMOVED COLUMN_ADDED',
  ],
  [
    'harmless SQL under keys without an order',
    { definition: { mode: 'upsert_by_key' } },
    { sql: 'select 2', definition: { mode: 'upsert_by_key' } },
    added,
    'BREAKING SQL_LOGIC_CHANGED',
  ],
  [
    'harmless SQL under keys with an order',
    { definition: { mode: 'upsert_by_key', order_by: 'v' } },
    { sql: 'select 2', definition: { mode: 'upsert_by_key', order_by: 'v' } },
    added,
    'NON_BREAKING COLUMN_ADDED',
  ],
  [
    'SQL with control flow',
    { definition: { template: '{% if %}' } },
    { sql: 'select 2', definition: { template: '{% if %}' } },
    added,
    'BREAKING SQL_LOGIC_CHANGED',
  ],
  [
    'a template that changed',
    { definition: { template: '{% if %}' } },
    { definition: { template: '{% for %}' } },
    added,
    'BREAKING CONFIG_CHANGED',
  ],
  [
    'SQL that is no text',
    { definition: { sql: null } },
    { sql: 'select 2' },
    added,
    'BREAKING SQL_LOGIC_CHANGED',
  ],
  ['its schedule', {}, { definition: { schedule: '0 0 * * *' } }, undefined, 'BREAKING CONFIG_CHANGED'],
  [
    'a setting that is null and one that is absent',
    {},
    { definition: { schedule: null } },
    undefined,
    'BREAKING CONFIG_CHANGED',
  ],
  [
    'harmless SQL and its mode',
    { definition: { mode: 'full' } },
    { sql: 'select 2', definition: { mode: 'view' } },
    added,
    'BREAKING COLUMN_ADDED CONFIG_CHANGED',
  ],
  [
    'declared columns',
    { definition: { columns: { a: 'int', b: 'int', c: 'int' } } },
    { definition: { columns: { a: 'int', c: 'text', d: 'int' } } },
    undefined,
    'BREAKING COLUMN_REMOVED COLUMN_TYPE_CHANGED COLUMN_ADDED',
  ],
  [
    'declared columns as a list',
    { definition: { columns: [{ name: 'a', type: 'int' }] } },
    {},
    undefined,
    'BREAKING COLUMN_REMOVED',
  ],
  [
    'the order of declared columns',
    {
      definition: {
        columns: [
          { name: 'a', type: 'int' },
          { name: 'b', type: 'int' },
        ],
      },
    },
    {
      definition: {
        columns: [
          { name: 'b', type: 'int' },
          { name: 'a', type: 'int' },
        ],
      },
    },
    undefined,
    'BREAKING CONFIG_CHANGED',
  ],
  [
    'one input more, and nothing made of it',
    { reads: 'a' },
    { reads: 'a b' },
    undefined,
    'METADATA TABLE_ADDED',
  ],
  [
    'one input less, and nothing made of it',
    { reads: 'a b' },
    { reads: 'a' },
    undefined,
    'METADATA TABLE_REMOVED',
  ],
  [
    'one input more, and harmless SQL',
    { reads: 'a' },
    { reads: 'a b', sql: 'select 2' },
    added,
    'NON_BREAKING COLUMN_ADDED TABLE_ADDED',
  ],
  ['one input for another', { reads: 'a' }, { reads: 'b' }, undefined, 'BREAKING TABLE_REMOVED TABLE_ADDED'],
  ['swapped inputs', { reads: 'a b' }, { reads: 'b a' }, added, 'BREAKING CONFIG_CHANGED'],
  [
    'inputs in another order',
    { reads: { x: 'a', y: 'b' } },
    { reads: { y: 'b', x: 'a' } },
    added,
    'BREAKING CONFIG_CHANGED',
  ],
  [
    'inputs of a template',
    { reads: 'a', definition: { template: '{% if %}' } },
    { reads: 'a b', definition: { template: '{% if %}' } },
    added,
    'BREAKING TABLE_ADDED',
  ],
])('%s', (_, old, now, classify, expected) => {
  const change = changeOf(old, now, classify);
  expect(change === undefined ? 'none' : [change.category, ...change.types].join(' ')).toBe(expected);
});

test('details name what they are about, and the reason is that of the category', () => {
  expect(changeOf({ reads: 'a' }, { reads: 'b', sql: 'select 2', rest: { owner: 'o' } }, added)).toEqual({
    node: 'transform.x',
    category: 'BREAKING',
    types: ['COLUMN_ADDED', 'TABLE_REMOVED', 'TABLE_ADDED', 'METADATA_CHANGED'],
    details: [
      { type: 'COLUMN_ADDED', subject: null, sentence: 'An edit.' },
      { type: 'TABLE_REMOVED', subject: 'transform.a', sentence: 'It no longer reads transform.a.' },
      { type: 'TABLE_ADDED', subject: 'transform.b', sentence: 'It reads transform.b now.' },
      { type: 'METADATA_CHANGED', subject: 'owner', sentence: 'Its owner changed.' },
    ],
    reason: 'It no longer reads transform.a. It reads transform.b now.',
  });
});

/** a ← b ← c, and d by itself. */
const chain = (changed: Readonly<Record<string, Example>> = {}): Manifest =>
  manifest(
    node('a', changed['a']),
    node('b', { reads: 'a', ...changed['b'] }),
    node('c', { reads: 'b', ...changed['c'] }),
    node('d', changed['d']),
  );

test.each<[string, Readonly<Record<string, Example>>, SqlClassifier | undefined, Record<string, string>]>([
  ['nothing', {}, undefined, {}],
  ['metadata', { a: { rest: { owner: 'o' } } }, undefined, {}],
  [
    'the first',
    { a: { sql: 'select 2' } },
    undefined,
    { 'transform.a': 'BREAKING', 'transform.b': 'BREAKING', 'transform.c': 'BREAKING' },
  ],
  [
    'the first, harmlessly',
    { a: { sql: 'select 2' } },
    added,
    { 'transform.a': 'NON_BREAKING', 'transform.b': 'NON_BREAKING', 'transform.c': 'NON_BREAKING' },
  ],
  [
    'the middle, harmlessly, and the first',
    { a: { definition: { mode: 'view' } }, b: { sql: 'select 2' } },
    added,
    { 'transform.a': 'BREAKING', 'transform.b': 'BREAKING', 'transform.c': 'BREAKING' },
  ],
  [
    'the first, and metadata of the last',
    { a: { sql: 'select 2' }, c: { rest: { owner: 'o' } } },
    added,
    { 'transform.a': 'NON_BREAKING', 'transform.b': 'NON_BREAKING', 'transform.c': 'NON_BREAKING' },
  ],
  ['one that nobody reads', { d: { sql: 'select 2' } }, undefined, { 'transform.d': 'BREAKING' }],
])('to rebuild after a change of %s', (_, changed, classify, expected) => {
  const now = chain(changed);
  const diff = ManifestDiff.compare(chain(), now, classify);
  expect(diff.hasChanges()).toBe(Object.keys(changed).length > 0);
  expect(diff.getNodesToRebuild()).toEqual(expected);
  expect(diff.getNodesToRebuild(now)).toEqual(expected);
});

test('a new node is built, a removed one is not, and what is metadata is listed only', () => {
  const old = manifest(node('gone'), node('kept'), node('noted'));
  const now = manifest(node('kept'), node('new', { reads: 'kept' }), node('noted', { rest: { owner: 'o' } }));
  const diff = ManifestDiff.compare(old, now);
  expect(diff.changes.map(({ node: id, types }) => `${id} ${types.join()}`)).toEqual([
    'transform.gone NODE_REMOVED',
    'transform.noted METADATA_CHANGED',
    'transform.new NODE_ADDED',
  ]);
  expect(diff.getNodesToRebuild()).toEqual({ 'transform.new': 'NON_BREAKING' });
  const named = Object.entries(diff.getCategorizedChanges()).map(([category, list]) => [
    category,
    list.map(({ node: id }) => id),
  ]);
  expect(Object.fromEntries(named)).toEqual({
    [ChangeCategory.BREAKING]: ['transform.gone'],
    [ChangeCategory.NON_BREAKING]: ['transform.new'],
    [ChangeCategory.METADATA]: ['transform.noted'],
  });
});

test('the SQL to be classified is known ahead', () => {
  const now = chain({ a: { sql: 'select 2' }, c: { definition: { template: '{% if %}' }, sql: 'select 3' } });
  expect(sqlChanges(chain(), manifest(node('new'), ...Object.values(now.nodes)))).toEqual([
    { node: 'transform.a', oldSql: 'select 1', newSql: 'select 2' },
  ]);
});

test('a source has no inputs and no SQL', () => {
  const spec: NodeSpec = {
    kind: 'source',
    format: 'csv',
    path: 'x.csv',
    options: {},
    columns: [],
    timeColumn: null,
    freshness: null,
    checks: [],
  };
  const source = (path: string): Example => ({ rest: { spec, definition: { path } } });
  expect(changeOf(source('x.csv'), source('y.csv'))?.types).toEqual(['CONFIG_CHANGED']);
});

test('what is rebuilt is exactly what changed and what reads it, by a walk of every path', () => {
  const edge = fc.tuple(fc.nat(6), fc.nat(6)).filter(([from, to]) => from < to);
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 12 }), fc.uniqueArray(fc.nat(6)), (edges, changed) => {
      const parents = (to: number): number[] => [
        ...new Set(edges.filter((each) => each[1] === to).map(([from]) => from)),
      ];
      const build = (isNew: boolean): Manifest =>
        manifest(
          ...[0, 1, 2, 3, 4, 5, 6].map((i) =>
            node(`n${i}`, {
              reads: parents(i)
                .map((from) => `n${from}`)
                .join(' '),
              sql: isNew && changed.includes(i) ? 'select 2' : 'select 1',
            }),
          ),
        );
      const isReached = (i: number): boolean => changed.includes(i) || parents(i).some(isReached);
      const expected = [0, 1, 2, 3, 4, 5, 6].filter(isReached).map((i) => `transform.n${i}`);
      expect(
        Object.keys(ManifestDiff.compare(build(false), build(true)).getNodesToRebuild()).toSorted(),
      ).toEqual(expected);
    }),
  );
});

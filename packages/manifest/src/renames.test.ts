import { expect, test } from '@jest/globals';

import { assembleManifest, inputsOf, type DraftNode } from './assemble.ts';
import { ManifestDiff } from './manifest-diff.ts';
import type { Manifest } from './manifest.ts';
import type { NodeId, NodeSpec } from './node.ts';
import { renamesFrom, withNamesOf } from './renames.ts';
import { sqlChanges } from './sql-change.ts';

const place = { file: 'seeknal/x.yml', line: 1, column: 1 };

interface Example {
  readonly from?: readonly string[];
  readonly reads?: readonly string[];
  readonly sql?: string | null;
  readonly config?: DraftNode['config'];
}

function draft(id: NodeId, { from, reads = [], sql = 'select 1', config = {} }: Example = {}): DraftNode {
  const [type = '', name = ''] = id.split('.');
  const inputs = reads.map((ref, i) => ({ ref, place: `input_${i}`, reads: { kind: 'all' } }));
  return {
    id,
    name,
    type: type as DraftNode['type'],
    description: null,
    owner: null,
    tags: [],
    ...(from !== undefined && { renamedFrom: from }),
    columns: {},
    config: { name, ...(from !== undefined && { renamed_from: from }), ...config },
    file_path: place.file,
    place,
    spec: (type === 'source'
      ? { kind: 'source' }
      : { kind: 'unsupported', reason: '', inputs }) as unknown as NodeSpec,
    definition: { sql },
  };
}

const manifest = (nodes: { readonly [id: NodeId]: Example }): Manifest =>
  assembleManifest({
    project: 'p',
    toolVersion: '1',
    generatedAt: '',
    nodes: Object.entries(nodes).map(([id, example]) => draft(id, example)),
  });

test.each<[string, readonly string[], { readonly [id: NodeId]: Example }, readonly string[]]>([
  // what is known             the nodes of now                             what is called otherwise there
  ['nobody says anything', ['t.a'], { 't.b': {} }, []],
  ['a name that is gone', ['t.a'], { 't.b': { from: ['t.a'] } }, ['t.b was t.a']],
  ['the first that is known', ['t.a', 't.b'], { 't.c': { from: ['t.x', 't.b', 't.a'] } }, ['t.c was t.b']],
  ['a name in another spelling', ['t.Daily'], { 't.b': { from: ['t.daily'] } }, ['t.b was t.Daily']],
  [
    'another spelling is another name',
    ['t.Daily'],
    { 't.daily': { from: ['t.Daily'] } },
    ['t.daily was t.Daily'],
  ],
  ['it is known already', ['t.a', 't.b'], { 't.b': { from: ['t.a'] } }, []],
  ['the old name is there still', ['t.a'], { 't.a': {}, 't.b': { from: ['t.a'] } }, []],
  ['nobody knew it', ['t.c'], { 't.b': { from: ['t.a'] } }, []],
  ['it never was called otherwise', ['t.a'], { 't.b': { from: [] } }, []],
])('%s', (_, known, nodes, expected) => {
  const renames = renamesFrom(known, manifest(nodes));
  expect([...renames].map(([id, former]) => `${id} was ${former}`)).toEqual(expected);
});

test('an older manifest takes the names of a newer one, in what is read and in SQL', () => {
  const old = manifest({
    'source.raw': {},
    'transform.daily': { reads: ['source.raw'], sql: 'from source . raw' },
    'transform.week': {
      reads: ['transform.daily', 'source.raw', 'transform.other'],
      sql: `select transform . daily . day , daily from transform . daily , "transform" . "daily" , transform . daily2 , x . transform . daily , source . raw`,
    },
    'transform.odd': { reads: ['transform.daily'], sql: null },
    'transform.other': {},
  });
  const now = manifest({
    'source.raw-2': { from: ['source.raw'] },
    'transform.sums': { from: ['transform.daily'], reads: ['source.raw-2'] },
  });
  const named = withNamesOf(old, now);
  const seen = Object.values(named.nodes).map(({ id, name, spec, definition: { sql } }) => [
    id,
    name,
    inputsOf(spec).map(({ ref }) => ref),
    sql,
  ]);
  expect(seen).toEqual([
    ['source.raw-2', 'raw-2', [], 'select 1'],
    ['transform.other', 'other', [], 'select 1'],
    ['transform.sums', 'sums', ['source.raw-2'], 'from source . "raw-2"'],
    ['transform.odd', 'odd', ['transform.sums'], null],
    [
      'transform.week',
      'week',
      ['transform.sums', 'source.raw-2', 'transform.other'],
      `select transform . sums . day , daily from transform . sums , "transform" . sums , transform . daily2 , x . transform . daily , source . "raw-2"`,
    ],
  ]);
  expect(withNamesOf(old, old)).toBe(old);
});

test('a rename is one change of one node, and none of its readers', () => {
  const old = manifest({
    'transform.daily': { config: { owner: 'a' } },
    'transform.week': { reads: ['transform.daily'], sql: 'from transform . daily' },
  });
  const readers = { 'transform.week': { reads: ['transform.sums'], sql: 'from transform . sums' } };
  const now = manifest({
    'transform.sums': { from: ['transform.daily'], config: { owner: 'a' } },
    ...readers,
  });
  const { changes } = ManifestDiff.compare(old, now);
  expect(changes).toEqual([
    {
      node: 'transform.sums',
      renamedFrom: 'transform.daily',
      category: 'METADATA',
      types: ['NODE_RENAMED'],
      details: [
        { type: 'NODE_RENAMED', subject: 'transform.daily', sentence: 'It was called transform.daily.' },
      ],
      reason: 'It was called transform.daily.',
    },
  ]);
  expect(sqlChanges(old, now)).toEqual([]);
  const edited = manifest({ 'transform.sums': { from: ['transform.daily'], sql: 'select 2' }, ...readers });
  const diff = ManifestDiff.compare(old, edited);
  expect(diff.changes[0]).toMatchObject({
    category: 'BREAKING',
    renamedFrom: 'transform.daily',
    types: ['NODE_RENAMED', 'SQL_LOGIC_CHANGED'],
    reason: expect.stringMatching(/^It was called transform\.daily\. Its SQL changed\./u),
  });
  expect(sqlChanges(old, edited)).toEqual([
    { node: 'transform.sums', oldSql: 'select 1', newSql: 'select 2' },
  ]);
  expect(Object.keys(diff.getNodesToRebuild())).toEqual(['transform.sums', 'transform.week']);
});

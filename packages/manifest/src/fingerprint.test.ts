import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { assembleManifest, inputsOf, manifestGraph, type DraftNode } from './assemble.ts';
import { canonicalJson, fingerprint, sameJson, sha256 } from './fingerprint.ts';
import type { Json } from './node.ts';

test.each([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [{ a: 1, b: 2, c: 3 }, '{"a":1,"b":2,"c":3}'],
  [{ a: { d: 1, c: 2 } }, '{"a":{"c":2,"d":1}}'],
  [[{ y: 1, x: 2 }], '[{"x":2,"y":1}]'],
])('%j is %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

/** As its definition says it. */
function slowCanonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(slowCanonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [key: string]: Json }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${slowCanonicalJson(item)}`).join(',')}}`;
}

test('any JSON is written by its definition, and is the same exactly where its text is', () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, json, (a, b) => {
      const [textA, textB] = [slowCanonicalJson(a), slowCanonicalJson(b)];
      expect(canonicalJson(a)).toBe(textA);
      expect(sameJson(a, b)).toBe(textA === textB);
      expect(sameJson(a, JSON.parse(textA) as Json)).toBe(true);
    }),
  );
  for (const [a, b] of [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, { b: 1 }],
    [[1], { 0: 1 }],
    [[1, 2], [1]],
    [{}, null],
    [{ a: 1 }, { a: 1, b: 1 }],
  ] as const) {
    expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
  }
});

test('the fingerprint of a pinned definition never changes: every table would be rebuilt', () => {
  expect(fingerprint('transform.x', { sql: 'SELECT 1' }, [{ place: 'input_0', fingerprint: 'f' }])).toBe(
    sha256(`["1","transform.x","${sha256('{"sql":"SELECT 1"}')}",[["input_0","f"]]]`),
  );
});

const place = { file: 'seeknal/x.yml', line: 1, column: 1 };

function node(name: string, sql: string, inputs: readonly string[] = []): DraftNode {
  return {
    id: `transform.${name}`,
    name,
    type: 'transform',
    description: null,
    owner: null,
    tags: [],
    columns: {},
    config: {},
    file_path: place.file,
    place,
    spec: {
      kind: 'transform',
      mode: 'full',
      sql: { template: sql, place, indent: 0 },
      params: {},
      inputs: inputs.map((ref, i) => ({
        ref: `transform.${ref}`,
        place: `input_${i}`,
        reads: { kind: 'all' },
      })),
      timing: null,
      timeColumn: null,
      outOfRange: 'fail',
      onChange: 'keep',
      volatile: [],
      checks: [],
    },
    definition: { sql },
  };
}

const assemble = (nodes: readonly DraftNode[]) =>
  assembleManifest({ project: 'p', toolVersion: '1', generatedAt: '2024-01-01T00:00:00.000Z', nodes });

test('nodes stand in topological order with an edge for each input', () => {
  const manifest = assemble([node('c', '3', ['b', 'a', 'b']), node('b', '2', ['a']), node('a', '1')]);
  expect(Object.keys(manifest.nodes)).toEqual(['transform.a', 'transform.b', 'transform.c']);
  expect(manifest.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
    'transform.a transform.b',
    'transform.b transform.c',
    'transform.a transform.c',
  ]);
  expect(manifestGraph(manifest).order).toEqual(Object.keys(manifest.nodes));
  expect(manifest.metadata).toEqual({
    project: 'p',
    seeknal_version: '1',
    generated_at: '2024-01-01T00:00:00.000Z',
  });
});

test('an input that no node has gives neither an edge nor a part of the fingerprint', () => {
  const manifest = assemble([node('a', '1', ['nowhere'])]);
  expect(manifest.edges).toEqual([]);
  expect(manifest.nodes['transform.a']?.fingerprint).toBe(
    assemble([node('a', '1')]).nodes['transform.a']?.fingerprint,
  );
});

test('a changed definition changes the fingerprints of everything below it and of nothing else', () => {
  const before = assemble([node('a', '1'), node('b', '2', ['a']), node('c', '3', ['b']), node('d', '4')]);
  const after = assemble([node('a', '1x'), node('b', '2', ['a']), node('c', '3', ['b']), node('d', '4')]);
  const changed = Object.keys(before.nodes).filter(
    (id) => before.nodes[id]?.fingerprint !== after.nodes[id]?.fingerprint,
  );
  expect(changed).toEqual(['transform.a', 'transform.b', 'transform.c']);
});

test('swapped inputs are another fingerprint', () => {
  const [one, other] = [
    ['a', 'b'],
    ['b', 'a'],
  ].map(
    (inputs) =>
      assemble([node('a', '1'), node('b', '2'), node('c', '3', inputs)]).nodes['transform.c']?.fingerprint,
  );
  expect(one).not.toBe(other);
});

test('a source reads nothing of the project', () => {
  const spec = { kind: 'source', format: 'csv', path: 'x.csv', options: {}, columns: [] } as const;
  expect(inputsOf({ ...spec, timeColumn: null, freshness: null, checks: [] })).toEqual([]);
});

import { expect, test } from '@jest/globals';

import type { Manifest } from './manifest.ts';
import { readManifest } from './read-manifest.ts';

const whole: Manifest = {
  metadata: { project: 'p', seeknal_version: '1', generated_at: '2024-01-01T00:00:00.000Z' },
  nodes: { 'transform.a': { id: 'transform.a', definition: {}, spec: {} } as never },
  edges: [],
};

test('a manifest is read as it was written', () => {
  expect(readManifest(JSON.stringify(whole))).toEqual(whole);
});

test.each([
  ['not JSON', 'Unexpected token'],
  ['null', 'it has no metadata'],
  ['[]', 'it has no metadata'],
  ['"text"', 'it has no metadata'],
  [JSON.stringify({ ...whole, metadata: [] }), 'it has no metadata'],
  [JSON.stringify({ ...whole, nodes: null }), 'it has no nodes'],
  [JSON.stringify({ ...whole, edges: {} }), 'it has no edges'],
  [
    JSON.stringify({ ...whole, nodes: { 'transform.b': whole.nodes['transform.a'] } }),
    'its node transform.b does not say so',
  ],
  [JSON.stringify({ ...whole, nodes: { x: 1 } }), 'its node x does not say so'],
  [JSON.stringify({ ...whole, nodes: { x: { id: 'x' } } }), 'its node x is not whole'],
  [JSON.stringify({ ...whole, nodes: { x: { id: 'x', definition: {} } } }), 'its node x is not whole'],
])('%s is refused', (text, message) => {
  expect(() => readManifest(text)).toThrow(
    expect.objectContaining({ code: 'MANIFEST_INVALID', message: expect.stringContaining(message) }),
  );
});

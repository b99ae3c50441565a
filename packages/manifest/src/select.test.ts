import { expect, test } from '@jest/globals';

import { assembleManifest } from './assemble.ts';
import { nearest } from './nearest.ts';
import { select } from './select.ts';

/** A chain: source.orders → transform.daily → transform.weekly, and transform.other on its own. */
const manifest = assembleManifest({
  project: 'p',
  toolVersion: '1',
  generatedAt: '',
  nodes: [
    ['source', 'orders', [], ['raw'], 'seeknal/sources/orders.yml'],
    ['transform', 'daily', ['source.orders'], ['core'], 'seeknal/daily/daily.yml'],
    ['transform', 'weekly', ['transform.daily'], ['core', 'slow'], 'seeknal/weekly.yml'],
    ['transform', 'other', [], [], 'seeknal/other.yml'],
  ].map(([type, name, inputs, tags, file]) => {
    const place = { file: String(file), line: 1, column: 1 };
    return {
      id: `${String(type)}.${String(name)}`,
      name: String(name),
      type: type as 'source',
      description: null,
      owner: null,
      tags: tags as string[],
      columns: {},
      config: {},
      file_path: place.file,
      place,
      spec: {
        kind: 'unsupported',
        reason: '',
        inputs: (inputs as string[]).map((ref, i) => ({ ref, place: `input_${i}`, reads: { kind: 'all' } })),
      },
      definition: {},
    };
  }),
});

const MODIFIED = new Set(['transform.daily']);

test.each([
  ['daily', 'daily'],
  ['DAILY', 'daily'],
  ['transform.daily', 'daily'],
  ['+daily', 'daily orders'],
  ['daily+', 'daily weekly'],
  ['+daily+', 'daily orders weekly'],
  ['tag:core', 'daily weekly'],
  ['kind:source', 'orders'],
  ['type:source', 'orders'],
  ['path:seeknal/daily/', 'daily'],
  ['path:seeknal/weekly.yml', 'weekly'],
  ['state:modified', 'daily'],
  ['state:modified+', 'daily weekly'],
  ['*ly', 'daily weekly'],
  ['?aily', 'daily'],
  ['transform.*', 'daily other weekly'],
  ['orders, other', 'orders other'],
])('%s selects %s', (selector, names) => {
  const selected = [...select(manifest, [selector], MODIFIED)].map((id) => id.slice(id.indexOf('.') + 1));
  expect(selected.toSorted().join(' ')).toBe(names);
});

test('several selectors mean their union', () => {
  expect([...select(manifest, ['orders', 'tag:slow'])]).toEqual(['source.orders', 'transform.weekly']);
});

test.each([
  ['dialy', 'SELECTOR_EMPTY', 'Did you mean daily?'],
  ['tag:cor', 'SELECTOR_EMPTY', 'Did you mean tag:core?'],
  ['transform.weakly', 'SELECTOR_EMPTY', 'Did you mean transform.weekly?'],
  ['zzzzzzzz', 'SELECTOR_EMPTY', 'List the nodes with: seeknal list'],
  ['(x)', 'SELECTOR_EMPTY', 'List the nodes with: seeknal list'],
  ['colour:red', 'SELECTOR_INVALID', expect.stringContaining('tag:x')],
  ['state:new', 'SELECTOR_INVALID', expect.stringContaining('tag:x')],
  ['', 'SELECTOR_INVALID', expect.stringContaining('tag:x')],
])('%j is refused with %s', (selector, code, hint) => {
  expect(() => select(manifest, [selector], MODIFIED)).toThrow(expect.objectContaining({ code, hint }));
});

test('state:modified needs to know what is modified, and may be empty', () => {
  expect(() => select(manifest, ['state:modified'])).toThrow(
    expect.objectContaining({ code: 'SELECTOR_INVALID' }),
  );
  expect([...select(manifest, ['state:modified'], new Set())]).toEqual([]);
});

test.each([
  ['pln', ['plan', 'run'], 'plan'],
  ['nad', ['and', 'nod'], 'and'],
  ['transfrom', ['transform'], 'transform'],
  ['x', ['y', 'zz'], 'y'],
  ['plan', ['completely different', 'planet'], null],
  ['abc', [], null],
])('nearest to %s among %j is %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { LineageError } from './errors.ts';
import { ManifestLineage } from './manifest-lineage.ts';
import type { NodeColumn, NodeLineage } from './node-lineage.ts';

/** `a.x<b.y,c.z`: x of a is computed from y of b and z of c; `a|b.y`: y of b decides the rows of a. */
function lineageOf(...lines: readonly string[]): ManifestLineage {
  const nodes = new Map<string, { columns: Map<string, NodeColumn[]>; rows: NodeColumn[] }>();
  const nodeOf = (id: string) => {
    const known = nodes.get(id) ?? { columns: new Map<string, NodeColumn[]>(), rows: [] };
    nodes.set(id, known);
    return known;
  };
  const columnOf = (text: string): NodeColumn => {
    const [node = '', column = ''] = text.split('.');
    return { node, column };
  };
  for (const line of lines) {
    const [left = '', right = ''] = line.split(/[<|]/u);
    const sources = right.split(',').filter(Boolean).map(columnOf);
    if (line.includes('|')) nodeOf(left).rows.push(...sources);
    else nodeOf(columnOf(left).node).columns.set(columnOf(left).column, sources);
  }
  return new ManifestLineage(
    [...nodes].map(([node, { columns, rows }]): NodeLineage => ({
      node,
      kind: 'transform',
      columns: [...columns].map(([name, sources]) => ({ name, sources })),
      rowSources: rows,
      inputs: [...new Set([...rows, ...[...columns.values()].flat()].map((each) => each.node))],
      notes: [],
      problems: [],
    })),
  );
}

let diamond: ManifestLineage;
beforeAll(() => {
  //   s ──→ l ──→ j ──→ e       l.p is made of s.a, the rows of l are decided by s.k
  //     └─→ r ──┘               j.x is made of both, j.q only of r
  diamond = lineageOf(
    's.a<',
    's.b<',
    's.k<',
    'l.p<s.a',
    'l.k<s.k',
    'l|s.k',
    'r.q<s.b',
    'j.x<l.p,r.q',
    'j.q<r.q',
    'e.x<j.x',
    'e.q<j.q',
  );
});

const up = (lineage: ManifestLineage, node: string, column?: string): readonly string[] =>
  lineage
    .upstream(node, column)
    .map((each) => `${each.node}: ${each.columns.join(' ')} | ${each.rowColumns.join(' ')}`);
const down = (lineage: ManifestLineage, node: string, column?: string): readonly string[] =>
  lineage
    .downstream(node, column)
    .map((each) => `${each.node}: ${each.columns.join(' ')}${each.rows ? ' | rows' : ''}`);

test('upstream is what values are computed from, and what decides rows on the way', () => {
  expect(up(diamond, 'e', 'x')).toEqual(['s: a b | k', 'l: p | ', 'r: q | ', 'j: x | ']);
  // The rows of j are those of l and r: s.k decides them, though e.q reads nothing of l.
  expect(up(diamond, 'e', 'q')).toEqual(['s: b | k', 'l:  | ', 'r: q | ', 'j: q | ']);
  expect(up(diamond, 'l')).toEqual(['s: a k | k']);
  expect(up(diamond, 's', 'a')).toEqual([]);
});

test('downstream is what is computed from a column, and whose rows it decides', () => {
  expect(down(diamond, 's', 'a')).toEqual(['l: p', 'j: x', 'e: x']);
  expect(down(diamond, 's', 'b')).toEqual(['r: q', 'j: q x', 'e: q x']);
  expect(down(diamond, 's', 'k')).toEqual(['l: k | rows', 'j:  | rows', 'e:  | rows']);
  expect(down(diamond, 'r')).toEqual(['j: q x | rows', 'e: q x | rows']);
  expect(down(diamond, 'e', 'x')).toEqual([]);
});

test('a star among sources is every column of a node; among columns it is what is not listed', () => {
  const star = lineageOf('s.a<', 's.b<', 's.*<', 'm.*<s.*', 'm.n<s.a', 'f.c<m.*', 'o|m.*');
  expect(up(star, 'f', 'c')).toEqual(['s: * a b | ', 'm: * n | ']);
  expect(down(star, 's', 'b')).toEqual(['m: *', 'f: c', 'o:  | rows']);
  expect(down(star, 's', '*')).toEqual(['m: *', 'f: c', 'o:  | rows']);
  expect(down(star, 's', 'unlisted')).toEqual(down(star, 's', '*'));
  expect(up(star, 'm', 'unlisted')).toEqual(['s: * a b | ']);
});

test('tables outside the project are leaves', () => {
  const outside = lineageOf('m.x<elsewhere.y', 'm|other.*');
  expect(up(outside, 'm', 'x')).toEqual(['elsewhere: y | ', 'other:  | *']);
});

test('a column that a node does not have is the end of the way up', () => {
  expect(up(lineageOf('s.a<t.a', 'm.x<s.gone'), 'm', 'x')).toEqual(['t:  | ', 's: gone | ']);
});

test('a node is found by its id, or by its name where that is clear; what follows is a column', () => {
  const lineage = lineageOf('x<', 'a.x<', 'b.x<').nodes;
  const named = new ManifestLineage(
    ['source.orders', 'transform.daily', 'transform.orders', 'transform.daily.old'].map((node) => ({
      ...([...lineage.values()][1] as NodeLineage),
      node,
      columns: [
        { name: 'Amount', sources: [] },
        { name: 'a.b', sources: [] },
      ],
    })),
  );
  expect(named.find('transform.daily')).toEqual({ node: 'transform.daily', column: null });
  expect(named.find('Daily')).toEqual({ node: 'transform.daily', column: null });
  expect(named.find('daily.amount')).toEqual({ node: 'transform.daily', column: 'Amount' });
  expect(named.find('transform.daily.a.b')).toEqual({ node: 'transform.daily', column: 'a.b' });
  expect(named.find('transform.daily.old')).toEqual({ node: 'transform.daily.old', column: null });
});

test.each([
  ['nowhere', 'LINEAGE_NODE_UNKNOWN', 'There is no node "nowhere".', 'Name a node as kind.name.'],
  [
    'transfrom.daily',
    'LINEAGE_NODE_UNKNOWN',
    'There is no node "transfrom.daily".',
    'Did you mean "transform.daily"?',
  ],
  ['dayly.total', 'LINEAGE_NODE_UNKNOWN', 'There is no node "dayly.total".', 'Name a node as kind.name.'],
  ['daily.totl', 'LINEAGE_COLUMN_UNKNOWN', 'transform.daily has no column "totl".', 'Did you mean "total"?'],
  ['daily.xyz', 'LINEAGE_COLUMN_UNKNOWN', 'transform.daily has no column "xyz".', 'It has total.'],
  ['rule.none.xyz', 'LINEAGE_COLUMN_UNKNOWN', 'rule.none has no column "xyz".', 'It has no columns.'],
])('%s is refused with %s', (name, code, message, hint) => {
  const [node] = lineageOf('a.total<').nodes.values();
  const named = new ManifestLineage([
    { ...(node as NodeLineage), node: 'transform.daily' },
    { ...(node as NodeLineage), node: 'rule.none', columns: [] },
  ]);
  expect(() => named.find(name)).toThrow(LineageError);
  expect(() => named.find(name)).toThrow(expect.objectContaining({ code, message, hint }));
});

test('a node that is not there is refused by every question', () => {
  for (const ask of [() => diamond.upstream('nope'), () => diamond.downstream('nope', 'x')])
    expect(ask).toThrow(expect.objectContaining({ code: 'LINEAGE_NODE_UNKNOWN' }));
});

/** Columns n0.a … of a layered graph: each column reads some of the layers above. */
const graphs = fc
  .array(
    fc.array(fc.tuple(fc.nat(5), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c', '')), {
      maxLength: 6,
    }),
    {
      minLength: 2,
      maxLength: 6,
    },
  )
  .map((layers) =>
    layers.flatMap((edges, at) => [
      ...['a', 'b', 'c'].map((column) => {
        const from = edges
          .filter(([, , to]) => to === column && at > 0)
          .map(([node, name]) => `n${node % at}.${name}`);
        return `n${at}.${column}<${from.join(',')}`;
      }),
      ...edges
        .filter(([, , to]) => to === '' && at > 0)
        .map(([node, name]) => `n${at}|n${node % at}.${name}`),
    ]),
  );

test('up and down tell the same story', () => {
  fc.assert(
    fc.property(graphs, (lines) => {
      const lineage = lineageOf(...lines);
      const ids = [...lineage.nodes.keys()];
      for (const top of ids)
        for (const bottom of ids)
          for (const column of ['a', 'b', 'c']) {
            const above = lineage.upstream(bottom, column).find(({ node }) => node === top);
            for (const name of ['a', 'b', 'c']) {
              const below = lineage.downstream(top, name).find(({ node }) => node === bottom);
              expect(above?.columns.includes(name) ?? false).toBe(below?.columns.includes(column) ?? false);
              expect(above?.rowColumns.includes(name) ?? false).toBe(below?.rows ?? false);
            }
          }
    }),
    { numRuns: 60 },
  );
});

test('a chain of ten thousand nodes is walked in a moment', () => {
  const lines = Array.from({ length: 10_000 }, (_, at) => (at === 0 ? 'n0.a<' : `n${at}.a<n${at - 1}.a`));
  const chain = lineageOf(...lines);
  const started = performance.now();
  expect(chain.upstream('n9999', 'a')).toHaveLength(9999);
  expect(chain.downstream('n0', 'a')).toHaveLength(9999);
  expect(performance.now() - started).toBeLessThan(3000);
});

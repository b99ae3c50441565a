import { expect, test } from '@jest/globals';

import { tableReferences } from './table-references.ts';
import { everyKind } from './testing/every-kind.ts';
import {
  cte,
  derived,
  ending,
  join,
  literal,
  recursive,
  scalar,
  select,
  table,
  union,
  unnamed,
} from './testing/trees.ts';
import type { Query } from './tree.ts';

const names = (query: Query): string =>
  tableReferences(query)
    .tables.map(({ name }) => name.join('.'))
    .join(' ');

test.each<[string, string, Query]>([
  ['a table', 'a', select('x', 'a')],
  ['a qualified table', 'c.s.b', select('x', 'c.s.b')],
  ['nothing', '', select('x', null)],
  ['a join', 'a b c', select('x', join(join(table('a'), table('b')), table('c')))],
  ['a CTE', 'src', select('x', 'x', { ctes: [cte('x', select('y', 'src'))] })],
  ['a CTE in another case', 'src', select('x', 'FOO', { ctes: [cte('foo', select('y', 'src'))] })],
  [
    'a chain of CTEs',
    's1 s2',
    select('x', 'y', {
      ctes: [cte('x', select('a', 's1')), cte('y', select('a', join(table('x'), table('s2'))))],
    }),
  ],
  ['a CTE of the name of the table it reads', 'a', select('x', 'a', { ctes: [cte('a', select('x', 'a'))] })],
  [
    'a CTE beside a qualified table of that name',
    'src s.a',
    select('x', join(table('a'), table('s.a')), { ctes: [cte('a', select('x', 'src'))] }),
  ],
  [
    'a CTE that is named before it is there',
    'x s1',
    select('x', 'y', { ctes: [cte('y', select('a', 'x')), cte('x', select('a', 's1'))] }),
  ],
  [
    'a CTE inside another query only',
    's x',
    select('x', join(derived(select('a', 'x', { ctes: [cte('x', select('a', 's'))] })), table('x'))),
  ],
  [
    'a CTE hidden by a nearer one',
    's1 s2',
    select('x', derived(select('a', 'x', { ctes: [cte('x', select('a', 's2'))] })), {
      ctes: [cte('x', select('a', 's1'))],
    }),
  ],
  [
    'a CTE in a subquery',
    's t',
    select([scalar(select('a', 'x'))], 't', { ctes: [cte('x', select('a', 's'))] }),
  ],
  [
    'a recursive CTE',
    'base',
    select('x', 'r', { ctes: [cte('r', recursive('r', select('a', 'base'), select('a', 'R')))] }),
  ],
  [
    'the start of a recursive CTE',
    'r',
    select('x', 'r', { ctes: [cte('r', recursive('r', select('a', 'r'), select('a', 'r')))] }),
  ],
  [
    'what a recursive CTE has gathered',
    '',
    select('x', 'r', { ctes: [cte('r', recursive('r', select('a', null), select('a', 'recurring.r')))] }),
  ],
  [
    'recurring where nothing recurs',
    'recurring.r recurring.s.r',
    select('x', join(table('recurring.r'), table('recurring.s.r'))),
  ],
  [
    'a CTE over a union',
    'b a c',
    { ...union(select('x', 'a'), select('x', 'u'), select('x', 'c')), ctes: [cte('u', select('x', 'b'))] },
  ],
  [
    'a CTE in ORDER BY and LIMIT',
    'o t',
    select('x', 't', {
      ctes: [cte('c', select('x', 'o'))],
      orderBy: [{ span: null, expression: scalar(select('x', 'c')), descending: false, nullsFirst: null }],
      limit: { span: null, count: scalar(select('x', 'c')), percent: false },
    }),
  ],
  ['every place', 'first second in_subquery pivoted unpivoted in_derived known read', everyKind],
])('%s: %s', (_, expected, query) => {
  expect(names(query)).toBe(expected);
});

test('scopes say who stands where and who reads which CTE', () => {
  const query = select('x', join(table('x AS one'), derived(select('a', join(table('X'), table('t'))))), {
    ctes: [cte('X', select('a', 's'))],
  });
  const { tables, scopes, unknown } = tableReferences(query);
  expect(tables).toEqual([
    { name: ['s'], alias: null, span: null, relation: table('s'), scope: 1 },
    { name: ['t'], alias: null, span: null, relation: table('t'), scope: 2 },
  ]);
  expect(scopes.map(({ query: _, ...rest }) => rest)).toEqual([
    { parent: null, visible: ['x'], ctes: ['x'] },
    { parent: 0, visible: [], ctes: [] },
    { parent: 0, visible: ['x'], ctes: ['x'] },
  ]);
  expect(scopes[0]?.query).toBe(query);
  expect(unknown).toBeNull();
});

const strange = { reason: 'strange', text: '?' };
const called = (name: string): Query =>
  select('a', {
    kind: 'table-function',
    ...unnamed,
    withOrdinality: false,
    call: {
      kind: 'call',
      span: null,
      name,
      schema: null,
      arguments: [{ name: null, value: literal('t', 'VARCHAR') }],
      distinct: false,
      filter: null,
      orderBy: [],
      nulls: null,
      over: null,
      exportState: false,
    },
  });

test.each<[string | null, Query]>([
  [null, { kind: 'opaque-query', ...ending, ...strange, tables: [table('t')] }],
  ['strange', { kind: 'opaque-query', ...ending, ...strange, tables: null }],
  ['strange', select('a', { kind: 'opaque-relation', ...unnamed, ...strange, tables: null })],
  [null, select('a', { kind: 'opaque-relation', ...unnamed, ...strange, tables: [] })],
  ['strange', select([{ kind: 'opaque-expression', span: null, ...strange }], 't')],
  ['query() reads a table named by a value', called('query')],
  ['query_table() reads a table named by a value', called('query_table')],
  [null, called('range')],
])('unknown tables: %s', (unknown, query) => {
  expect(tableReferences(query).unknown).toBe(unknown);
});

test('queries in 20,000 queries are read', () => {
  let query = select('a', 't');
  for (let i = 0; i < 20_000; i += 1) query = select('a', derived(query));
  expect(names(query)).toBe('t');
});

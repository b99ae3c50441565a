import type { Call, Expression, PivotRelation, Query, Star, UnpivotRelation } from '../tree.ts';
import {
  column,
  cte,
  derived,
  ending,
  literal,
  operation,
  recursive,
  scalar,
  select,
  table,
  union,
  unnamed,
} from './trees.ts';

const call = (name: string, rest: Partial<Call> = {}): Call => ({
  kind: 'call',
  span: null,
  name,
  schema: null,
  arguments: [],
  distinct: false,
  filter: null,
  orderBy: [],
  nulls: null,
  over: null,
  exportState: false,
  ...rest,
});

const star: Star = {
  kind: 'star',
  span: null,
  relation: null,
  exclude: [],
  replace: [{ name: 'b', expression: column('replaced') }],
  rename: [{ from: ['c'], to: 'd' }],
  columns: true,
  unpacked: false,
  filter: column('filter'),
};

const by = (name: string) => ({ span: null, expression: column(name), descending: false, nullsFirst: null });

const windowed = call('sum', {
  arguments: [{ name: null, value: column('argument') }],
  orderBy: [by('within')],
  filter: column('kept'),
  over: {
    span: null,
    partitionBy: [column('partition')],
    orderBy: [by('order')],
    frame: {
      unit: 'rows',
      start: { kind: 'preceding', distance: literal('1') },
      end: { kind: 'current-row', distance: null },
      exclude: null,
    },
  },
});

const expressions: readonly Expression[] = [
  star,
  windowed,
  { kind: 'parameter', span: null, name: '1' },
  { kind: 'position', span: null, index: 1 },
  { kind: 'cast', span: null, type: 'DATE', isTry: false, operand: column('operand') },
  {
    kind: 'case',
    span: null,
    // eslint-disable-next-line unicorn/no-thenable
    branches: [{ when: column('when'), then: column('then') }],
    otherwise: column('otherwise'),
  },
  { ...scalar(select('inner', 'in_subquery')), operand: column('left'), operator: '=', form: 'any' },
  { kind: 'lambda', span: null, parameters: ['x'], body: column('body') },
  { kind: 'opaque-expression', span: null, reason: 'strange', text: '?' },
  operation('and', column('one'), column('two')),
];

const pivot: PivotRelation = {
  kind: 'pivot',
  ...unnamed,
  source: table('pivoted'),
  aggregates: [{ span: null, alias: null, expression: column('aggregate') }],
  on: [
    {
      span: null,
      expressions: [column('for')],
      entries: [{ values: ['v'], alias: null }],
      other: null,
    },
  ],
  groups: null,
};

const unpivot: UnpivotRelation = {
  kind: 'unpivot',
  ...unnamed,
  source: table('unpivoted'),
  includeNulls: false,
  valueNames: ['value'],
  nameColumn: 'name',
  entries: [{ values: ['v'], alias: null }],
};

const joined = (left: Parameters<typeof derived>[0] | typeof pivot, right: typeof unpivot) => ({
  kind: 'join' as const,
  ...unnamed,
  type: 'inner' as const,
  asof: false,
  natural: false,
  using: [],
  on: column('on'),
  left: left.kind === 'pivot' ? left : derived(left),
  right,
});

/** A query that holds every kind of node and every part, each column, table and literal named after its place. */
export const everyKind: Query = {
  ...union(
    select(expressions, joined(pivot, unpivot), {
      distinct: { span: null, on: [column('distinct')] },
      where: column('where'),
      groupBy: { span: null, all: false, terms: [column('group')], sets: null },
      having: column('having'),
      qualify: column('qualify'),
      sample: { span: null, text: '10%' },
      orderBy: [by('sorted')],
      limit: { span: null, count: literal('10'), percent: false },
      offset: literal('20'),
    }),
    select('derived_item', derived(select('deep', 'in_derived'))),
    select('values_item', { kind: 'values', ...unnamed, rows: [[literal('30')], [literal('40')]] }),
    select('function_item', {
      kind: 'table-function',
      ...unnamed,
      call: call('range', { arguments: [{ name: null, value: literal('50') }] }),
      withOrdinality: false,
    }),
    select('opaque_item', {
      kind: 'opaque-relation',
      ...unnamed,
      reason: 'strange',
      text: '?',
      tables: [table('known')],
    }),
    {
      kind: 'opaque-query',
      ...ending,
      reason: 'strange',
      text: '?',
      tables: [table('read')],
    },
  ),
  distinct: { span: null, on: null },
  ctes: [
    cte('c', {
      ...recursive('c', select('start', 'first'), select('step', 'second')),
      key: [column('key')],
    }),
  ],
};

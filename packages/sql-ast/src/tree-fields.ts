import type {
  Argument,
  Case,
  Cte,
  Distinct,
  Expression,
  Frame,
  FrameBound,
  GroupBy,
  Limit,
  OrderTerm,
  PivotColumn,
  PivotEntry,
  Query,
  Relation,
  Sample,
  SelectItem,
  Star,
  Window,
} from './tree.ts';

/** What has a kind of its own: a query, a relation, an expression. */
export type TreeNode = Query | Relation | Expression;

/** Every object of the tree by name: nodes under their kind, and the parts that nodes are made of. */
type Parts = { [K in TreeNode['kind']]: Extract<TreeNode, { kind: K }> } & {
  argument: Argument;
  branch: Case['branches'][number];
  bound: FrameBound;
  cte: Cte;
  distinct: Distinct;
  entry: PivotEntry;
  frame: Frame;
  'group-by': GroupBy;
  item: SelectItem;
  limit: Limit;
  'order-term': OrderTerm;
  'pivot-column': PivotColumn;
  renaming: Star['rename'][number];
  replacement: Star['replace'][number];
  sample: Sample;
  window: Window;
};

export type PartName = keyof Parts;

/** The objects a field holds, be it alone, in a list, in lists of lists, or beside null. */
type Held<T> = T extends readonly (infer E)[] ? Held<E> : T extends object ? T : never;

type HoldingFields<T> = {
  [F in keyof T]-?: F extends 'span' ? never : [Held<T[F]>] extends [never] ? never : F;
}[keyof T];

type NameOf<T> = [T] extends [TreeNode]
  ? 'node'
  : { [P in PartName]: Parts[P] extends T ? (T extends Parts[P] ? P : never) : never }[PartName];

/** For each part every field that holds objects, and what they are: a field left out does not compile. */
type TreeFields = {
  readonly [P in PartName]: { readonly [F in HoldingFields<Parts[P]>]: NameOf<Held<Parts[P][F]>> };
};

const named = { sample: 'sample' } as const;
const queryEnd = { orderBy: 'order-term', limit: 'limit', offset: 'node' } as const;

/** The one place that knows what holds what, in the order in which SQL writes it. */
const fields: TreeFields = {
  select: {
    ctes: 'cte',
    distinct: 'distinct',
    items: 'item',
    from: 'node',
    where: 'node',
    groupBy: 'group-by',
    having: 'node',
    qualify: 'node',
    sample: 'sample',
    ...queryEnd,
  },
  'set-operation': { ctes: 'cte', branches: 'node', distinct: 'distinct', ...queryEnd },
  'recursive-union': { ctes: 'cte', key: 'node', start: 'node', step: 'node', ...queryEnd },
  'opaque-query': { ctes: 'cte', tables: 'node', ...queryEnd },
  cte: { query: 'node' },
  distinct: { on: 'node' },
  item: { expression: 'node' },
  'group-by': { terms: 'node' },
  'order-term': { expression: 'node' },
  limit: { count: 'node' },
  sample: {},
  table: named,
  derived: { query: 'node', ...named },
  'table-function': { call: 'node', ...named },
  values: { rows: 'node', ...named },
  join: { left: 'node', right: 'node', on: 'node', ...named },
  pivot: { source: 'node', aggregates: 'item', on: 'pivot-column', ...named },
  'pivot-column': { expressions: 'node', entries: 'entry' },
  entry: {},
  unpivot: { source: 'node', entries: 'entry', ...named },
  'opaque-relation': { tables: 'node', ...named },
  column: {},
  literal: {},
  parameter: {},
  position: {},
  star: { replace: 'replacement', rename: 'renaming', filter: 'node' },
  replacement: { expression: 'node' },
  renaming: {},
  call: { arguments: 'argument', orderBy: 'order-term', filter: 'node', over: 'window' },
  argument: { value: 'node' },
  window: { partitionBy: 'node', orderBy: 'order-term', frame: 'frame' },
  frame: { start: 'bound', end: 'bound' },
  bound: { distance: 'node' },
  operation: { operands: 'node' },
  cast: { operand: 'node' },
  case: { branches: 'branch', otherwise: 'node' },
  // eslint-disable-next-line unicorn/no-thenable
  branch: { when: 'node', then: 'node' },
  subquery: { operand: 'node', query: 'node' },
  lambda: { body: 'node' },
  'opaque-expression': {},
};

/** As `fields`, for walkers that go through any part. */
export const FIELDS: { readonly [P in PartName]: { readonly [field: string]: PartName | 'node' } } = fields;

type FieldList = readonly (readonly [field: string, held: PartName | 'node'])[];

/** The same as lists: a walker asks for them at every node. */
export const FIELD_LISTS: { readonly [P in PartName]: FieldList } = Object.fromEntries(
  Object.entries(FIELDS).map(([part, held]) => [part, Object.entries(held)]),
) as unknown as { [P in PartName]: FieldList };

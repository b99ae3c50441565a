import type {
  ColumnReference,
  Cte,
  DerivedRelation,
  Expression,
  JoinRelation,
  Literal,
  Operation,
  Query,
  RecursiveUnion,
  Relation,
  Select,
  SetOperation,
  Subquery,
  TableRelation,
} from '../tree.ts';

/** What every query has where nothing was written. */
export const ending = { span: null, ctes: [], orderBy: [], limit: null, offset: null } as const;

/** What every relation has where nothing was written. */
export const unnamed = { span: null, alias: null, columns: [], sample: null } as const;

/** `t.a` */
export const column = (path: string): ColumnReference => ({
  kind: 'column',
  span: null,
  path: path.split('.'),
});

export const literal = (value: string, type = 'INTEGER'): Literal => ({
  kind: 'literal',
  span: null,
  type,
  value,
});

export const operation = (operator: string, ...operands: readonly Expression[]): Operation => ({
  kind: 'operation',
  span: null,
  operator,
  operands,
});

/** `t`, `s.t`, `t AS x` */
export function table(text: string): TableRelation {
  const [name = '', alias = null] = text.split(' AS ');
  return { kind: 'table', ...unnamed, name: name.split('.'), alias, at: null };
}

export const derived = (query: Query, alias: string | null = null): DerivedRelation => ({
  kind: 'derived',
  ...unnamed,
  query,
  alias,
});

export const join = (left: Relation, right: Relation, on: Expression | null = null): JoinRelation => ({
  kind: 'join',
  ...unnamed,
  type: on === null ? 'cross' : 'inner',
  asof: false,
  natural: false,
  using: [],
  on,
  left,
  right,
});

export const cte = (name: string, query: Query): Cte => ({
  span: null,
  name,
  columns: [],
  materialized: null,
  query,
});

/** A SELECT of columns by name from a table by name, or of anything from anything. */
export function select(
  items: string | readonly Expression[],
  from: string | Relation | null,
  rest: Partial<Select> = {},
): Select {
  const expressions = typeof items === 'string' ? items.split(' ').map(column) : items;
  return {
    kind: 'select',
    ...ending,
    distinct: null,
    items: expressions.map((expression) => ({ span: null, alias: null, expression })),
    from: typeof from === 'string' ? table(from) : from,
    where: null,
    groupBy: null,
    having: null,
    qualify: null,
    sample: null,
    ...rest,
  };
}

export const union = (...branches: readonly Query[]): SetOperation => ({
  kind: 'set-operation',
  ...ending,
  operator: 'union',
  all: true,
  byName: false,
  distinct: null,
  branches,
});

export const recursive = (name: string, start: Query, step: Query): RecursiveUnion => ({
  kind: 'recursive-union',
  ...ending,
  name,
  all: true,
  key: [],
  start,
  step,
});

/** `(SELECT …)` as a value. */
export const scalar = (query: Query): Subquery => ({
  kind: 'subquery',
  span: null,
  form: 'scalar',
  operand: null,
  operator: null,
  query,
});

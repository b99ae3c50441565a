/** Where a piece of the tree stands in the author's text, in UTF-16 code units; end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Null where the parser made the piece up itself: the ELSE NULL of a CASE, the star of `FROM t`. */
export type Located = { readonly span: Span | null };

/**
 * One query as every parser of this package gives it: what the author wrote, without layout, before any name
 * is looked up. Plain JSON. Spelling that cannot matter is gone: parentheses, `INNER`, `OUTER`, `AS`, `::`
 * against CAST, `!=` against `<>`, ASC; AND and OR are flat. Identifiers keep their case.
 */
export type Query = Select | SetOperation | RecursiveUnion | OpaqueQuery;

/** What every query may carry besides its body. */
export interface QueryParts extends Located {
  readonly ctes: readonly Cte[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: Limit | null;
  readonly offset: Expression | null;
}

export interface Select extends QueryParts {
  readonly kind: 'select';
  readonly distinct: Distinct | null;
  readonly items: readonly SelectItem[];
  readonly from: Relation | null;
  readonly where: Expression | null;
  readonly groupBy: GroupBy | null;
  readonly having: Expression | null;
  readonly qualify: Expression | null;
  /** `USING SAMPLE` at the end of a SELECT. */
  readonly sample: Sample | null;
}

/** `sets` index into `terms`; null: one set of all. `all`: GROUP BY ALL, terms empty. */
export interface GroupBy extends Located {
  readonly all: boolean;
  readonly terms: readonly Expression[];
  readonly sets: readonly (readonly number[])[] | null;
}

/** `on` null: of whole rows. */
export interface Distinct extends Located {
  readonly on: readonly Expression[] | null;
}

export interface SelectItem extends Located {
  /** Null: none was written. */
  readonly alias: string | null;
  readonly expression: Expression;
}

export interface SetOperation extends QueryParts {
  readonly kind: 'set-operation';
  readonly operator: 'union' | 'except' | 'intersect';
  readonly all: boolean;
  readonly byName: boolean;
  readonly distinct: Distinct | null;
  /** Two or more; more only for a chain of the same associative operator. */
  readonly branches: readonly Query[];
}

/** The body of a CTE that reads itself. */
export interface RecursiveUnion extends QueryParts {
  readonly kind: 'recursive-union';
  readonly name: string;
  readonly all: boolean;
  readonly key: readonly Expression[];
  readonly start: Query;
  readonly step: Query;
}

/** A query that could not be read; it depends on everything its tables hold. */
export interface OpaqueQuery extends QueryParts {
  readonly kind: 'opaque-query';
  readonly reason: string;
  /** What decides its meaning: its canonical text. */
  readonly text: string;
  /** Tables it is known to read; null: unknown. */
  readonly tables: readonly TableRelation[] | null;
}

export interface Cte extends Located {
  readonly name: string;
  readonly columns: readonly string[];
  readonly materialized: boolean | null;
  readonly query: Query;
}

export interface OrderTerm extends Located {
  /** A star stands for ORDER BY ALL. */
  readonly expression: Expression;
  readonly descending: boolean;
  /** Null: as the engine defaults. */
  readonly nullsFirst: boolean | null;
}

export interface Limit extends Located {
  readonly count: Expression;
  readonly percent: boolean;
}

export interface Sample extends Located {
  /** Method, size and seed as text: `system 10% 42`. */
  readonly text: string;
}

/** What stands behind FROM. */
export type Relation =
  | TableRelation
  | DerivedRelation
  | FunctionRelation
  | ValuesRelation
  | JoinRelation
  | PivotRelation
  | UnpivotRelation
  | OpaqueRelation;

/** A name for the rows, and names for their columns from the left; both may be absent. */
export interface Named extends Located {
  readonly alias: string | null;
  readonly columns: readonly string[];
  readonly sample: Sample | null;
}

export interface TableRelation extends Named {
  readonly kind: 'table';
  /** One to three parts, as spelt, quotes taken off; a file name is one part. */
  readonly name: readonly string[];
  /** `AT (VERSION …)` and the like, as canonical text. */
  readonly at: string | null;
}

export interface DerivedRelation extends Named {
  readonly kind: 'derived';
  readonly query: Query;
}

/** Sees the columns of what stands to its left. */
export interface FunctionRelation extends Named {
  readonly kind: 'table-function';
  readonly call: Expression;
  readonly withOrdinality: boolean;
}

export interface ValuesRelation extends Named {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface JoinRelation extends Named {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross' | 'positional';
  readonly asof: boolean;
  readonly natural: boolean;
  readonly using: readonly string[];
  readonly on: Expression | null;
  readonly left: Relation;
  readonly right: Relation;
}

export interface PivotRelation extends Named {
  readonly kind: 'pivot';
  readonly source: Relation;
  readonly aggregates: readonly SelectItem[];
  readonly on: readonly PivotColumn[];
  /** Names; null: every column of the source that is not used otherwise. */
  readonly groups: readonly string[] | null;
}

/** `FOR category IN ('a', 'b' AS other)`. */
export interface PivotColumn extends Located {
  readonly expressions: readonly Expression[];
  /** Null: what the data holds decides, or an enum or subquery does. */
  readonly entries: readonly PivotEntry[] | null;
  /** An IN that is no list, as canonical text. */
  readonly other: string | null;
}

export interface PivotEntry {
  readonly values: readonly string[];
  readonly alias: string | null;
}

export interface UnpivotRelation extends Named {
  readonly kind: 'unpivot';
  readonly source: Relation;
  readonly includeNulls: boolean;
  /** Names of the columns made of the values. */
  readonly valueNames: readonly string[];
  /** Name of the column that says where a value came from. */
  readonly nameColumn: string;
  /** Column names, or names in groups; an expression that is no plain list makes the relation opaque. */
  readonly entries: readonly PivotEntry[];
}

export interface OpaqueRelation extends Named {
  readonly kind: 'opaque-relation';
  readonly reason: string;
  readonly text: string;
  readonly tables: readonly TableRelation[] | null;
}

export type Expression =
  | ColumnReference
  | Literal
  | Parameter
  | PositionReference
  | Star
  | Call
  | Operation
  | Cast
  | Case
  | Subquery
  | Lambda
  | OpaqueExpression;

/** A name of one to five parts, not looked up: column, table.column, column.field … */
export interface ColumnReference extends Located {
  readonly kind: 'column';
  readonly path: readonly string[];
}

/** `type` as the engine spells it (`INTEGER`, `VARCHAR`, `DECIMAL(2,1)`, `NULL`); `value` exact. */
export interface Literal extends Located {
  readonly kind: 'literal';
  readonly type: string;
  readonly value: string;
}

export interface Parameter extends Located {
  readonly kind: 'parameter';
  readonly name: string;
}

/** `#1`: the first column of what FROM gives. */
export interface PositionReference extends Located {
  readonly kind: 'position';
  readonly index: number;
}

/** `*`, `t.* EXCLUDE (a) REPLACE (b + 1 AS b) RENAME (c AS d)`, `COLUMNS(…)`, `* LIKE …`. */
export interface Star extends Located {
  readonly kind: 'star';
  readonly relation: readonly string[] | null;
  readonly exclude: readonly (readonly string[])[];
  readonly replace: readonly { readonly name: string; readonly expression: Expression }[];
  readonly rename: readonly { readonly from: readonly string[]; readonly to: string }[];
  /** COLUMNS(…), which may stand inside other expressions; `unpacked` for *COLUMNS(…). */
  readonly columns: boolean;
  readonly unpacked: boolean;
  /** What selects among the columns: a pattern, a lambda, a list; null: all. */
  readonly filter: Expression | null;
}

/** Any call: scalar, aggregate or table function; the engine decides which. Also `struct_pack`, `list_value`. */
export interface Call extends Located {
  readonly kind: 'call';
  /** In small letters. */
  readonly name: string;
  /** Null unless the author named one. */
  readonly schema: string | null;
  readonly arguments: readonly Argument[];
  readonly distinct: boolean;
  readonly filter: Expression | null;
  readonly orderBy: readonly OrderTerm[];
  /** `null`: not written. */
  readonly nulls: 'ignore' | 'respect' | null;
  readonly over: Window | null;
  /** `EXPORT_STATE`. */
  readonly exportState: boolean;
}

export interface Argument {
  /** `a := 1`, the field of a struct. */
  readonly name: string | null;
  readonly value: Expression;
}

/** A named window is copied into each of its users. */
export interface Window extends Located {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderTerm[];
  readonly frame: Frame | null;
}

/** Null where nothing was written: RANGE UNBOUNDED PRECEDING to CURRENT ROW. */
export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups';
  readonly start: FrameBound;
  readonly end: FrameBound;
  /** `NO OTHERS` is null. */
  readonly exclude: string | null;
}

export interface FrameBound {
  readonly kind: 'unbounded-preceding' | 'preceding' | 'current-row' | 'following' | 'unbounded-following';
  readonly distance: Expression | null;
}

/**
 * `operator` in small letters: `and`, `or`, `not`, `=`, `<>`, `<`, `+`, `||`, `~~` for LIKE, `between`, `in`,
 * `is null`, `is not null`, `is distinct from`, `coalesce`, `[]`, `[:]`, `at time zone` …
 */
export interface Operation extends Located {
  readonly kind: 'operation';
  readonly operator: string;
  readonly operands: readonly Expression[];
}

/** `type` as the engine spells it, synonyms resolved: `int4` is `INTEGER`. */
export interface Cast extends Located {
  readonly kind: 'cast';
  readonly type: string;
  readonly isTry: boolean;
  readonly operand: Expression;
}

/** `CASE x WHEN 1` is `CASE WHEN x = 1`; no ELSE is ELSE NULL. */
export interface Case extends Located {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression;
}

/** `operand` and `operator` (`=`, `<` …) for IN, ANY and ALL: `a IN (…)` is `a = ANY (…)`. */
export interface Subquery extends Located {
  readonly kind: 'subquery';
  readonly form: 'scalar' | 'exists' | 'any' | 'all';
  readonly operand: Expression | null;
  readonly operator: string | null;
  readonly query: Query;
}

export interface Lambda extends Located {
  readonly kind: 'lambda';
  readonly parameters: readonly string[];
  readonly body: Expression;
}

/** An expression that could not be read; it may refer to anything in scope. */
export interface OpaqueExpression extends Located {
  readonly kind: 'opaque-expression';
  readonly reason: string;
  readonly text: string;
}

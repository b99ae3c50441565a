import type { Expression, OrderTerm, Query, Relation, Sample } from '../tree.ts';
import type { Json } from './exact-json.ts';
import type { SpanTable } from './span-table.ts';

/** What the parts of the lowering need of each other. Each answers with something opaque rather than throw, if it can. */
export interface Lowering {
  readonly spans: SpanTable;
  /** @throws {Unreadable} Where what it holds reads tables of its own and makes no sense. */
  expression(json: Json): Expression;
  optional(json: Json): Expression | null;
  expressions(list: readonly Json[]): readonly Expression[];
  /** DuckDB keeps the name of an item or argument with its expression. @throws {Unreadable} As `expression`. */
  aliased(json: Json): Aliased;
  /** @throws {Unreadable} As `expression`. */
  orders(list: readonly Json[]): readonly OrderTerm[];
  query(node: Json): Query;
  /** A query with its map of parameters. */
  statement(json: Json): Query;
  relation(json: Json): Relation;
}

export interface Aliased {
  readonly alias: string | null;
  readonly expression: Expression;
}

/** What every relation has. */
export interface RelationParts {
  readonly alias: string | null;
  readonly sample: Sample | null;
  readonly location: number | null;
}

import type { Group, Part } from './token-tree.ts';

/** A table or subquery of a FROM clause. Names are in small letters, without quotes. */
export interface FromItem {
  /** `['transform', 'orders']`; empty for a subquery. */
  readonly name: readonly string[];
  /** Whether it is written `ref('…')`. */
  readonly isRef: boolean;
  readonly alias: string | undefined;
  /** Whether its alias renames its columns, or its FROM holds a SEMI or ANTI join. */
  readonly isUnusual: boolean;
}

/** One SELECT … FROM … WHERE … of a query, at whatever depth. */
export interface QueryBlock {
  /** The tables and subqueries of its FROM, in order. */
  readonly from: readonly FromItem[];
  /** The condition of its WHERE; empty without one. */
  readonly where: readonly Part[];
}

/** What is found in a query. */
export interface QueryBlocks {
  readonly blocks: readonly QueryBlock[];
  /** The names its WITH clauses give, in small letters. */
  readonly ctes: readonly string[];
}

/** Collects while a query is read; its functions answer false to whatever they do not know for certain. */
export interface QueryReader {
  readonly blocks: QueryBlock[];
  readonly ctes: string[];
  /** Reads a query in any number of brackets. */
  readSubquery(group: Group): boolean;
  /** Reads an expression, or several, for the queries inside. */
  readExpression(parts: readonly Part[]): boolean;
}

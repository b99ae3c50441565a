import type { FunctionKind } from '../function-kinds.ts';
import type { Expression, Query } from '../tree.ts';
import type { Problem, RowsMeaning } from './meaning.ts';
import type { Term, TermTable } from './terms.ts';

/** What the meaning of a query depends on besides its text. */
export interface MeaningOptions {
  /** Shared by the queries to be compared. */
  readonly terms: TermTable;
  /** The rows of a table; null: nothing is known of it. */
  readonly table: (name: readonly string[]) => RowsMeaning | null;
  readonly functionKind: (name: string) => FunctionKind;
  readonly isVolatile: (name: string) => boolean;
  /** Whether a bare word is such a function where it is no column: `current_date`. */
  readonly isVolatileWord: (name: string) => boolean;
  readonly dependsOnOrder: (name: string) => boolean;
  /** Whether names that differ only in case are different names. */
  readonly caseSensitive: boolean;
}

/** The work in progress: the options, and what was noticed so far. */
export interface Analysis extends MeaningOptions {
  readonly fold: (name: string) => string;
  readonly blocks: Term[];
  readonly problems: Problem[];
  readonly opaque: Set<string>;
  readonly unstable: Set<string>;
  readonly volatile: Set<string>;
  /**
   * What the rows of a query inside this one mean.
   *
   * @param names Names that its CTE gives to the columns, by which a recursion reads itself.
   */
  readonly query: (query: Query, context: QueryContext, names?: readonly string[]) => RowsMeaning;
  /** The text of a piece of the tree, layout and places left out. */
  readonly keyOf: (piece: Query | Expression | object) => string;
}

/** CTEs in reach, by folded name. */
export type CteScope = ReadonlyMap<string, RowsMeaning>;

/** Where a query stands: what is around it. */
export interface QueryContext {
  readonly outer: Scope | null;
  readonly ctes: CteScope;
  readonly analysis: Analysis;
}

/** One name that FROM brings into scope. */
export interface Entry {
  /** Folded parts by which columns may be qualified, the last one being the name itself; null: none. */
  readonly name: readonly string[] | null;
  readonly rows: RowsMeaning;
}

/** The names that an expression can see. Inner scopes hide outer ones. */
export interface Scope {
  readonly entries: readonly Entry[];
  /** Columns merged by USING and NATURAL: they hide the two that they stand for. */
  readonly merged: ReadonlyMap<string, Term>;
  /** Items of the SELECT list by alias; null while none can be seen. */
  readonly aliases: Aliases | null;
  /** Notes of the SELECT whose scope this is: an aggregate in a subquery may be its own. Null: it has none. */
  readonly seen: Seen | null;
  readonly parameters: ReadonlyMap<string, Term>;
  readonly outer: Scope | null;
  /** How many scopes are around it. */
  readonly depth: number;
}

export interface Aliases {
  /** The meaning of the item with this alias, if it can be seen from here. */
  readonly find: (name: string) => Term | undefined;
  /** Everything that an alias could stand for here. */
  readonly all: () => readonly Term[];
  /** ORDER BY, DISTINCT ON and HAVING may mean the item although there is a column of its name. */
  readonly beforeColumns: boolean;
}

/** What FROM brings into scope, and the rows that it gives. */
export interface FromMeaning {
  readonly entries: readonly Entry[];
  readonly merged: ReadonlyMap<string, Term>;
  /** All columns in the order of a star. */
  readonly rows: RowsMeaning;
}

/** Where an expression stands. */
export interface ExpressionContext {
  readonly scope: Scope;
  readonly ctes: CteScope;
  readonly analysis: Analysis;
  /** The rows that aggregates and windows here run over. */
  readonly over: Term;
  /**
   * How they are grouped before windows run over them, as text; empty: not at all. A window over groups is not
   * the same window over the rows, which a query inside may have handed on.
   */
  readonly groups: string;
  /** Physical order of those rows, which some of them can observe. */
  readonly order: Term;
  /** What FROM gives, for `#1`; null where there is none. */
  readonly input: RowsMeaning | null;
  /** What a COLUMNS(…) in the expression stands for at the moment; null: nothing. */
  readonly star: Term | null;
  /** Notes what stands in the expression. */
  readonly seen: Seen;
}

/** What the expressions of one SELECT were found to contain. */
export interface Seen {
  /** An aggregate of this SELECT. */
  aggregate: boolean;
  /** A function that gives several rows. */
  rows: boolean;
  /** A call or a piece that could do anything. */
  opaque: boolean;
}

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
  /** The text of a piece of the tree, layout and places left out. */
  readonly keyOf: (piece: Query | Expression | object) => string;
}

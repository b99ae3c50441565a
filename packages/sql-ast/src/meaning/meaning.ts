import type { Term } from './terms.ts';

/** One column of some rows. */
export interface ColumnMeaning {
  /** As a reader of the rows sees it. */
  readonly name: string;
  /** How its value is computed, given which rows there are. */
  readonly value: Term;
  /** Not shown by a star: the right side of a USING column. */
  readonly hidden?: boolean;
}

/**
 * What some rows mean: which rows there are and how often (`rows`), how each column is computed given that
 * (`columns`), and in which physical order they come (`order`).
 */
export interface RowsMeaning {
  readonly rows: Term;
  readonly columns: readonly ColumnMeaning[];
  readonly order: Term;
  /** The value of any column that `columns` does not list; null: there is no other. */
  readonly open: ((name: string) => Term) | null;
}

/** Something that could not be bound, or could be bound in two ways. */
export interface Problem {
  readonly code: 'COLUMN_UNKNOWN' | 'COLUMN_AMBIGUOUS' | 'RELATION_UNKNOWN' | 'CYCLE' | 'COLUMNS_MISMATCH';
  readonly message: string;
  /** Names that may have been meant. */
  readonly candidates: readonly string[];
  readonly at: number | null;
}

/** A query as a whole. */
export interface QueryMeaning extends RowsMeaning {
  /** One term for each query block, in the order of the text: equal lists are equal queries. */
  readonly blocks: readonly Term[];
  readonly problems: readonly Problem[];
  /** Why parts of it could not be analysed: they then depend on everything in reach. */
  readonly opaque: readonly string[];
  /** Its rows or values may differ between two runs over the same data: LIMIT, ties, `first`, floating sums. */
  readonly unstable: readonly string[];
  /** Functions that may answer otherwise each time. */
  readonly volatile: readonly string[];
}

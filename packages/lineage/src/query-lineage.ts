/** One output column of a query, and what it comes from; `table.column`, or `table.*`: any column of the table. */
export interface OutputColumn {
  /** `*`: the columns of a table that nobody described. */
  readonly name: string;
  /** What its value is computed from, partitions and orders of its windows included. */
  readonly sources: readonly string[];
  /** What decides which rows it is computed for, and over. */
  readonly rowSources: readonly string[];
}

/** Something in the query that the engine would refuse: a name that means nothing, or two things. */
export interface LineageProblem {
  readonly code: 'COLUMN_UNKNOWN' | 'COLUMN_AMBIGUOUS' | 'RELATION_UNKNOWN' | 'CYCLE' | 'COLUMNS_MISMATCH';
  readonly message: string;
  /** Names that may have been meant. */
  readonly candidates: readonly string[];
  /** Where it stands, in UTF-16 units from the start of the text; null: the parser did not say. */
  readonly at: number | null;
}

/** Where the columns of a query come from. Plain JSON; lists of sources are sorted, each once. */
export interface QueryLineage {
  /** Tables read, by their last name; in full where two of them share it. Sorted. */
  readonly tables: readonly string[];
  /** In the order of the query. */
  readonly columns: readonly OutputColumn[];
  /** What decides which rows there are, and how often. */
  readonly rowDependencies: readonly string[];
  /** What could not be followed and is therefore taken to read everything in reach, one reason each. */
  readonly notes: readonly string[];
  readonly problems: readonly LineageProblem[];
}

import {
  compareMeanings,
  engineMeaning,
  foldCase,
  meaningOf,
  tablesOf,
  TermTable,
  type Comparison,
  type Dialect,
  type Query,
  type QueryMeaning,
  type Schema,
} from '@seeknal/sql-ast';

/** What is known of the tables that two versions of a query read. */
export interface Surroundings {
  readonly dialect: Dialect;
  readonly oldSchema: Schema;
  readonly newSchema: Schema;
}

export interface TreeImpact extends Comparison {
  /** What could not be analysed, so that the worst was taken for true. */
  readonly doubts: readonly string[];
}

/** What a change of a query does to its rows, both versions bound with the tables as each sees them. */
export function impactOf(
  old: Query,
  now: Query,
  { dialect, oldSchema, newSchema }: Surroundings,
): TreeImpact {
  const terms = new TermTable();
  const engine = engineMeaning(dialect);
  const meaning = (query: Query, schema: Schema): QueryMeaning =>
    meaningOf(query, {
      ...engine,
      terms,
      table: tablesOf(schema, { terms, caseSensitive: engine.caseSensitive }),
    });
  const [before, after] = [meaning(old, oldSchema), meaning(now, newSchema)];
  const fold = (name: string): string => (engine.caseSensitive ? name : foldCase(name));
  const doubts = [before, after].flatMap(({ problems, opaque, volatile }) => [
    ...problems.map(({ message }) => message),
    ...opaque,
    ...volatile.map((name) => `${name} may give other values each time`),
  ]);
  return { ...compareMeanings(before, after, fold), doubts: [...new Set(doubts)] };
}

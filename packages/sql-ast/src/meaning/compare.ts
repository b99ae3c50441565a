import type { QueryMeaning, RowsMeaning } from './meaning.ts';

/** What a change does to the rows of a query. */
export interface Impact {
  /** Whether there may be other rows; then every column may hold other values. */
  readonly rows: boolean;
  /** Columns of both versions that may hold other values, given the same rows. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Whether the order or the spelling of common columns, or the physical order of rows, differs. */
  readonly shape: boolean;
}

export interface Comparison {
  readonly impact: Impact;
  /** Whether the two are one query: every block of them gives the same columns in the same way. */
  readonly same: boolean;
}

/** Compares two meanings of one table of terms. */
export const compareMeanings = (
  before: QueryMeaning,
  after: QueryMeaning,
  fold: (name: string) => string,
): Comparison => ({
  impact: compareRows(before, after, fold),
  same:
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => block === after.blocks[index]),
});

/** What differs between two meanings of rows. */
export function compareRows(before: RowsMeaning, after: RowsMeaning, fold: (name: string) => string): Impact {
  const old = new Map(before.columns.map((column) => [fold(column.name), column]));
  const now = new Map(after.columns.map((column) => [fold(column.name), column]));
  const common = [...now].flatMap(([name, column]) => {
    const was = old.get(name);
    return was === undefined ? [] : [{ name, was, is: column }];
  });
  const kept = [...old.keys()].filter((name) => now.has(name));
  return {
    // Columns that nobody can list could be any.
    rows: before.rows !== after.rows || before.open?.('*') !== after.open?.('*'),
    changed: common.flatMap(({ was, is }) => (was.value === is.value ? [] : [is.name])),
    added: [...now].flatMap(([name, column]) => (old.has(name) ? [] : [column.name])),
    removed: [...old].flatMap(([name, column]) => (now.has(name) ? [] : [column.name])),
    shape:
      before.order !== after.order ||
      common.some(({ name, was, is }, index) => kept[index] !== name || was.name !== is.name),
  };
}

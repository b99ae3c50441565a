import type { MeaningOptions, RowsMeaning } from '@seeknal/sql-ast';

/** The tables that a query was found to read. */
export interface TablesRead {
  /** To be handed to `meaningOf` in place of `table`. */
  readonly table: MeaningOptions['table'];
  /** By the name that `SourceColumn.table` has: the parts of the name. */
  readonly read: ReadonlyMap<string, readonly string[]>;
}

/** Notes every table that is asked for, whether anything is known of it or not. */
export function tablesRead(table: MeaningOptions['table'], fold: (name: string) => string): TablesRead {
  const read = new Map<string, readonly string[]>();
  return {
    read,
    table: (name): RowsMeaning | null => {
      const parts = name.map(fold);
      read.set(parts.join('.'), parts);
      return table(name);
    },
  };
}

/** Short names for tables: the last part, unless another table ends in the same. */
export function shortNames(read: TablesRead['read']): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  const last = (parts: readonly string[]): string => parts.at(-1) as string;
  for (const parts of read.values()) counts.set(last(parts), (counts.get(last(parts)) ?? 0) + 1);
  return new Map([...read].map(([key, parts]) => [key, counts.get(last(parts)) === 1 ? last(parts) : key]));
}

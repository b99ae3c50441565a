import { foldCase } from '../keywords.ts';
import type { MeaningOptions } from './analysis.ts';
import { openTable } from './tables.ts';
import type { RowsMeaning } from './meaning.ts';
import type { TermTable } from './terms.ts';

/** Columns of tables: `{ orders: { id: 'INTEGER', amount: 'DOUBLE' } }`, in the order of the table. */
export interface Schema {
  readonly [table: string]: { readonly [column: string]: string };
}

/**
 * The tables of a schema as `MeaningOptions.table`. A table of the query is found under its full name, else
 * under its last part, if only one entry of the schema ends so; one that is not listed stays open.
 */
export function tablesOf(
  schema: Schema,
  { terms, caseSensitive }: { readonly terms: TermTable; readonly caseSensitive: boolean },
): MeaningOptions['table'] {
  const fold = (name: string): string => (caseSensitive ? name : foldCase(name));
  const byName = new Map<string, Found[]>();
  for (const [key, columns] of Object.entries(schema)) {
    const parts = key.split('.');
    for (let from = 0; from < parts.length; from += 1) {
      const name = fold(parts.slice(from).join('.'));
      byName.set(name, [...(byName.get(name) ?? []), { isWhole: from === 0, columns }]);
    }
  }
  const known = new Map<string, RowsMeaning>();
  return (path) => {
    for (let from = 0; from < path.length; from += 1) {
      const found = byName.get(fold(path.slice(from).join('.'))) ?? [];
      const entry = found.find(({ isWhole }) => isWhole) ?? (found.length === 1 ? found[0] : undefined);
      if (entry === undefined) continue;
      // The name as the query has it tells apart two tables that one entry of the schema describes.
      const name = path.map(fold).join('.');
      const meaning = known.get(name) ?? tableOf(path, entry.columns, terms, fold);
      known.set(name, meaning);
      return meaning;
    }
    return null;
  };
}

/** An entry of the schema whose name, or the end of it, is looked for. */
interface Found {
  readonly isWhole: boolean;
  readonly columns: Schema[string];
}

function tableOf(
  path: readonly string[],
  columns: Found['columns'],
  terms: TermTable,
  fold: (name: string) => string,
): RowsMeaning {
  const table = path.map(fold).join('.');
  return {
    ...openTable(path, { terms, fold }),
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      value: terms.source({ table, column: fold(column) }, type),
    })),
    open: null,
  };
}

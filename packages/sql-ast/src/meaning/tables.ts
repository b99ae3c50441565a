import type { TableRelation } from '../tree.ts';
import type { Analysis, QueryContext } from './analysis.ts';
import type { RowsMeaning } from './meaning.ts';
import type { Term } from './terms.ts';

/** The rows of a table by its name, be it of a CTE or of the caller. */
export function tableMeaning(
  relation: Pick<TableRelation, 'name' | 'at'>,
  { analysis, ctes }: QueryContext,
): RowsMeaning {
  const { terms, fold } = analysis;
  const { name, at } = relation;
  const cte = name.length === 1 ? ctes.get(fold(name[0] as string)) : undefined;
  const known = cte ?? analysis.table(name) ?? openTable(name, analysis);
  return at === null ? known : { ...known, rows: terms.of(`at ${at}`, [known.rows]) };
}

/** A table of which nothing is known but its name. */
export function openTable(
  name: readonly string[],
  { terms, fold }: Pick<Analysis, 'terms' | 'fold'>,
): RowsMeaning {
  const table = name.map(fold).join('.');
  return {
    rows: terms.of(`table ${JSON.stringify(table)}`),
    columns: [],
    order: terms.of(`order of ${JSON.stringify(table)}`),
    open: (column) => terms.source({ table, column }, null),
  };
}

/** Rows of which only the whole is known. */
export const openRows = (rows: Term, { terms }: Analysis): RowsMeaning => ({
  rows,
  columns: [],
  order: rows,
  open: (name) => terms.of(`output ${JSON.stringify(name)}`, [rows]),
});

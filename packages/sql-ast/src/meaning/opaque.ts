import type { OpaqueQuery, TableRelation } from '../tree.ts';
import type { Analysis, QueryContext } from './analysis.ts';
import type { RowsMeaning } from './meaning.ts';
import { wholeOf, wholeScope } from './scope.ts';
import type { Term } from './terms.ts';

/** A query that could not be read depends on everything in reach. */
export function opaqueQueryMeaning(query: OpaqueQuery, context: QueryContext): RowsMeaning {
  const { analysis, outer } = context;
  const { terms } = analysis;
  analysis.opaque.add(query.reason);
  const inputs = opaqueInputs(query.tables, context);
  const around = outer === null ? [] : wholeScope(outer, analysis);
  const rows = terms.of(`opaque ${JSON.stringify(query.text)}`, [...inputs, ...around]);
  return {
    rows,
    columns: [],
    order: rows,
    open: (name) => terms.of(`opaque column ${name}`, [rows]),
  };
}

/** A column of something that the query does not name as a table: of a file, or of any table there is. */
export const outside = (column: string, { terms }: Analysis): Term =>
  terms.source({ table: '?', column }, null);

/** Everything that the tables of an unread piece hold; where they are not known, everything there is. */
export function opaqueInputs(
  tables: readonly TableRelation[] | null,
  context: QueryContext,
): readonly Term[] {
  const { analysis, ctes } = context;
  if (tables === null) return [analysis.terms.fresh('unknown inputs', [outside('*', analysis)])];
  return [
    ...tables.map(({ name }) => {
      const known = analysis.table(name);
      return known === null
        ? analysis.terms.source({ table: name.map(analysis.fold).join('.'), column: '*' }, null)
        : wholeOf(known, analysis);
    }),
    ...[...ctes.values()].map((rows) => wholeOf(rows, analysis)),
  ];
}

import type { Cte, Query } from '../tree.ts';
import type { Analysis, CteScope, QueryContext } from './analysis.ts';
import { renamed } from './renamed.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { opaqueQueryMeaning } from './opaque.ts';
import { recursiveMeaning } from './recursion.ts';
import { selectMeaning } from './select.ts';
import { setOperationMeaning } from './set-operation.ts';
import type { Term } from './terms.ts';

/**
 * What the rows of a query mean. Notes a block for every query in it.
 *
 * @param names Names that its CTE gives to the columns, by which a recursion reads itself.
 */
export function queryMeaning(
  query: Query,
  context: QueryContext,
  names: readonly string[] = [],
): RowsMeaning {
  const { analysis } = context;
  // Inner blocks are noted before the outer one.
  const inner = { ...context, ctes: withCtes(query.ctes, context) };
  const meaning = bodyMeaning(query, inner, names);
  const unique = withUniqueNames(meaning, analysis);
  analysis.blocks.push(blockOf(unique, analysis));
  return unique;
}

function bodyMeaning(query: Query, context: QueryContext, names: readonly string[]): RowsMeaning {
  switch (query.kind) {
    case 'select':
      return selectMeaning(query, context);
    case 'set-operation':
      return setOperationMeaning(query, context);
    case 'recursive-union':
      return recursiveMeaning(query, context, names);
    case 'opaque-query':
      return opaqueQueryMeaning(query, context);
  }
}

function withCtes(ctes: readonly Cte[], context: QueryContext): CteScope {
  if (ctes.length === 0) return context.ctes;
  const { analysis } = context;
  const known = new Map(context.ctes);
  for (const { name, columns, query } of ctes) {
    const rows = queryMeaning(query, { ...context, ctes: new Map(known) }, columns);
    known.set(analysis.fold(name), renamed(rows, columns, analysis));
  }
  return known;
}

/** Everything a reader of these rows could tell apart, spelling of the names included. */
const blockOf = ({ rows, columns, order, open }: RowsMeaning, { terms }: Analysis): Term =>
  terms.of(`block ${JSON.stringify(columns.map(({ name }) => name))}`, [
    rows,
    order,
    ...columns.map(({ value }) => value),
    ...(open === null ? [] : [open('*')]),
  ]);

/** A column whose name was taken gets a number, as the engine does it. */
function withUniqueNames(meaning: RowsMeaning, { fold, terms }: Analysis): RowsMeaning {
  const taken = new Set<string>();
  let isMended = false;
  const columns = meaning.columns.map((column): ColumnMeaning => {
    let name = column.name;
    for (let count = 1; taken.has(fold(name)); count += 1) name = `${column.name}_${count}`;
    taken.add(fold(name));
    if (name === column.name) return column;
    isMended = true;
    return { ...column, name };
  });
  if (!isMended) return meaning;
  const rows = terms.of('rows with repeated names', [
    meaning.rows,
    terms.of(
      JSON.stringify(columns.map(({ name }) => name)),
      columns.map(({ value }) => value),
    ),
  ]);
  return { ...meaning, rows, columns };
}

import type { RecursiveUnion } from '../tree.ts';
import type { Analysis, QueryContext } from './analysis.ts';
import { renamed } from './renamed.ts';
import { limitedColumns } from './limited.ts';
import type { RowsMeaning } from './meaning.ts';
import { wholeOf } from './scope.ts';
import type { TermTable } from './terms.ts';

/**
 * A CTE that reads itself. Its rows depend on everything in it; a column is computed from those that feed it,
 * round by round.
 *
 * @param names Names of the first columns, where the CTE gives them any.
 */
export function recursiveMeaning(
  query: RecursiveUnion,
  context: QueryContext,
  names: readonly string[],
): RowsMeaning {
  const { analysis, ctes } = context;
  const { terms } = analysis;
  const start = renamed(analysis.query(query.start, context), names, analysis);
  const name = analysis.fold(query.name);
  const self = rowsOfItself(name, start, analysis);
  const step = analysis.query(query.step, { ...context, ctes: new Map(ctes).set(name, self) });
  const all = [wholeOf(start, analysis), wholeOf(step, analysis)];
  const key = query.key.map((expression) => terms.of(analysis.keyOf(expression)));
  const feeding = feedingColumns(self, step, terms);
  analysis.opaque.add('a recursive query');
  const meaning: RowsMeaning = {
    rows: terms.of(`recursive ${query.all}`, [...all, ...key]),
    columns: start.columns.map((column, index) => {
      const values = feeding(index).flatMap((each) =>
        [start, step].flatMap(({ columns }) => columns[each]?.value ?? []),
      );
      return { name: column.name, value: terms.of(`recursive column ${index}`, values) };
    }),
    order: terms.of('no order'),
    open:
      start.open === null ? null : (column) => terms.of(`recursive column ${JSON.stringify(column)}`, all),
  };
  return limitedColumns(meaning, query, context);
}

/** What the step reads of the rows so far. */
const rowsOfItself = (name: string, { columns, open }: RowsMeaning, { terms }: Analysis): RowsMeaning => ({
  rows: terms.of(`rows of itself ${name}`),
  columns: columns.map((column, index) => ({
    name: column.name,
    value: terms.of(`itself ${index} ${name}`),
  })),
  order: terms.of('no order'),
  open: open === null ? null : (column) => terms.of(`itself ${JSON.stringify(column)} ${name}`),
});

/** The numbers of the columns that a column is computed from, its own included. */
function feedingColumns(
  self: RowsMeaning,
  step: RowsMeaning,
  terms: TermTable,
): (index: number) => readonly number[] {
  const itself = self.columns.map(({ value }) => value);
  const among = new Set(itself);
  return (index) => {
    const found = new Set([index]);
    for (const each of found) {
      const next = step.columns[each]?.value;
      const reached = next === undefined ? [] : terms.reached(next, among);
      for (const term of reached) found.add(itself.indexOf(term));
    }
    return [...found].toSorted((a, b) => a - b);
  };
}

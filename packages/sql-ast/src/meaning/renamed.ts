import type { Analysis } from './analysis.ts';
import type { RowsMeaning } from './meaning.ts';

/** Gives the first columns other names. */
export function renamed(
  meaning: RowsMeaning,
  names: readonly string[],
  { terms, problems }: Analysis,
): RowsMeaning {
  if (names.length === 0) return meaning;
  const { columns, open, rows } = meaning;
  if (names.length > columns.length && open === null) {
    problems.push({
      code: 'COLUMNS_MISMATCH',
      message: `There are ${names.length} names for ${columns.length} columns.`,
      candidates: [],
      at: null,
    });
  }
  return {
    ...meaning,
    columns: [
      ...names.map((name, index) => ({
        name,
        // Which column of an unknown list it is depends on the whole list.
        value:
          (open === null ? columns[index]?.value : undefined) ??
          terms.of(`column ${index} of`, [
            rows,
            ...columns.map(({ value }) => value),
            ...(open === null ? [] : [open('*')]),
          ]),
      })),
      ...columns.slice(names.length),
    ],
  };
}

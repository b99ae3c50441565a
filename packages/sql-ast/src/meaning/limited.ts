import type { Expression, QueryParts } from '../tree.ts';
import type { ExpressionContext, QueryContext } from './analysis.ts';
import { expressionMeaning, nothingSeen, orderedBy, orderMeaning } from './expression.ts';
import type { RowsMeaning } from './meaning.ts';
import { scopeOf, wholeOf } from './scope.ts';
import type { Term } from './terms.ts';

/** Rows in the order of these terms, as far as they decide it. */
export const ordered = (order: Term, by: readonly Term[], { terms }: QueryContext['analysis']): Term =>
  by.length === 0 ? order : terms.of('ordered', [...by, order]);

/** Puts rows in the order of the terms `by`, and applies LIMIT and OFFSET. */
export function limited(
  rows: RowsMeaning,
  by: readonly Term[],
  { limit, offset }: Pick<QueryParts, 'limit' | 'offset'>,
  context: ExpressionContext,
): RowsMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  const order = ordered(rows.order, by, analysis);
  if (limit === null && offset === null) return { ...rows, order };
  analysis.unstable.add(
    by.length === 0
      ? 'LIMIT without ORDER BY'
      : 'which of the rows with equal keys a LIMIT keeps is left to the engine',
  );
  const bounds = [
    terms.of(
      `limit ${limit?.percent ?? ''}`,
      limit === null ? [] : [expressionMeaning(limit.count, context)],
    ),
    terms.of('offset', offset === null ? [] : [expressionMeaning(offset, context)]),
  ];
  return { ...rows, rows: terms.of('limited', [rows.rows, order, ...bounds]), order };
}

/** The end of a query that is no SELECT: ORDER BY sees its columns, by name or number. */
export function limitedColumns(
  rows: RowsMeaning,
  query: QueryParts,
  { outer, ctes, analysis }: QueryContext,
): RowsMeaning {
  const context: ExpressionContext = {
    scope: scopeOf([{ name: null, rows }], outer),
    ctes,
    analysis,
    over: rows.rows,
    groups: '',
    order: rows.order,
    input: rows,
    star: null,
    seen: nothingSeen(),
  };
  const by = query.orderBy.flatMap((term): readonly Term[] => {
    if (isAll(term.expression)) return rows.columns.map(({ value }) => orderedBy(term, value, analysis));
    const numbered = rows.columns[(numberOf(term.expression) ?? 0) - 1];
    return [numbered === undefined ? orderMeaning(term, context) : orderedBy(term, numbered.value, analysis)];
  });
  // Which column a number counts, or which there are at all, an unknown list leaves open.
  const unknown =
    (rows.open === null && !context.seen.opaque) || by.length === 0 ? [] : [wholeOf(rows, analysis)];
  return limited(rows, [...by, ...unknown], query, context);
}

/** The star of ORDER BY ALL. */
export const isAll = (expression: Expression): boolean =>
  expression.kind === 'star' &&
  expression.filter === null &&
  expression.relation === null &&
  expression.exclude.length + expression.replace.length + expression.rename.length === 0;

/** A number among the terms of GROUP BY and ORDER BY counts the columns from 1; null: it is none. */
export const numberOf = (expression: Expression): number | null =>
  expression.kind === 'literal' && expression.type !== 'VARCHAR' && /^\d+$/u.test(expression.value)
    ? Number(expression.value)
    : null;

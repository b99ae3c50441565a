import type { PivotEntry, PivotRelation, UnpivotRelation } from '../tree.ts';
import type { Analysis, ExpressionContext, FromMeaning } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { columnsIn, expressionName } from './names.ts';
import { wholeOf } from './scope.ts';
import type { Term } from './terms.ts';

/** One row per group of the columns that the PIVOT does not use, one column per entry and aggregate. */
export function pivotMeaning(
  pivot: PivotRelation,
  source: FromMeaning,
  outer: ExpressionContext,
): RowsMeaning {
  const { analysis } = outer;
  const { terms, fold } = analysis;
  const scope = { ...outer.scope, entries: source.entries, merged: source.merged, outer: outer.scope.outer };
  const context: ExpressionContext = { ...outer, scope, over: source.rows.rows };
  const on = pivot.on.flatMap(({ expressions }) =>
    expressions.map((each) => expressionMeaning(each, context)),
  );
  const aggregated = aggregatesOf(pivot, context);
  const kept = keptColumns(pivot, source, analysis);
  const { open } = source.rows;
  const isKnown = pivot.on.every(({ entries }) => entries !== null);
  if (!isKnown) analysis.opaque.add('a PIVOT whose columns the data decides');
  const isWhole = !isKnown || open !== null || context.seen.opaque;
  const rows = terms.of(`pivot ${analysis.keyOf([pivot.on, pivot.groups, pivot.aggregates])}`, [
    source.rows.rows,
    ...on,
    ...kept.map(({ value }) => value),
    ...(isWhole ? [wholeOf(source.rows, analysis)] : []),
  ]);
  const made = combinations(pivot.on.map(({ entries }) => entries ?? [])).flatMap((name) =>
    aggregated.map(({ suffix, value }): ColumnMeaning => ({
      name: `${name}${suffix}`,
      value: terms.of(`pivoted ${JSON.stringify(name)}`, [value], [rows]),
    })),
  );
  const other = (name: string): Term =>
    made.find((column) => fold(column.name) === name)?.value ??
    open?.(name) ??
    terms.of(`pivoted ${JSON.stringify(name)}`, [rows]);
  const order = terms.of('no order');
  return { rows, columns: [...kept, ...made], order, open: isKnown && open === null ? null : other };
}

/** The aggregates, with what they add to the name of an entry. */
const aggregatesOf = ({ aggregates }: PivotRelation, context: ExpressionContext) =>
  aggregates.map(({ alias, expression }) => {
    const isNamed = aggregates.length > 1 || alias !== null;
    const suffix = isNamed ? `_${alias ?? expressionName(expression, context)}` : '';
    return { suffix, value: expressionMeaning(expression, context) };
  });

/** The columns by which a PIVOT groups: those it names, else those it does not use. */
function keptColumns(
  pivot: PivotRelation,
  source: FromMeaning,
  { fold }: Analysis,
): readonly ColumnMeaning[] {
  const expressions = [
    ...pivot.on.flatMap((each) => each.expressions),
    ...pivot.aggregates.map(({ expression }) => expression),
  ];
  const used = new Set(expressions.flatMap(columnsIn).map((path) => fold(path.at(-1) as string)));
  const groups = pivot.groups === null ? null : new Set(pivot.groups.map(fold));
  return source.rows.columns.filter(
    ({ name, hidden }) =>
      hidden !== true && (groups === null ? !used.has(fold(name)) : groups.has(fold(name))),
  );
}

/** The names of the columns for several ON lists: every entry of one with every entry of the next. */
const combinations = (lists: readonly (readonly PivotEntry[])[]): readonly string[] =>
  lists
    .map((entries) => entries.map(({ alias, values }) => alias ?? values.map(shownValue).join('_')))
    .reduce<readonly (readonly string[])[]>(
      (found, names) => found.flatMap((before) => names.map((own) => [...before, own])),
      [[]],
    )
    .map((names) => names.join('_'));

/** The value as the engine makes a name of it: `1` for `1::INTEGER`. */
const shownValue = (value: string): string =>
  value.includes('::') ? value.slice(0, value.lastIndexOf('::')) : value;

/** One row per listed column and row of the source. */
export function unpivotMeaning(
  unpivot: UnpivotRelation,
  source: FromMeaning,
  analysis: Analysis,
): RowsMeaning {
  const { terms, fold } = analysis;
  const { columns, open, rows: sourceRows } = source.rows;
  const listed = unpivot.entries.map(({ values }) => values.map(fold));
  const valueOf = (name: string): number =>
    columns.find((column) => fold(column.name) === name)?.value ??
    open?.(name) ??
    terms.of(`unknown ${name}`, [sourceRows]);
  const taken = new Set(listed.flat());
  const rows = terms.of(
    `unpivot ${unpivot.includeNulls} ${JSON.stringify([listed, unpivot.entries.map(({ alias }) => alias)])}`,
    [sourceRows, ...listed.flat().map(valueOf), ...(open === null ? [] : [wholeOf(source.rows, analysis)])],
  );
  return {
    rows,
    columns: [
      ...columns.filter(({ name, hidden }) => hidden !== true && !taken.has(fold(name))),
      { name: unpivot.nameColumn, value: terms.of('unpivoted name', [], [rows]) },
      ...unpivot.valueNames.map((name, index) => ({
        name,
        value: terms.of(
          'unpivoted value',
          listed.flatMap((group) => group.slice(index, index + 1).map(valueOf)),
          [rows],
        ),
      })),
    ],
    order: terms.of('no order'),
    open,
  };
}

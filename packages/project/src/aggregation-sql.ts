import { quotedName } from './quoted-name.ts';

/** One output column of an aggregation. */
export interface Aggregate {
  /** Its name: `fee_sum`, `fee_sum_7d`, `fee_sum_ratio_1d_30d`, `fee_count_if`. */
  readonly name: string;
  readonly column: string;
  readonly function: AggregateFunction;
  readonly over:
    | { readonly kind: 'group' }
    /** Rows of the same id of the given number of days and the day itself. */
    | { readonly kind: 'rolling'; readonly days: number }
    | { readonly kind: 'ratio'; readonly numerator: number; readonly denominator: number }
    /** An SQL condition of the author's. */
    | { readonly kind: 'since'; readonly condition: string };
}

const FUNCTIONS = {
  count: 'COUNT',
  sum: 'SUM',
  avg: 'AVG',
  mean: 'AVG',
  min: 'MIN',
  max: 'MAX',
  stddev: 'STDDEV',
  std: 'STDDEV',
} as const;

export type AggregateFunction = (typeof FUNCTIONS)[keyof typeof FUNCTIONS];

/** `mean` → `AVG`; null for a name that stands for none. */
export const aggregateFunction = (name: string): AggregateFunction | null =>
  Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name as keyof typeof FUNCTIONS] : null;

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS);

export interface AggregationSql {
  /** What is read, as SQL names it: `input_0`. */
  readonly from: string;
  readonly id: string;
  readonly featureDate: string;
  /** The columns that a row of the result stands for, the id first. */
  readonly groupBy: readonly string[];
  readonly aggregates: readonly Aggregate[];
}

/**
 * The SELECT of an aggregation: a row a group. What rolls is computed over all rows of an id, and a group
 * shows it as of the newest feature date in it.
 */
export function aggregationSql(of: AggregationSql): string {
  const groups = of.groupBy.map(quotedName).join(', ');
  const windows: string[] = [];
  const inWindow = (aggregate: Aggregate, days: number): string => {
    const at = `CAST(${quotedName(of.featureDate)} AS TIMESTAMP)`;
    windows.push(
      `${aggregate.function}(${quotedName(aggregate.column)}) OVER (PARTITION BY ${quotedName(of.id)} ORDER BY ${at} RANGE BETWEEN INTERVAL ${days} DAYS PRECEDING AND CURRENT ROW) AS ${quotedName(`_window_${windows.length}`)}`,
    );
    return `arg_max_null(${quotedName(`_window_${windows.length - 1}`)}, ${at})`;
  };
  const items = of.aggregates.map((each) => `${valueOf(each, inWindow)} AS ${quotedName(each.name)}`);
  const from = windows.length === 0 ? of.from : `(SELECT *, ${windows.join(', ')} FROM ${of.from})`;
  return `SELECT ${groups}, ${items.join(', ')} FROM ${from} GROUP BY ${groups} ORDER BY ${groups}`;
}

function valueOf(aggregate: Aggregate, inWindow: (of: Aggregate, days: number) => string): string {
  const { over, column } = aggregate;
  switch (over.kind) {
    case 'group':
      return `${aggregate.function}(${quotedName(column)})`;
    case 'rolling':
      return inWindow(aggregate, over.days);
    case 'ratio':
      return `${inWindow(aggregate, over.numerator)} / NULLIF(${inWindow(aggregate, over.denominator)}, 0)`;
    case 'since':
      return aggregate.function === 'COUNT'
        ? `COUNT(CASE WHEN (${over.condition}\n) THEN 1 END)`
        : `SUM(CASE WHEN (${over.condition}\n) THEN ${quotedName(column)} ELSE 0 END)`;
  }
}

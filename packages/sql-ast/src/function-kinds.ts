import { aggregateFunctions, rowsFunctions, scalarFunctions } from './function-list.ts';
import { foldCase } from './keywords.ts';

/**
 * What a call does to rows: gives one value a row, one a group, one a row from looking at others (with OVER
 * only), rows of its own, or nobody knows: a macro, a function of an extension.
 */
export type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'rows' | 'unknown';

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Aggregates to the catalogue, refused without OVER. */
export const windowFunctions: readonly string[] = words(
  'cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number',
);

/** The functions that DuckDB has by itself and whose kind is known, in small letters. */
export const knownFunctions: ReadonlyMap<string, FunctionKind> = new Map([
  ...words(scalarFunctions).map((name) => [name, 'scalar'] as const),
  ...words(aggregateFunctions).map((name) => [name, 'aggregate'] as const),
  ...words(rowsFunctions).map((name) => [name, 'rows'] as const),
  ...windowFunctions.map((name) => [name, 'window'] as const),
]);

/**
 * The kind of a function of DuckDB, whatever the case of its name. An aggregate may be used with OVER too.
 * A project's own macro of the same name would win, which the name does not tell.
 */
export const functionKind = (name: string): FunctionKind => knownFunctions.get(foldCase(name)) ?? 'unknown';

/**
 * Aggregates and window functions that may give another value when the same rows come in another order:
 * those that keep or pick rows, also only among ties or by sampling. Their own ORDER BY decides it for all
 * but ties.
 */
const orderDependent = new Set(
  words(`
any_value approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null
arg_min_nulls_last argmax argmin array_agg fill first first_value group_concat json_group_array
json_group_object json_group_structure lag last last_value lead list listagg max_by min_by mode nth_value ntile
reservoir_quantile row_number string_agg
`),
);

/** Aggregates that add floating numbers up: over DOUBLE, another order of the rows rounds otherwise. */
const rounding = new Set(
  words(`
avg corr covar_pop covar_samp entropy favg fsum geomean geometric_mean kahan_sum kurtosis kurtosis_pop mean
product regr_avgx regr_avgy regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev
stddev_pop stddev_samp sum sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg
`),
);

/** Whether the order of the rows, or of rows that tie, can decide the value of this aggregate or window function. */
export const dependsOnOrder = (name: string): boolean => orderDependent.has(foldCase(name));

/** Whether the order of the rows can decide the last digits of this aggregate over floating numbers. */
export const roundsByOrder = (name: string): boolean => rounding.has(foldCase(name));

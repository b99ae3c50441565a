import { expect, test } from '@jest/globals';
import { dependsOnOrder, functionKind, knownFunctions, roundsByOrder } from './function-kinds.ts';

test.each([
  ['lower', 'scalar'],
  ['LOWER', 'scalar'],
  ['||', 'scalar'],
  ['formatreadablesize', 'scalar'],
  ['list_sum', 'scalar'],
  ['nullif', 'scalar'],
  ['sum', 'aggregate'],
  ['count_star', 'aggregate'],
  ['geomean', 'aggregate'],
  ['row_number', 'window'],
  ['first_value', 'window'],
  ['unnest', 'rows'],
  ['read_csv', 'rows'],
  ['regexp_split_to_table', 'rows'],
  ['generate_subscripts', 'rows'],
  ['range', 'rows'],
  ['histogram', 'rows'],
  ['current_schema', 'unknown'],
  ['format_type', 'unknown'],
  ['my_macro', 'unknown'],
])('%s is %s', (name, kind) => expect(functionKind(name)).toBe(kind));

test.each([
  ['first', true, false],
  ['STRING_AGG', true, false],
  ['arg_max', true, false],
  ['mode', true, false],
  ['row_number', true, false],
  ['sum', false, true],
  ['stddev', false, true],
  ['max', false, false],
  ['count', false, false],
  ['rank', false, false],
  ['lower', false, false],
])('%s: picked by order %s, rounded by order %s', (name, picked, rounded) => {
  expect([dependsOnOrder(name), roundsByOrder(name)]).toEqual([picked, rounded]);
});

test('every aggregate that is not indifferent to order is one of the two', () => {
  const aggregates = [...knownFunctions].filter(([, kind]) => kind === 'aggregate' || kind === 'window');
  const indifferent = aggregates.flatMap(([name]) =>
    dependsOnOrder(name) || roundsByOrder(name) ? [] : [name],
  );
  expect(indifferent.toSorted()).toEqual(
    `approx_count_distinct bit_and bit_or bit_xor bitstring_agg bool_and bool_or count count_if count_star countif
    cume_dist dense_rank histogram_exact mad max median min percent_rank quantile quantile_cont quantile_disc
    rank rank_dense regr_count`.split(/\s+/),
  );
});

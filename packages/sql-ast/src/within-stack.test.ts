import { expect, test } from '@jest/globals';

import { lowerDuckDb } from './duckdb/lower-duckdb.ts';
import { engineMeaning, meaningOf } from './meaning/query-meaning.ts';
import { TermTable } from './meaning/terms.ts';
import { column, operation, select } from './testing/trees.ts';
import type { Expression } from './tree.ts';
import { withinStack } from './within-stack.ts';

const DEPTH = 100_000;

test('a query that nests too deeply is opaque: it depends on everything', () => {
  let deep: Expression = column('a');
  for (let at = 0; at < DEPTH; at += 1) deep = operation('-', deep);
  const terms = new TermTable();
  const query = select([deep], 't');
  const { columns, blocks, open, opaque } = meaningOf(query, {
    ...engineMeaning('duckdb'),
    terms,
    table: () => null,
  });
  expect(columns).toEqual([]);
  expect(blocks).toHaveLength(1);
  expect(opaque).toEqual(['nested too deeply']);
  expect(terms.sources([open?.('a') ?? 0], false)).toEqual([{ table: '?', column: '*' }]);
});

test('so is an answer of DuckDB that does', () => {
  const deep = `${'{"type":'.repeat(DEPTH)}null${'}'.repeat(DEPTH)}`;
  const json = `{"error":false,"statements":[{"node":${deep},"named_param_map":[]}]}`;
  expect(lowerDuckDb('SELECT 1', json)).toMatchObject({ kind: 'opaque-query', reason: 'nested too deeply' });
});

test('any other failure is as it was', () => {
  const fail = (): never => {
    throw new TypeError('other');
  };
  expect(() => withinStack(fail, () => 1)).toThrow('other');
});

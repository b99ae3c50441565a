import { expect, test } from '@jest/globals';
import { nodesOf } from '../walk.ts';
import { overlookedChanges } from './testing/change-fields.ts';
import { answers } from './testing/duckdb-answers.ts';
import { lowerDuckDb } from './lower-duckdb.ts';

const queries = [...answers].filter(([sql, json]) => json.includes('"error":false') && !sql.includes(';'));

test.each(queries)('%s: no field is overlooked', (sql, json) => {
  expect(overlookedChanges(sql, json, 7)).toEqual([]);
});

test.each(queries)('%s: opaque only what has to be', (sql, json) => {
  const isOpaque = nodesOf(lowerDuckDb(sql, json)).some(({ kind }) => kind.startsWith('opaque-'));
  expect(isOpaque).toBe(/DEFAULT|DESCRIBE|SUMMARIZE|ON COLUMNS/.test(sql));
});

import { expect, test } from '@jest/globals';
import { overlookedChanges } from './change-fields.test.data.ts';
import { answers } from './duckdb-answers.test.data.ts';

const queries = [...answers].filter(([sql, json]) => json.includes('"error":false') && !sql.includes(';'));

test.each(queries)('%s: no field at all is overlooked', (sql, json) => {
  expect(overlookedChanges(sql, json, 1)).toEqual([]);
});

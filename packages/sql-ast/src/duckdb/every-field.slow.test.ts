import { expect, test } from '@jest/globals';
import { overlookedChanges } from './testing/change-fields.ts';
import { answers } from './testing/duckdb-answers.ts';

const queries = [...answers].filter(([sql, json]) => json.includes('"error":false') && !sql.includes(';'));

test.each(queries)('%s: no field at all is overlooked', (sql, json) => {
  expect(overlookedChanges(sql, json, 1)).toEqual([]);
});

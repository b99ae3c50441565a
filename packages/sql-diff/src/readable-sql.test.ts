import { expect, test } from '@jest/globals';
import { canonicalSql } from '@seeknal/sql-ast';

import { readableSql } from './readable-sql.ts';

test.each([
  [
    'SELECT a, sum(b)::INTEGER AS s, x[1], (c, d) FROM t LEFT OUTER JOIN s.u ON t.i = u.i WHERE a IN (SELECT a, b FROM v) GROUP BY a ORDER BY a',
    `select a,
  sum(b)::INTEGER as s,
  x [1],
  (c, d)
from t
LEFT OUTER JOIN s.u on t.i = u.i
where a in(select a, b from v)
group BY a
order BY a`,
  ],
  [
    'WITH x AS (SELECT 1) SELECT * FROM x UNION ALL SELECT 2',
    'with x as(select 1)\nselect *\nfrom x\nunion all\nselect 2',
  ],
  ['SELECT 1 JOIN u', 'select 1\nJOIN u'],
  ['', ''],
])('%s', (sql, expected) => {
  const text = readableSql(canonicalSql(sql));
  expect(text).toBe(expected);
  expect(canonicalSql(text)).toBe(canonicalSql(sql));
});

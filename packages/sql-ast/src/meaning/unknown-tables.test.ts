import { expect, test } from '@jest/globals';

import { impactBetween, sourcesOf } from '../testing/meaning-of.ts';

test.each([
  ['SELECT a FROM x', 'a: x.a'],
  ['SELECT * FROM x', '*: x.*'],
  ['SELECT q.a FROM (SELECT * EXCLUDE (b) FROM x) AS q', 'a: x.a'],
  ['SELECT q.b FROM (SELECT * REPLACE (c + 1 AS b) FROM x) AS q', 'b: x.c'],
  ['SELECT * RENAME (b AS c) FROM x', '*: x.* | x.*'],
  ['SELECT p FROM (SELECT * FROM x) AS q(p)', 'p: x.* x.p'],
  ['SELECT a, count(*) AS n FROM x GROUP BY ALL', 'a: x.a; n: | x.a'],
  ['SELECT *, count(*) AS n FROM x GROUP BY ALL', 'n:; *: x.* | x.*'],
  ['SELECT a FROM x, y', 'a: x.a y.a'],
  ['SELECT x.a FROM x JOIN y USING (i)', 'a: x.a | x.i y.i'],
  ['SELECT * FROM x NATURAL JOIN y', '*: x.* y.* | x.* y.*'],
  ['SELECT * FROM x UNION ALL SELECT * FROM y', '*: x.* y.* | x.* y.*'],
  ['SELECT * FROM x UNION BY NAME SELECT * FROM y ORDER BY 1 LIMIT 1', '*: x.* y.* | x.* y.*'],
  ['SELECT *, a AS z FROM x ORDER BY 2 LIMIT 1', 'z: x.a; *: x.* | x.* x.a'],
  ['SELECT a AS z FROM x WHERE z > 1', 'z: x.a | x.a x.z'],
  ['SELECT a FROM x WHERE (SELECT b FROM y) > 1', 'a: x.a | x.b y.b'],
  ['SELECT x.a.b AS f FROM x', 'f: x.a'],
  ['SELECT #1 AS z FROM x', 'z: x.* | x.*'],
  ['SELECT x FROM x', 'x: x.x'],
  ['SELECT (SELECT * FROM x LIMIT 1) AS z', 'z: x.*'],
  ['SELECT a IN (SELECT * FROM x) AS z FROM y', 'z: x.* y.a'],
  ['SELECT a, count(*) AS n FROM x GROUP BY ROLLUP (a, b)', 'a: x.a; n: | x.* x.a x.b'],
  ['FROM x PIVOT (sum(a) FOR b IN (1, 2))', '1: x.a; 2: x.a; *: x.* | x.* x.b'],
  ['SELECT c FROM x PIVOT (sum(a) FOR b IN (1, 2))', 'c: x.c | x.* x.b'],
  ['SELECT c, val FROM x UNPIVOT (val FOR nam IN (a, b))', 'c: x.c; val: x.a x.b x.val | x.* x.a x.b'],
  ['SELECT q.k FROM (SELECT * FROM x UNION ALL SELECT a FROM x) AS q', 'k: x.k | x.* x.a'],
  ['SELECT q.c, q.b FROM (SELECT * RENAME (b AS c) FROM x) AS q', 'c: x.b x.c; b: x.b | x.*'],
  ['SELECT q.k FROM (SELECT x.*, y.* FROM x, y) AS q', 'k: x.k y.k'],
  [
    'WITH RECURSIVE r AS (SELECT * FROM x UNION ALL SELECT * FROM r WHERE a < 3) SELECT b FROM r',
    'b: x.* | x.*',
  ],
])('any column may be there: %s reads %s', (sql, said) => {
  expect(sourcesOf(sql, {})).toBe(said);
});

test.each([
  ['SELECT * FROM x', 'SELECT *, 1 AS one FROM x', 'added one'],
  ['SELECT a, * FROM x', 'SELECT *, a FROM x', 'rows'],
  ['SELECT x.*, y.* FROM x, y', 'SELECT y.*, x.* FROM x, y', 'rows'],
  ['SELECT * EXCLUDE (a) FROM x', 'SELECT * EXCLUDE (b) FROM x', 'rows'],
  [
    'SELECT a, *, b AS z FROM x ORDER BY 3 LIMIT 1',
    'SELECT *, a, b AS z FROM x ORDER BY 3 LIMIT 1',
    'rows; shape',
  ],
  [
    'SELECT p FROM (SELECT *, 1 AS one FROM x) AS q(p)',
    'SELECT p FROM (SELECT *, 2 AS one FROM x) AS q(p)',
    'changed p',
  ],
])('%s against %s: %s', (old, now, said) => {
  expect(impactBetween(old, now, {})).toBe(said);
});

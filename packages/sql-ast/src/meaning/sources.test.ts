import { expect, test } from '@jest/globals';

import { sourcesOf } from '../testing/meaning-of.ts';

test.each([
  ['SELECT a, a + b AS s, 1 AS one FROM t WHERE c > 1', 'a: t.a; s: t.a t.b; one: | t.c'],
  ['SELECT t.a, u.a FROM t, u', 'a: t.a; a_1: u.a | t.a u.a'],
  ['SELECT main.t.a, t.b FROM main.t', 'a: main.t.a; b: main.t.b'],
  ['SELECT a AS b, b + 1 AS y FROM t', 'b: t.a; y: t.b'],
  ['SELECT a AS x, x + 1 AS y, y * 2 AS z FROM t', 'x: t.a; y: t.a; z: t.a'],
  ['SELECT a AS x FROM t WHERE x > 1', 'x: t.a | t.a'],
  ['SELECT a AS x, x + b AS y FROM t WHERE y > 1', 'x: t.a; y: t.a t.b | t.a t.b'],
  ['SELECT max(a) AS m FROM t GROUP BY b HAVING m > 1', 'm: t.a | t.a t.b'],
  ['SELECT a FROM t QUALIFY rank() OVER (ORDER BY b) = 1', 'a: t.a | t.b'],
  ['SELECT a, rank() OVER w AS r FROM t WINDOW w AS (PARTITION BY b ORDER BY c)', 'a: t.a; r: t.b t.c'],
  ['SELECT a, sum(sum(b)) OVER (ORDER BY a) AS w FROM t GROUP BY a', 'a: t.a; w: t.a t.b | t.a'],
  ['SELECT a, grouping(a) AS g FROM t GROUP BY ROLLUP (a, b)', 'a: t.a; g: t.a | t.a t.b'],
  ['SELECT count(*) AS n FROM t', 'n:'],
  ['SELECT DISTINCT a FROM t', 'a: t.a | t.a'],
  ['SELECT a FROM t ORDER BY b', 'a: t.a'],
  ['SELECT a FROM t ORDER BY b LIMIT 1', 'a: t.a | t.b'],
  ['SELECT t.a FROM t JOIN u ON t.id = u.id ORDER BY a LIMIT 1', 'a: t.a | t.a t.id u.a u.id'],
  ['SELECT a FROM t UNION ALL SELECT d FROM u ORDER BY ALL LIMIT 1', 'a: t.a u.d | t.a u.d'],
  ['SELECT t.a FROM t TABLESAMPLE 50%', 'a: t.a | t.a t.b t.c t.id'],
  ['SELECT a FROM t USING SAMPLE 2 ROWS', 'a: t.a | t.a t.b t.c t.id'],
  ['SELECT a FROM t AT (VERSION => 1)', 'a: t.a'],
])('%s reads %s', (sql, said) => {
  expect(sourcesOf(sql)).toBe(said);
});

test.each([
  [
    'SELECT * FROM t JOIN u USING (id)',
    'id: t.id u.id; a: t.a; b: t.b; c: t.c; a_1: u.a; d: u.d | t.a t.b t.c t.id u.a u.d u.id',
  ],
  [
    'SELECT u.*, t.id AS own FROM t FULL JOIN u USING (id)',
    'id: u.id; a: u.a; d: u.d; own: t.id | t.id u.id',
  ],
  ['SELECT id FROM t JOIN u USING (id) JOIN v ON v.k = id', 'id: t.id u.id | t.id u.id v.k'],
  ['SELECT * FROM t NATURAL JOIN u', 'id: t.id u.id; a: t.a u.a; b: t.b; c: t.c; d: u.d | t.a t.id u.a u.id'],
  ['SELECT * FROM t SEMI JOIN u USING (id)', 'id: t.id; a: t.a; b: t.b; c: t.c | t.id u.id'],
  [
    'SELECT d FROM v JOIN (t JOIN u ON t.id = u.id AND t.a = 1) ON v.k = t.b',
    'd: u.d v.d | t.a t.b t.id u.id v.k',
  ],
  [
    'SELECT v.d FROM v, t JOIN LATERAL (SELECT v.b AS p WHERE v.k = t.a) AS q ON q.p = v.d',
    'd: v.d | t.a v.b v.d v.k',
  ],
  ['SELECT z FROM t JOIN u USING (id), LATERAL (SELECT id AS z) AS q', 'z: t.id u.id | t.id u.id'],
  ['SELECT e FROM s, unnest(l) AS q(e)', 'e: s.l | s.l'],
  ['SELECT q.unnest FROM s, unnest(s.l) AS q', 'unnest: s.l | s.l'],
  [
    'SELECT * FROM s, unnest(s.l) WITH ORDINALITY AS q(e, n)',
    'i: s.i; x: s.x; st: s.st; l: s.l; e: s.l; n: s.l; *: s.l | s.l',
  ],
  ["SELECT n FROM read_csv('f.csv')", 'n: ?.n'],
  ["SELECT n FROM read_csv('f.csv') AS r(m, n)", 'n: ?.* ?.n'],
  ['SELECT n FROM duckdb_tables()', 'n: ?.n'],
  ["SELECT a FROM query_table('t')", 'a: t.a'],
  ["WITH q AS (SELECT a FROM t) SELECT a FROM query_table('q')", 'a: ?.* ?.a | ?.*'],
  ["SELECT total FROM ref('transform.daily')", 'total: transform.daily.total'],
  ["SELECT n FROM ref('daily')", 'n: ?.* ?.n | ?.*'],
  ["SELECT n FROM ref('transform.daily') WITH ORDINALITY", 'n: ?.* ?.n | ?.*'],
  ["SELECT n FROM query_table('t', true)", 'n: ?.* ?.n | ?.*'],
  ['SELECT n FROM range(mine(1)) AS r(n), t', 'n:'],
  ['SELECT n FROM t, json_each(mine(t.a)) AS r(n)', 'n: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT 1 AS one FROM t JOIN u USING (id, a)', 'one: | t.a t.id u.a u.id'],
  ['SELECT 1 AS one FROM t JOIN u USING (a, id)', 'one: | t.a t.id u.a u.id'],
  ["SELECT n FROM query('SELECT 1 AS n')", 'n: ?.* ?.n | ?.*'],
  ['SELECT n FROM macro_of_mine(1), t', 'n: ?.* ?.n | ?.*'],
  ['SELECT x FROM range(now()::INTEGER) AS r(x)', 'x:'],
  ['SELECT * FROM (VALUES (1, 2), (3, 4)) AS w(p)', 'p:; col1:'],
  ['SELECT w FROM t, (VALUES (t.a), (t.b)) AS v(w)', 'w: t.a t.b'],
  ['SELECT 1 AS one', 'one:'],
])('from what stands in FROM: %s reads %s', (sql, said) => {
  expect(sourcesOf(sql)).toBe(said);
});

test.each([
  ['SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)', 'a: t.a | t.id u.id'],
  ['SELECT (SELECT max(d) FROM u WHERE u.a = t.a) AS m FROM t', 'm: t.a u.a u.d'],
  ['SELECT a FROM t WHERE b IN (SELECT d FROM u)', 'a: t.a | t.b u.d'],
  ['SELECT id FROM t WHERE (SELECT u.d AS k FROM u WHERE k > 1 LIMIT 1) > 1', 'id: t.id | u.d'],
  ['SELECT (SELECT k FROM u LIMIT 1) AS z FROM v', 'z: v.k'],
  ['SELECT st.x AS p, s.st.y AS q, st AS r FROM s', 'p: s.st; q: s.st; r: s.st'],
  ['SELECT s FROM s', 's: s.i s.l s.st s.x'],
  ['SELECT list_transform(l, (e, n) -> e + n + i) AS z FROM s', 'z: s.i s.l'],
  ['SELECT list_transform(l, lambda s: s.x) AS z FROM s', 'z: s.l s.x'],
  ['SELECT unnest(l) AS e, i FROM s', 'e: s.l; i: s.i | s.i s.l'],
  ['SELECT unnest(st) AS e FROM s', 'e: s.st; *: s.st | s.st'],
  ['SELECT unnest(st, recursive := true) AS e FROM s', 'e: s.st; *: s.st | s.st'],
  ['SELECT unnest([i, x]) AS e FROM s', 'e: s.i s.x | s.i s.x'],
  ['SELECT unnest(struct_pack(p := i)) AS e FROM s', 'e: s.i; *: s.i | s.i'],
  ['SELECT unnest(l::VARCHAR[]) AS e FROM s', 'e: s.l | s.l'],
  ['SELECT unnest(s.l) AS e FROM s, t', 'e: s.l | s.l'],
  ['SELECT st.* FROM s', '*: s.st'],
  ['SELECT t.* EXCLUDE (a, b) FROM t, u', 'id: t.id; c: t.c'],
  ['SELECT * REPLACE (b + 1 AS a) RENAME (c AS z) FROM t', 'id: t.id; a: t.b; b: t.b; z: t.c'],
  ["SELECT COLUMNS('^[ab]$') AS z FROM t", '*: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT COLUMNS([a]) FROM t', '*: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT max(COLUMNS(*)) FROM v', 'k: v.k; b: v.b; d: v.d'],
  ['SELECT a IN (SELECT COLUMNS(*) FROM (SELECT d FROM u)) AS z FROM t', 'z: t.a u.d'],
  ['SELECT list(a ORDER BY ALL) FROM t', 'id: t.a t.id; a: t.a; b: t.a t.b; c: t.a t.c'],
  ['SELECT sum(mine(a)) AS z FROM t', 'z: t.a | t.a t.b t.c t.id'],
  ['SELECT #2 AS z FROM t', 'z: t.a'],
  ['SELECT #9 AS z FROM t', 'z: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT $p AS z', 'z:'],
  ['SELECT rowid AS z FROM t', 'z:'],
  ['SELECT current_date AS z, a FROM t', 'z:; a: t.a'],
  ["SELECT COLUMNS('**') FROM t", '*: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT COLUMNS(1) FROM t', '*: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT t.x FROM s AS t', 'x: s.x'],
  ['SELECT st.x FROM s AS st', 'x: s.st s.x'],
  [
    'SELECT z FROM t JOIN u ON #1 = 1, (VALUES (#2)) AS v(z)',
    'z: t.a t.b t.c t.id u.a u.d u.id | t.a t.b t.c t.id u.a u.d u.id',
  ],
  ['SELECT a FROM t UNION ALL SELECT d FROM u ORDER BY #1 LIMIT 1', 'a: t.a u.d | t.a u.d'],
  ['SELECT a FROM t ORDER BY 9 LIMIT 50%', 'a: t.a'],
  ['SELECT a FROM t OFFSET 1', 'a: t.a'],
  ['SELECT a FROM t UNION ALL SELECT d FROM u ORDER BY a, 9 LIMIT 1', 'a: t.a u.d | t.a u.d'],
  ['SELECT a AS z, mine(z) AS y FROM t WHERE mine(z) > 1', 'z: t.a; y: t.a | t.a t.b t.c t.id'],
  [
    'SELECT a AS z, b FROM t WHERE EXISTS (SELECT mine(z), 1 AS n FROM u WHERE n > 0)',
    'z: t.a; b: t.b | t.a t.b t.c t.id u.a u.d u.id',
  ],
  ['SELECT (SELECT sum(u.d) FROM u WHERE u.id = t.id) AS z FROM t', 'z: t.id u.d u.id'],
  ['SELECT d FROM u JOIN LATERAL (SELECT (SELECT max(u.d)) AS m) AS q ON true', 'd: u.d | u.a u.d u.id'],
  ['SELECT try_cast(a AS DATE) AS z, coalesce(a, b) AS y FROM t', 'z: t.a; y: t.a t.b'],
])('through what stands in expressions: %s reads %s', (sql, said) => {
  expect(sourcesOf(sql)).toBe(said);
});

test.each([
  ['WITH t AS (SELECT a + 1 AS a FROM t) SELECT * FROM t', 'a: t.a'],
  [
    'WITH x AS (SELECT a FROM t), y AS (WITH x AS (SELECT b FROM t) SELECT * FROM x) SELECT * FROM x, y',
    'a: t.a; b: t.b',
  ],
  ['WITH q(y, z) AS (SELECT a, b FROM t) SELECT z FROM q', 'z: t.b'],
  [
    'WITH RECURSIVE r(n, m) AS (SELECT a, b FROM t UNION ALL SELECT n + 1, m FROM r WHERE n < 3) SELECT m FROM r',
    'm: t.b | t.a t.b',
  ],
  [
    'WITH RECURSIVE r AS (SELECT a, b FROM t UNION SELECT b, a FROM r) SELECT a FROM r',
    'a: t.a t.b | t.a t.b',
  ],
  [
    'WITH RECURSIVE r(k, n) USING KEY (k) AS (SELECT a, b FROM t UNION SELECT k, n FROM r) SELECT n FROM r',
    'n: t.b | t.a t.b',
  ],
  ['SELECT a FROM t UNION ALL BY NAME SELECT a, d FROM u', 'a: t.a u.a; d: u.d'],
  ['FROM t PIVOT (sum(a) FOR b IN (1, 2))', 'id: t.id; c: t.c; 1: t.a; 2: t.a | t.b t.c t.id'],
  [
    'FROM t PIVOT (sum(a) AS s, max(c) FOR b IN (1, 2) id IN (3, 4) GROUP BY c)',
    'c: t.c; 1_3_s: t.a; 1_3_max(c): t.c; 1_4_s: t.a; 1_4_max(c): t.c; 2_3_s: t.a; 2_3_max(c): t.c; 2_4_s: t.a; 2_4_max(c): t.c | t.b t.c t.id',
  ],
  [
    'SELECT x FROM t JOIN u USING (id) PIVOT (count(*) FOR d IN (1 AS x))',
    'x: | t.a t.b t.c t.id u.a u.d u.id',
  ],
  ['SELECT other FROM t PIVOT (sum(a) FOR b IN my_enum)', 'other: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['FROM t UNPIVOT (val FOR nam IN (a, b))', 'id: t.id; c: t.c; nam:; val: t.a t.b | t.a t.b'],
  [
    'FROM t UNPIVOT INCLUDE NULLS ((p, q) FOR nam IN ((a, b), (b, c)))',
    'id: t.id; nam:; p: t.a t.b; q: t.b t.c | t.a t.b t.c',
  ],
  ['FROM t UNPIVOT (val FOR nam IN (a, zz))', 'id: t.id; b: t.b; c: t.c; nam:; val: t.a | t.a'],
  ['DESCRIBE t', '*: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT n FROM (DESCRIBE t) AS d', 'n: t.a t.b t.c t.id | t.a t.b t.c t.id'],
  ['SELECT n FROM (DESCRIBE missing) AS d', 'n: missing.* | missing.*'],
])('through whole queries: %s reads %s', (sql, said) => {
  expect(sourcesOf(sql)).toBe(said);
});

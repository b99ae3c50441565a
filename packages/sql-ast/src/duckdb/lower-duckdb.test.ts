import { expect, test } from '@jest/globals';
import type { SqlError } from '../sql-error.ts';
import { answers } from './testing/duckdb-answers.ts';
import { lowerDuckDb } from './lower-duckdb.ts';
import { show } from './testing/show-tree.ts';

const lowered = (sql: string): ReturnType<typeof lowerDuckDb> => lowerDuckDb(sql, answers.get(sql)!);

test.each([
  [
    String.raw`SELECT 1, -2, 'it''s', NULL, 1.50, -0.05, 1e-300, 1e400, 9223372036854775807, 170141183460469231731687303715884105727, -170141183460469231731687303715884105728, 123456789012345678901.5, true, FALSE, DATE '2020-01-01', INTERVAL 3 DAYS`,
    String.raw`select INTEGER:1, INTEGER:-2, VARCHAR:it's, NULL:NULL, DECIMAL(3,2):1.50, DECIMAL(3,2):-0.05, DOUBLE:1e-300, DOUBLE:Infinity, BIGINT:9223372036854775807, HUGEINT:170141183460469231731687303715884105727, HUGEINT:-170141183460469231731687303715884105728, DECIMAL(22,1):123456789012345678901.5, BOOLEAN:true, BOOLEAN:false, cast(VARCHAR:2020-01-01 as DATE), to_days(cast(trunc(cast(INTEGER:3 as DOUBLE)) as INTEGER))`,
  ],
  [
    String.raw`SELECT a, t.a, s.t.a.b, #1, "Odd ""name""" AS "x y", z: a + 1 FROM t`,
    String.raw`select a, t.a, s.t.a.b, #1, Odd "name" as x y, (+ a, INTEGER:1) as z from t`,
  ],
  [String.raw`SELECT $name, a::VARCHAR FROM t`, String.raw`select $name, cast(a as VARCHAR) from t`],
  [
    String.raw`SELECT a + 1, -a, a || 'x', a LIKE 'x%', a NOT LIKE b, a ~~ b, a // 2, a COLLATE nocase, a AT TIME ZONE 'UTC', a LIKE 'x' ESCAPE 'y' FROM t`,
    String.raw`select (+ a, INTEGER:1), (- a), (|| a, VARCHAR:x), (~~ a, VARCHAR:x%), (!~~ a, b), (~~ a, b), (// a, INTEGER:2), (collate a, VARCHAR:nocase), timezone(VARCHAR:UTC, a), like_escape(a, VARCHAR:x, VARCHAR:y) from t`,
  ],
  [
    String.raw`SELECT a = 1 AND b <> 2 AND (c < 3 OR c > 4 OR c <= 5) AND c >= 6, NOT a, a IS NULL, a IS NOT NULL, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a BETWEEN 1 AND 2, a NOT BETWEEN 1 AND 2, a IN (1, 2), a NOT IN (1, 2), a IS TRUE FROM t`,
    String.raw`select (and (= a, INTEGER:1), (<> b, INTEGER:2), (or (< c, INTEGER:3), (> c, INTEGER:4), (<= c, INTEGER:5)), (>= c, INTEGER:6)), (not a), (is null a), (is not null a), (is distinct from a, b), (is not distinct from a, b), (between a, INTEGER:1, INTEGER:2), (not (between a, INTEGER:1, INTEGER:2)), (in a, INTEGER:1, INTEGER:2), (not in a, INTEGER:1, INTEGER:2), (is not distinct from cast(a as BOOLEAN), BOOLEAN:true) from t`,
  ],
  [
    String.raw`SELECT coalesce(a, b), ifnull(a, b), nullif(a, b), try(a), CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 END, CASE WHEN a THEN CASE WHEN b THEN c END ELSE d END, grouping(a) FROM t GROUP BY a`,
    String.raw`select (coalesce a, b), (coalesce a, b), nullif(a, b), (try a), case (= a, INTEGER:1) => INTEGER:2, (= a, INTEGER:3) => INTEGER:4 else NULL:NULL, case a => case b => c else NULL:NULL else d, (grouping a) from t group by (a)`,
  ],
  [
    String.raw`SELECT l[1], l[1:2], l[:-:2], (s).a, s.a, [1, 2], [], {'a': 1, b: 2}, MAP {'k': 1}, (1, 2), ARRAY[1], x.lower() FROM t`,
    String.raw`select ([] l, INTEGER:1), ([:] l, INTEGER:1, INTEGER:2), ([:] l, INTEGER[]:{"children":[]}, INTEGER[]:{"children":[]}, INTEGER:2), (. s, VARCHAR:a), s.a, list_value(INTEGER:1, INTEGER:2), list_value(), struct_pack(a:=INTEGER:1, b:=INTEGER:2), map(list_value(VARCHAR:k), list_value(INTEGER:1)), row(INTEGER:1, INTEGER:2), (array INTEGER:1), x.lower() from t`,
  ],
  [
    String.raw`SELECT CAST(a AS INT), TRY_CAST(a AS DECIMAL(9, 2)), a::STRUCT(a INT, "b c" VARCHAR)[], a::INT[3], a::MAP(INT, VARCHAR), a::UNION(a INT, b DATE), a::json, a::my.kind, a::ENUM('x', 'it''s'), a::TIMESTAMP(3), a::TIMESTAMP WITH TIME ZONE, a::GEOMETRY, a::VARIANT, a::c.s.u FROM t`,
    String.raw`select cast(a as INTEGER), try_cast(a as DECIMAL(9,2)), cast(a as STRUCT(a INTEGER, "b c" VARCHAR)[]), cast(a as INTEGER[3]), cast(a as MAP(INTEGER, VARCHAR)), cast(a as UNION(a INTEGER, b DATE)), cast(a as JSON), cast(a as MY.KIND), cast(a as ENUM('x', 'it''s')), cast(a as TIMESTAMP_MS), cast(a as TIMESTAMP WITH TIME ZONE), cast(a as GEOMETRY), cast(a as VARIANT), cast(a as C.S.U) from t`,
  ],
  [
    String.raw`SELECT list_filter(l, x -> x > 1), list_transform(l, lambda x, i: x + i), [x FOR x IN l IF x > 2], j -> 'a', f(j -> 'a'), list_filter(j -> 'a', x -> x), list_reduce(l, (x, y) -> x + y, 0) FROM t`,
    String.raw`select list_filter(l, x -> (> x, INTEGER:1)), list_transform(l, x i -> (+ x, i)), list_apply(list_filter(list_apply(l, x -> struct_pack(filter:=(> x, INTEGER:2), result:=x)), elem -> struct_extract(elem, VARCHAR:filter)), elem -> struct_extract(elem, VARCHAR:result)), (-> j, VARCHAR:a), f((-> j, VARCHAR:a)), list_filter((-> j, VARCHAR:a), x -> x), list_reduce(l, x y -> (+ x, y), INTEGER:0) from t`,
  ],
  [
    String.raw`SELECT count(*), sum(DISTINCT a), count(a) FILTER (WHERE a > 1), string_agg(a, ',' ORDER BY b DESC NULLS LAST, c ASC NULLS FIRST), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), main.f(a, b := 1), my.f(a), extract(year FROM a), sum(a) EXPORT_STATE FROM t`,
    String.raw`select count_star(), sum(distinct a), count(a) filter (> a, INTEGER:1), string_agg(a, VARCHAR:,) order (b desc nulls last, c nulls first), quantile_cont(DECIMAL(2,1):0.5) order (a), main.f(a, b:=INTEGER:1), my.f(a), date_part(VARCHAR:year, a), sum(a) export_state from t`,
  ],
  [
    String.raw`SELECT sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE TIES), lag(a, 2, 0 IGNORE NULLS) OVER w, first_value(a ORDER BY b) OVER (w), count(*) FILTER (WHERE a) OVER (), sum(a) OVER (GROUPS CURRENT ROW), sum(DISTINCT a) OVER (RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW), sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP), lead(a) OVER (ORDER BY b) FROM t WINDOW w AS (ORDER BY z)`,
    String.raw`select sum(a) over (b; c; rows preceding INTEGER:1 following INTEGER:2 exclude ties), lag(a, INTEGER:2, INTEGER:0) ignore nulls over (; z), first_value(a) order (b) over (; z), count() filter a over (; ), sum(a) over (; ; groups current-row current-row), sum(distinct a) over (; ; range current-row unbounded-following exclude current row), sum(a) over (; ; range unbounded-preceding unbounded-following exclude group), lead(a) over (; b) from t`,
  ],
  [
    String.raw`SELECT *, t.*, * EXCLUDE (e, t.a) REPLACE (a + 1 AS c, 2 AS b) RENAME (x AS y, t.z AS w), COLUMNS('a.*'), COLUMNS(* EXCLUDE a), COLUMNS(c -> c LIKE 'x'), * LIKE 'a%', coalesce(*COLUMNS(*)) FROM t`,
    String.raw`select *, t.*, *<e t.a|b=INTEGER:2 c=(+ a, INTEGER:1)|t.z>w x>y|>, columns*<|||VARCHAR:a.*>, columns*<a|||>, columns*<|||list_filter(*, c -> (~~ c, VARCHAR:x))>, (~~ *, VARCHAR:a%), (coalesce *columns*) from t`,
  ],
  [
    String.raw`SELECT a, (SELECT 1), EXISTS (SELECT 1), a IN (SELECT b FROM u), a NOT IN (SELECT b FROM u), a < ANY (SELECT 1), a <> ALL (SELECT 1), a = ANY([1]), ARRAY(SELECT b FROM u) FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)`,
    String.raw`select a, scalar{select INTEGER:1}, exists{select INTEGER:1}, a = any{select b from u}, (not a = any{select b from u}), a < any{select INTEGER:1}, (not a = any{select INTEGER:1}), a = any{select unnest(list_value(INTEGER:1))}, scalar{select case (is null array_agg(#1)) => list_value() else array_agg(#1) from {select b from u}} from t where (not exists{select INTEGER:1 from u where (= u.a, t.a)})`,
  ],
  [
    String.raw`SELECT DISTINCT a FROM t WHERE a > 1 GROUP BY a HAVING count(*) > 1 QUALIFY row_number() OVER () = 1 ORDER BY a DESC, b ASC NULLS FIRST, c LIMIT 10 OFFSET 2`,
    String.raw`select distinct a from t where (> a, INTEGER:1) group by (a) having (> count_star(), INTEGER:1) qualify (= row_number() over (; ), INTEGER:1) order a desc, b nulls first, c limit INTEGER:10 offset INTEGER:2`,
  ],
  [
    String.raw`SELECT DISTINCT ON (a, b) a FROM t GROUP BY ALL ORDER BY ALL DESC LIMIT 10%`,
    String.raw`select distinct on (a, b) a from t group all order columns* desc limit INTEGER:10%`,
  ],
  [
    String.raw`SELECT ALL a FROM t GROUP BY ROLLUP (a, b), c OFFSET 3`,
    String.raw`select a from t group by (a, b, c) sets [[2],[0,2],[0,1,2]] offset INTEGER:3`,
  ],
  [
    String.raw`SELECT a, b FROM t GROUP BY GROUPING SETS ((a), (a, b), ())`,
    String.raw`select a, b from t group by (a, b) sets [[0],[0,1],[]]`,
  ],
  [String.raw`SELECT 1 GROUP BY ()`, String.raw`select INTEGER:1 group by ()`],
  [String.raw`FROM t SELECT a,`, String.raw`select a from t`],
  [
    String.raw`FROM s.t AS x (a, b) TABLESAMPLE 10% (bernoulli, 42)`,
    String.raw`select * from s.t as x(a b) sample <bernoulli 10% 42>`,
  ],
  [
    String.raw`SELECT * FROM c.s.t USING SAMPLE reservoir(20 ROWS) REPEATABLE (3)`,
    String.raw`select * from c.s.t sample <reservoir 20 rows 3>`,
  ],
  [String.raw`FROM t y AT (VERSION => 3)`, String.raw`select * from t at <VERSION => INTEGER 3> as y`],
  [
    String.raw`FROM a JOIN b USING (x, y) NATURAL LEFT JOIN c CROSS JOIN d, e ASOF JOIN f ON e.t >= f.t POSITIONAL JOIN g SEMI JOIN h ON true ANTI JOIN i ON h.a = i.a FULL JOIN j ON a RIGHT JOIN k ON b`,
    String.raw`select * from [[[[a inner b using (x y)] natural left c] cross d] cross [[[[[[e asof inner f on (>= e.t, f.t)] positional g] semi h on BOOLEAN:true] anti i on (= h.a, i.a)] full j on a] right k on b]]`,
  ],
  [
    String.raw`FROM (a JOIN b ON true) x, u: v`,
    String.raw`select * from [{select * from [a inner b on BOOLEAN:true]} as x cross v as u]`,
  ],
  [
    String.raw`VALUES (1, 2), (3, 4) ORDER BY 1`,
    String.raw`select * from values (INTEGER:1, INTEGER:2) (INTEGER:3, INTEGER:4) order INTEGER:1`,
  ],
  [
    String.raw`SELECT * FROM (VALUES (1, 2)) v (a, b), (SELECT * FROM (VALUES (3)) w (c)) x`,
    String.raw`select * from [values (INTEGER:1, INTEGER:2) as v(a b) cross {select * from values (INTEGER:3) as w(c)} as x]`,
  ],
  [
    String.raw`FROM range(3) WITH ORDINALITY AS r (a), unnest([1]), LATERAL (SELECT r.a) l, read_csv('a.csv', header := true, sep = ','), 'b.parquet', s.f(a = b)`,
    String.raw`select * from [[[[[rows of range(INTEGER:3) with ordinality as r(a) cross rows of unnest(list_value(INTEGER:1))] cross {select r.a} as l] cross rows of read_csv(VARCHAR:a.csv, header:=BOOLEAN:true, sep:=VARCHAR:,)] cross b.parquet] cross rows of s.f(a:=b)]`,
  ],
  [
    String.raw`SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION SELECT 4 ORDER BY 1 LIMIT 2`,
    String.raw`union {union all {select INTEGER:1} {select INTEGER:2} {select INTEGER:3}} {select INTEGER:4} order INTEGER:1 limit INTEGER:2`,
  ],
  [
    String.raw`SELECT 1 UNION ALL (SELECT 2 UNION ALL SELECT 3)`,
    String.raw`union all {select INTEGER:1} {select INTEGER:2} {select INTEGER:3}`,
  ],
  [
    String.raw`(SELECT 1 LIMIT 1) EXCEPT ALL (SELECT 2 ORDER BY 1) INTERSECT SELECT 3`,
    String.raw`except all {select INTEGER:1 limit INTEGER:1} {intersect {select INTEGER:2 order INTEGER:1} {select INTEGER:3}}`,
  ],
  [
    String.raw`SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS b UNION BY NAME SELECT 3 AS c`,
    String.raw`union by name {union all by name {select INTEGER:1 as a} {select INTEGER:2 as b}} {select INTEGER:3 as c}`,
  ],
  [
    String.raw`WITH RECURSIVE r (n) USING KEY (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r`,
    String.raw`with r(n) = {recursive r all key (n) {select INTEGER:1} {select (+ n, INTEGER:1) from r where (< n, INTEGER:5)}} select * from r`,
  ],
  [
    String.raw`WITH a AS MATERIALIZED (SELECT 1), b (x) AS NOT MATERIALIZED (FROM a), c AS (WITH d AS (FROM b) FROM d) SELECT * FROM c UNION ALL FROM a`,
    String.raw`with a materialized = {select INTEGER:1} with b(x) not materialized = {select * from a} with c = {with d = {select * from b} select * from d} union all {select * from c} {select * from a}`,
  ],
  [
    String.raw`FROM t PIVOT (sum(x) AS s, count(*) FOR y IN ('a', 'b' AS c, 2) z IN (1, '2::INTEGER') GROUP BY g, h) AS p (a, b)`,
    String.raw`select * from pivot t (sum(x) as s, count_star() for y in a b as c 2::INTEGER; z in 1::INTEGER 2::INTEGER::VARCHAR groups g h) as p(a b)`,
  ],
  [
    String.raw`FROM t PIVOT (sum(x) FOR y IN my_enum)`,
    String.raw`select * from pivot t (sum(x) for y in my_enum groups rest)`,
  ],
  [
    String.raw`PIVOT t ON y IN ('a') USING sum(x)`,
    String.raw`select * from pivot t (sum(x) for y in a groups rest)`,
  ],
  [
    String.raw`FROM t UNPIVOT INCLUDE NULLS ((v, w) FOR n IN ((a, b) AS x, (c, d)))`,
    String.raw`select * from unpivot t (v+w for n in a+b as x c+d with nulls)`,
  ],
  [String.raw`UNPIVOT t ON a, b INTO NAME n VALUE v`, String.raw`select * from unpivot t (v for n in a b)`],
  [
    String.raw`UNPIVOT t ON COLUMNS(* EXCLUDE a) INTO NAME n VALUE v`,
    String.raw`select * from OPAQUE UNPIVOT of an expression tables t`,
  ],
  [String.raw`DESCRIBE t`, String.raw`select * from OPAQUE DESCRIBE, SUMMARIZE or SHOW tables t`],
  [
    String.raw`WITH x AS (FROM u) SELECT * FROM (SUMMARIZE WITH y AS (FROM s.v) FROM x, y, s.y) d`,
    String.raw`with x = {select * from u} select * from {select * from OPAQUE DESCRIBE, SUMMARIZE or SHOW tables s.v x s.y} as d`,
  ],
  [
    String.raw`SELECT (SELECT DEFAULT FROM t), DEFAULT`,
    String.raw`select scalar{select OPAQUE<an expression of class DEFAULT, VALUE_DEFAULT> from t}, OPAQUE<an expression of class DEFAULT, VALUE_DEFAULT>`,
  ],
  [
    String.raw`PIVOT t ON y USING sum(x)`,
    String.raw`OPAQUE Only SELECT statements can be serialized to json! tables unknown`,
  ],
  [
    String.raw`CREATE TABLE x AS SELECT 1`,
    String.raw`OPAQUE Only SELECT statements can be serialized to json! tables unknown`,
  ],
  [
    String.raw`SELECT 'ä😀', "ö" AS x FROM "ü" AS y WHERE z = '€' AND w`,
    String.raw`select VARCHAR:ä😀, ö as x from ü as y where (and (= z, VARCHAR:€), w)`,
  ],
  [
    String.raw`SELECT a IN b, contains(a, b), [a], {'k': a}, a IS NOT TRUE, (a), ((a + 1)) FROM t`,
    String.raw`select contains(b, a), contains(a, b), list_value(a), struct_pack(k:=a), (is distinct from cast(a as BOOLEAN), BOOLEAN:true), a, (+ a, INTEGER:1) from t`,
  ],
  [
    String.raw`SELECT t.from, a AS limit, a IS NOT DISTINCT FROM b, CASE WHEN t.case THEN t.end END FROM t`,
    String.raw`select t.from, a as limit, (is not distinct from a, b), case t.case => t.end else NULL:NULL from t`,
  ],
  [
    String.raw`SELECT l[:], (l)[:], (s).a.b FROM t`,
    String.raw`select ([:] l, INTEGER[]:{"children":[]}, INTEGER[]:{"children":[]}), ([:] l, INTEGER[]:{"children":[]}, INTEGER[]:{"children":[]}), (. (. s, VARCHAR:a), VARCHAR:b) from t`,
  ],
  ["SELECT * EXCLUDE t.a, 'one '\n  'two' AS x FROM t", 'select *<t.a|||>, VARCHAR:one two as x from t'],
])('%s', (sql, tree) => expect(show(lowered(sql))).toBe(tree));

test.each([
  ['selec 1', 'SQL_SYNTAX', 0],
  ['SELECT 1; SELECT 2', 'SQL_NOT_ONE_STATEMENT', 0],
  [';', 'SQL_NOT_ONE_STATEMENT', 0],
])('refuses %s', (sql, code, offset) => {
  expect(() => lowered(sql)).toThrow(expect.objectContaining({ name: 'SqlError', code, offset }));
});

test('points at the character that DuckDB points at, in bytes', () => {
  const error = (position: string): string =>
    `{"error":true,"error_type":"parser","error_message":"syntax error","position":"${position}"}`;
  const offset = (sql: string, position: string): number => {
    try {
      lowerDuckDb(sql, error(position));
    } catch (thrown) {
      return (thrown as SqlError).offset;
    }
    return NaN;
  };
  // Of one, two, three and four bytes, and half a pair, which is written as three.
  expect(['0', '1', '3', '6', '10', '13', '99'].map((byte) => offset('aä€😀\ud83d!', byte))).toEqual([
    0, 1, 2, 3, 5, 6, 7,
  ]);
  expect(() => lowerDuckDb('a', '{"error":true,"error_message":"no place"}')).toThrow('no place');
});

/** An answer with the first of one text in it replaced by another, as DuckDB might answer one day. */
const changed = (sql: string, from: string, to: string): ReturnType<typeof lowerDuckDb> => {
  const json = answers.get(sql)!;
  expect(json).toContain(from);
  return lowerDuckDb(sql, json.replace(from, to));
};

const sampled = 'FROM s.t AS x (a, b) TABLESAMPLE 10% (bernoulli, 42)';
const pivoted = "PIVOT t ON y IN ('a') USING sum(x)";
const unpivoted = 'UNPIVOT t ON a, b INTO NAME n VALUE v';
const recursive =
  'WITH RECURSIVE r (n) USING KEY (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r';
const gathered = [...answers.keys()].find((sql) => sql.includes('recurring.r'))!;
const limited = 'SELECT DISTINCT ON (a, b) a FROM t GROUP BY ALL ORDER BY ALL DESC LIMIT 10%';
const windowed = [...answers.keys()].find((sql) => sql.includes('EXCLUDE TIES'))!;
const typed = [...answers.keys()].find((sql) => sql.includes('a::UNION'))!;

test.each([
  [sampled, '"DOUBLE"', '"FLOAT"', 'OPAQUE a sample of FLOAT% tables s.t as x(a b)'],
  [sampled, '"seed":42', '"seed":-1', 'sample <bernoulli 10%>'],
  [sampled, '"value":10.0', '"value":10.5', 'sample <bernoulli 10.5% 42>'],
  [pivoted, '"include_nulls":false', '"include_nulls":true', 'OPAQUE a PIVOT with parts of UNPIVOT tables t'],
  [
    unpivoted,
    '"groups":[]',
    '"groups":["g"]',
    'OPAQUE an UNPIVOT with more than one list of columns tables t',
  ],
  [
    unpivoted,
    '"pivots":[',
    '"pivots":[],"more":[',
    'OPAQUE an UNPIVOT with more than one list of columns tables t',
  ],
  [
    recursive,
    '"RECURSIVE_CTE_NODE","modifiers":[',
    '"RECURSIVE_CTE_NODE","modifiers":[{"type":"DISTINCT_MODIFIER","distinct_on_targets":[]}',
    'with r(n) = {OPAQUE a recursion with DISTINCT tables }',
  ],
  [
    recursive,
    '"aliases":["n"],"key_targets"',
    '"aliases":["m"],"key_targets"',
    'OPAQUE r with another recursion tables ',
  ],
  [
    limited,
    '"ORDER_MODIFIER"',
    '"DISTINCT_MODIFIER"',
    'OPAQUE two modifiers of type DISTINCT_MODIFIER tables t',
  ],
  [
    limited,
    '"LIMIT_PERCENT_MODIFIER"',
    '"FETCH_MODIFIER"',
    'OPAQUE a modifier of type FETCH_MODIFIER tables t',
  ],
  [windowed, '"WINDOW_LAG"', '"WINDOW_NEW"', 'OPAQUE<a window function of type WINDOW_NEW>'],
  [windowed, '"EXPR_FOLLOWING_ROWS"', '"EXPR_FOLLOWING_RANGE"', 'OPAQUE<a frame in rows and range>'],
  [
    typed,
    '"child_types":[{"first":"keys"',
    '"x":[{"first":"keys"',
    'OPAQUE<STRUCT_TYPE_INFO without child_types>',
  ],
  [typed, '"id":"TIMESTAMP_MS"', '"id":"VARIANT"', 'OPAQUE<a VARIANT of nothing>'],
  ['SELECT 1, -2', '"scale":2', '"scale":0', 'DECIMAL(3,0):150'],
  [pivoted, '"pivot_enum":""', '"pivot_enum":"e"', 'OPAQUE a PIVOT without a list of values tables t'],
  [
    'SELECT a, (SELECT 1)',
    '"subquery_type":"SCALAR"',
    '"subquery_type":"ANY"',
    'OPAQUE a subquery of form any with half a comparison tables u u u t u',
  ],
  [
    gathered,
    '"RECURSIVE_CTE_NODE","modifiers":[',
    '"RECURSIVE_CTE_NODE","modifiers":[{"type":"DISTINCT_MODIFIER","distinct_on_targets":[]}',
    'with r(n) = {OPAQUE a recursion with DISTINCT tables s.r}',
  ],
  [typed, '"first":"key"', '"first":"k"', 'OPAQUE<a MAP of something else than keys and values>'],
  [
    'VALUES (1, 2), (3, 4) ORDER BY 1',
    '"valueslist"',
    '"named"',
    'values (INTEGER:1, INTEGER:2) (INTEGER:3, INTEGER:4) as named',
  ],
  ['SELECT 1, -2', '"value":-2', `"value":{"${'x'.repeat(80)}":1}`, 'INTEGER:{"xxx'],
])('%s with %s changed to %s', (sql, from, to, part) => {
  const whole = [...answers.keys()].find((key) => key.startsWith(sql))!;
  expect(show(changed(whole, from, to))).toContain(part);
});

test('long fields are told in short', () => {
  const sql = 'FROM t SELECT a,';
  const tree = changed(sql, '"having":null', `"having":null,"novelty":"${'x'.repeat(80)}"`);
  expect(show(tree)).toBe(`OPAQUE SELECT_NODE with novelty "${'x'.repeat(59)}… tables t`);
});

test('AND within AND is flat', () => {
  const column = (name: string): string =>
    `{"class":"COLUMN_REF","type":"COLUMN_REF","alias":"","query_location":1,"column_names":["${name}"]}`;
  const and = (...children: readonly string[]): string =>
    `{"class":"CONJUNCTION","type":"CONJUNCTION_AND","alias":"","query_location":1,"children":[${children.join()}]}`;
  const where = and(column('a'), and(column('b'), column('c')));
  const tree = changed('FROM t SELECT a,', '"where_clause":null', `"where_clause":${where}`);
  expect(show(tree)).toBe('select a from t where (and a, b, c)');
});

test('an answer that is none is no tree', () => {
  expect(() => lowerDuckDb('SELECT 1', 'nothing')).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  expect(show(lowerDuckDb('SELECT 1', '{}'))).toBe(
    'OPAQUE an object without type without error tables unknown',
  );
  expect(show(lowerDuckDb('SELECT 1', '{"error":false,"statements":[1]}'))).toMatch(
    /^OPAQUE 1 where an object/,
  );
});

test('MATERIALIZED counts even where the text of the tree is another', () => {
  const sql =
    'WITH a AS MATERIALIZED (SELECT 1), b (x) AS NOT MATERIALIZED (FROM a), c AS (WITH d AS (FROM b) FROM d) SELECT * FROM c UNION ALL FROM a';
  const json = answers.get(sql)!;
  expect(show(lowerDuckDb(sql.replace(' MATERIALIZED', ' /*    */    '), json))).not.toBe(show(lowered(sql)));
});

/** Texts whose tokens have nothing to do with the answer: places are then nonsense, the tree is not. */
const otherTexts = [
  '',
  '-- nothing',
  ')]} ( [ {',
  '( a [ b { c',
  'a . b . c :: d :: . e -> # 1 # * : at ( over over filter within group ( x',
  'select distinct on select all case case end . end over',
  'x . '.repeat(200),
  '( case using as at with ordinality values lateral tablesample % materialized not as r ) '.repeat(20),
  'columns ( * exclude ( a ) replace . b union all select '.repeat(20),
  ...[...answers.keys()].flatMap((sql) => [
    sql,
    // The same places with something else in them.
    sql
      .replaceAll(', ', ',,')
      .replaceAll(/\b[a-z]\b/g, 'q')
      .replaceAll('END', 'AND'),
    sql.replaceAll(/[.[]/g, '+'),
    `\u00a0${sql}`,
  ]),
];

test.each([...answers].filter(([sql, json]) => json.includes('"error":false') && !sql.includes(';')))(
  '%s: wrong places change nothing but spans',
  (sql, json) => {
    const plain = (text: string): string =>
      show(lowerDuckDb(text, json)).replaceAll(/ (?:not )?materialized|main\./g, '');
    const expected = plain(sql);
    for (const text of otherTexts) expect(plain(text)).toBe(expected);
  },
);

import type { Dice } from './query-recipes.ts';

/**
 * Queries over `t(id, a, b, c)`, `u(id, a, d)` and `v(k, b, d)` with holes: `{t}` is a column of t, `{n}` a small
 * number, `{x}` an alias that may be taken for a column, `{f}` an aggregate, `{?…}` a piece that may be absent,
 * `{a|b}` one of several. Names of one hole differ, so that what depends on a name shows.
 */
const SHAPES: readonly string[] = [
  // aliases against columns
  'SELECT {t} + {n} AS {x}, {x} + 1 AS y FROM t',
  'SELECT {t} AS {x}, {t} AS y FROM t WHERE {x} > {n}{? AND y < 3}',
  'SELECT {f}({t}) AS {x}, {t} AS g FROM t GROUP BY g{? HAVING {x} > {n}}',
  'SELECT {f}({t}) AS {x} FROM t GROUP BY {t} HAVING {x} > {n}',
  'SELECT {t} AS {x}, id AS o FROM t ORDER BY {x}, o LIMIT {n}',
  'SELECT -{t} AS {x}, id AS o FROM t ORDER BY {x} + {n} * {x}, o LIMIT 2',
  'SELECT {t} AS {x} FROM t QUALIFY row_number() OVER (PARTITION BY {x} ORDER BY id, {t}) = 1',
  'SELECT {t} AS t, t AS w FROM t',
  'SELECT {t} AS {x}, (SELECT max(d) FROM u WHERE u.a = {x}) AS m FROM t',
  'SELECT id FROM t WHERE EXISTS (SELECT {u} AS {x} FROM u WHERE {x} = t.{t})',
  'SELECT id FROM t AS u WHERE {t} IN (SELECT {u} FROM u AS w WHERE w.id = u.id)',
  'SELECT id, (SELECT max({x}) FROM (SELECT {u} AS {x} FROM u) AS q) AS m FROM t',
  'SELECT id, (SELECT u FROM u WHERE u.id = t.{t} ORDER BY {u}, d, a LIMIT 1) AS w FROM t',
  // aggregates of an outer query, groups, sets
  'SELECT {n} AS k{?, (SELECT {f}(t.{t})) AS z} FROM t',
  'SELECT {n} AS k{?, (SELECT {f}(t.{t} + u.{u}) FROM u) AS z} FROM t',
  'SELECT {n} AS one FROM t{? ORDER BY {f}({t})}',
  'SELECT 1 AS one FROM t{? QUALIFY sum({f}({t})) OVER () > {n}}',
  'SELECT {t} AS x, {f}({t}) AS s{?, count(*) AS n} FROM t GROUP BY ALL',
  'SELECT a, b, {f}({t}) AS s FROM t GROUP BY {ROLLUP (a, b)|CUBE (a, b)|GROUPING SETS ((a), (b))|GROUPING SETS ((b, a), ())|a, b}',
  'SELECT {x}, count(*) AS n FROM (SELECT {t} AS x, {t} AS a, {t} AS b, {t} AS y, {t} AS k, {t} AS id FROM t) GROUP BY GROUPING SETS (({x}), ({x}))',
  'SELECT {p} AS g, {f}(q) AS s FROM (SELECT {t} AS p, {t} AS q FROM t) GROUP BY ROLLUP (p, q)',
  'SELECT grouping(a{?, b}) AS g, a, count(*) AS n FROM t GROUP BY CUBE (a, b)',
  'SELECT a, {f}({t}) AS s, sum({f}({t})) OVER (ORDER BY a) AS w FROM t GROUP BY a',
  'SELECT {f}({t}) FILTER (WHERE {t} > {n}) AS s, b AS g FROM t GROUP BY b',
  'SELECT {f}(DISTINCT {t}) AS s, b AS g FROM t GROUP BY {b|1|g}',
  // windows, distinct, limits
  'SELECT id, sum({t}) OVER (PARTITION BY {t} ORDER BY id, a, b ROWS {n} PRECEDING) AS s FROM t',
  'SELECT id, {t} AS x FROM t QUALIFY rank() OVER (PARTITION BY {t} ORDER BY {t}) = 1',
  'SELECT id, lag({t}, {n}) OVER (ORDER BY id, a, b, c) AS s FROM t WINDOW w AS (ORDER BY {t})',
  'SELECT DISTINCT ON ({t}) {t} AS x, id FROM t ORDER BY {t}, id, a, b, c',
  'SELECT DISTINCT ON ({1|2}) {t} AS x, {t} AS y FROM t ORDER BY 1, 2',
  'SELECT DISTINCT {t} AS x, {t} AS y{?, {t} AS z} FROM t',
  'SELECT {t} AS x, {t} AS y FROM t ORDER BY ALL{? DESC} LIMIT {n}',
  'SELECT {t} AS x FROM t ORDER BY x LIMIT (SELECT count(*) FROM u WHERE {u} > {n})',
  'SELECT x FROM (SELECT {t} AS x, {t} AS y FROM t ORDER BY {1|2}, {2|1} LIMIT 3)',
  // order that is observed
  'SELECT list(x) AS l FROM (SELECT {t} AS x FROM t ORDER BY {t}, id, a, b, c)',
  'SELECT first(x) AS l, y FROM (SELECT {t} AS x, {t} AS y FROM t ORDER BY {t}, id, a, b, c) GROUP BY y',
  "SELECT b, string_agg({t}, ',' ORDER BY {t}, id, a, c) AS s FROM t GROUP BY b",
  'SELECT {arg_max|arg_min}({t}, id * 100 + coalesce(a, 0) * 10 + coalesce(b, 0)) AS s FROM t',
  'SELECT row_number() OVER () AS r, x FROM (SELECT {t} AS x FROM t ORDER BY {t}, id, a, b, c)',
  'SELECT (SELECT x FROM (SELECT {u} AS x FROM u ORDER BY {u}, id, a, d) LIMIT 1) AS s, id FROM t',
  // stars
  'SELECT * EXCLUDE ({t}) FROM t',
  'SELECT * REPLACE ({t} + {n} AS {t}) FROM t',
  'SELECT * RENAME ({t} AS z) FROM t',
  'SELECT z FROM (SELECT * RENAME ({t} AS z) FROM t)',
  "SELECT COLUMNS('{a|b|a.*|^[ab]$|i}') FROM t",
  "SELECT COLUMNS(['{t}', '{t}']) + {n} FROM t",
  "SELECT COLUMNS(n -> n {LIKE|NOT LIKE} '{t}%') FROM t",
  "SELECT * {LIKE|NOT LIKE} '{a|b|i}%' FROM t",
  'SELECT {f}(COLUMNS(*)) FROM (SELECT {t} AS p, {t} AS q FROM t)',
  'SELECT id FROM t WHERE COLUMNS(* EXCLUDE ({t})) > {n}',
  "SELECT coalesce(*COLUMNS(['{t}', '{t}'])) AS z FROM t",
  'SELECT * EXCLUDE (t.{t}) FROM t JOIN u USING (id)',
  'SELECT * REPLACE ({t} AS a) FROM t JOIN u USING (id) UNION ALL SELECT 1, 2, 3, 4, {v} FROM v',
  'SELECT * FROM (SELECT {t}, id AS o FROM t) AS q(p) ',
  'SELECT q.z FROM (SELECT {a, b|b, a|a, c, b|c, a} FROM t) AS q(y, z)',
  'SELECT #{1|2|3} AS z FROM t{? ORDER BY #1}',
  'SELECT t.*, u.{u} AS e FROM t, u WHERE t.id = u.id',
  // joins
  'SELECT id, {t.a|u.a|b|d} AS x FROM t {JOIN|LEFT JOIN|RIGHT JOIN|FULL JOIN} u USING (id)',
  'SELECT {id|t.id|u.id} AS k, d FROM t {LEFT JOIN|RIGHT JOIN|FULL JOIN} u USING (id{?, a})',
  'SELECT * FROM t NATURAL {JOIN|LEFT JOIN} (SELECT {id|id, a|a, d|id, d} FROM u) AS w',
  'SELECT {t} AS x FROM t {SEMI|ANTI} JOIN u USING ({id|a})',
  'SELECT t.{t} AS x FROM t ASOF {JOIN|LEFT JOIN} (SELECT {u} AS g, min(id) AS id FROM u GROUP BY 1) AS w ON t.{t} = w.g AND t.id {>=|>} w.id',
  'SELECT {t} AS x, w.d FROM (FROM t ORDER BY {t}, id, a, b, c) AS t POSITIONAL JOIN (SELECT d FROM u ORDER BY {u}, id, a, d) AS w',
  'SELECT {p|q}.{t} AS x FROM t AS p JOIN t AS q ON p.{t} = q.{t}',
  'SELECT z FROM t JOIN u USING (id), LATERAL (SELECT {id|t.b|d} AS z) AS l',
  'SELECT t.id, w.z FROM t, (SELECT {u} + t.{t} AS z FROM u WHERE u.a {>|<} t.{t}) AS w',
  'SELECT v.{v} AS x FROM v JOIN (t JOIN u ON t.{t} = u.{u}) ON v.k = t.{t}',
  'SELECT {a|b}.x AS z FROM (SELECT {t} AS x FROM t) AS a, (SELECT {u} AS x FROM u) AS b',
  'SELECT r.{range|range + 1} AS x, t.{t} AS y FROM t, range(t.{t}) AS r',
  'SELECT w AS x, t.id FROM t, (VALUES (t.{t}), (t.{t} + {n})) AS v(w)',
  'SELECT {p|q} AS x FROM (VALUES ({n}, {n}), ({n}, {n})) AS w(p{?, q}), (SELECT {n} AS q)',
  // unnest, structs, lambdas
  'SELECT id, unnest([{t}, {t}]) AS {x} FROM t',
  "SELECT unnest(st){?, {t}} FROM (SELECT id, a, b, c, {'x': {t}, 'y': {t}} AS st FROM t)",
  "SELECT q.{x|y} AS z FROM (SELECT unnest({'x': {t}, 'y': {t}}) FROM t) AS q",
  "SELECT (SELECT max(x) FROM (SELECT unnest({'{x|y}': {t}}) FROM t) AS q) AS z, w FROM (SELECT {n} AS x, id AS w FROM t) AS o",
  "SELECT st.{x|y} AS z, id FROM (SELECT id, {'x': {t}, 'y': {t}} AS st FROM t)",
  "SELECT st.*{?, id} FROM (SELECT id, {'x': {t}, 'y': {t}} AS st FROM t)",
  "SELECT {st|t}.x AS z FROM (SELECT {'x': {t}} AS st, {t} AS x FROM t) AS {st|t}",
  'SELECT t.id, e FROM t, unnest([t.{t}, t.{t}]) AS w(e)',
  'SELECT list_transform([a, b], lambda {x}: {x} + {t}) AS z FROM t',
  'SELECT list_transform([a, b], lambda t: t.{t}) AS z FROM t',
  'SELECT list_filter([{t}, {t}], lambda e, i: e > i + {n}) AS z FROM t',
  'SELECT [e + {t} FOR e IN [{t}, {t}]{? IF e > {n}}] AS z FROM t',
  // set operations
  'SELECT {t} AS x, {t} AS y FROM t {UNION|UNION ALL|EXCEPT|INTERSECT|EXCEPT ALL|INTERSECT ALL} SELECT {u}, {u} FROM u',
  'SELECT {t} AS x{?, {t} AS y} FROM t {UNION|UNION ALL} BY NAME SELECT {u} AS {x|y}{?, {u} AS z} FROM u',
  'SELECT * FROM (SELECT {a, b|b, a|a, c} FROM t) UNION ALL SELECT {u}, {u} FROM u',
  'SELECT * FROM (SELECT {a, b|b, a|a, c} FROM t) UNION ALL BY NAME SELECT {a|d|a, d} FROM u',
  'SELECT {t} AS x, id AS y FROM t UNION SELECT {u}, id FROM u ORDER BY {1|2|x|y|#1}, {2|1} LIMIT {n}',
  // PIVOT, UNPIVOT, CTEs, recursion
  'FROM (SELECT {t} AS p, {t} AS q, {t} AS r FROM t) PIVOT ({f}(p) FOR q IN ({n}, 5{?, 6}))',
  'FROM (SELECT {t} AS p, {t} AS q, {t} AS r FROM t) PIVOT ({f}(p) AS s, {f}(r) FOR q IN ({n} AS x, 9 AS y) GROUP BY r)',
  'PIVOT (SELECT {t} AS p, {t} AS q FROM t) ON q IN (0, 1, 2, 3) USING {f}(p)',
  'FROM (SELECT id, {t} AS p, {t} AS q FROM t) UNPIVOT{? INCLUDE NULLS} (val FOR nam IN ({p, q|q, p|p|q}))',
  'SELECT {id|val|nam} AS z FROM (SELECT id, {t} AS p, {t} AS q FROM t) UNPIVOT (val FOR nam IN (p, q))',
  'WITH t AS (SELECT {t} AS a, {t} AS b FROM t) SELECT {a|b|a, b} FROM t{?, u}',
  'WITH x(p, q) AS (SELECT {t}, {t} FROM t), y AS (SELECT {p|q} AS p FROM x) SELECT {x.p|x.q|y.p} AS z FROM x, y',
  'WITH x AS (SELECT {t} AS p FROM t) SELECT (WITH x AS (SELECT {u} AS p FROM u) SELECT max(p) FROM x) AS m, p FROM x',
  'WITH RECURSIVE r(n, m) AS (SELECT {t}, {t} FROM t UNION{? ALL} SELECT n + 1, {m|n|m + 1} FROM r WHERE n < {n}) SELECT {n|m|n, m} FROM r',
  'WITH RECURSIVE r AS (SELECT {t} AS a, {t} AS b FROM t UNION SELECT {b|a}, {a|b} FROM r) FROM r',
];

const COLUMNS: { readonly [hole: string]: readonly string[] } = {
  t: ['id', 'a', 'b', 'c'],
  u: ['id', 'a', 'd'],
  v: ['k', 'b', 'd'],
  p: ['p', 'q'],
  n: ['0', '1', '2', '3'],
  x: ['x', 'a', 'b', 'y', 'k', 'id'],
  f: ['sum', 'max', 'min', 'count'],
};

const pick = <T>({ roll }: Dice, from: readonly T[]): T => from[roll(from.length)] as T;

/** The innermost hole of a text. */
const HOLE = /\{(\?[^{}]*|[tuvpnxf]|[^{}]*\|[^{}]*)\}/;

/** Fills every hole; `again` says, hole by hole, whether to roll anew or to keep what was chosen before. */
function filled(d: Dice, shape: string, chosen: string[], again: (hole: number) => boolean): string {
  let text = shape;
  for (let hole = 0; ; hole += 1) {
    const found = HOLE.exec(text);
    if (found === null) return text;
    const own = found[1] as string;
    const known = chosen[hole];
    const value = known === undefined || again(hole) ? chosenFor(d, own) : known;
    chosen[hole] = value;
    text = text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
  }
}

function chosenFor(d: Dice, hole: string): string {
  if (hole.startsWith('?')) return d.roll(2) === 0 ? '' : hole.slice(1);
  return pick(d, COLUMNS[hole] ?? hole.split('|'));
}

/** A query, and the same after one or two of its holes were filled otherwise. */
export function shapedPair(d: Dice): readonly [string, string] {
  const shape = pick(d, SHAPES);
  const chosen: string[] = [];
  const before = filled(d, shape, chosen, () => false);
  const [first, second] = [d.roll(chosen.length), d.roll(3) === 0 ? d.roll(chosen.length) : -1];
  return [before, filled(d, shape, [...chosen], (hole) => hole === first || hole === second)];
}

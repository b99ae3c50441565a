import { expect, test } from '@jest/globals';
import { provesIntervalRead } from './time-filters.ts';
import type { IntervalReadOptions } from './time-filters.ts';

const options: IntervalReadOptions = {
  places: ['input_0', 'transform.orders', "ref('transform.orders')"],
  timeColumn: 'ts',
  startMarkers: ["'START'", 'START_TS'],
  endMarkers: ['END', 'END_TS'],
};
/** The filter that proves, on a table of this name. */
const within = (table: string): string => `${table}.ts >= 'START' AND ${table}.ts < 'END'`;
const proves = (sql: string): boolean => provesIntervalRead(sql, options);

test.each([
  // spellings of the filter
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `select a from input_0 where "TS" >= START_TS and Ts < END_TS`,
  `SELECT * FROM input_0 WHERE 'START' <= ts AND 'END' > ts`,
  `SELECT * FROM input_0 t WHERE t.ts >= TIMESTAMP 'START' AND t.ts < 'END'::TIMESTAMP`,
  `SELECT * FROM input_0 AS "T" WHERE t.ts >= CAST('START' AS timestamptz) AND t.ts < $$END$$`,
  `SELECT * FROM input_0 WHERE (ts >= 'START') AND ((b OR c) AND (ts < 'END'))`,
  `SELECT * FROM input_0 WHERE a BETWEEN 1 AND 2 AND ts >= 'START' AND b = 1 AND ts < 'END' AND b BETWEEN 1 AND 2`,
  `SELECT * FROM input_0 WHERE a = 1 AND ts >= 'START' AND ts < 'END' AND NOT b IN (1, 2) -- OR c`,
  `SELECT * FROM input_0 WHERE a IS DISTINCT FROM b AND ts >= 'START' AND ts < 'END';`,
  // names of the table
  `SELECT * FROM transform.orders WHERE ${within('orders')}`,
  `SELECT * FROM Transform."Orders" WHERE ${within('transform.orders')}`,
  `SELECT * FROM ref('transform.orders') WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM ref("transform.orders") o WHERE ${within('o')}`,
  // blocks of every kind
  `FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `FROM input_0 SELECT a WHERE ts >= 'START' AND ts < 'END'`,
  `WITH a(x) AS (SELECT 1), o AS NOT MATERIALIZED (SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END')
   SELECT * FROM o, a`,
  `SELECT a FROM input_0 x WHERE ${within('x')} UNION ALL BY NAME (SELECT a FROM input_0 y WHERE ${within('y')}) ORDER BY a`,
  `(SELECT a FROM input_0 WHERE ts >= 'START' AND ts < 'END') LIMIT 3`,
  `SELECT * FROM ((SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END')) s, LATERAL_x`,
  `SELECT a, sum(b) OVER (PARTITION BY a ORDER BY c), count(*) FILTER (WHERE a > 1), extract(year FROM ts),
     quantile(a) WITHIN GROUP (ORDER BY b), [x FOR x IN l IF x > 1], CASE WHEN a THEN b ELSE c END
   FROM input_0 WHERE ts >= 'START' AND ts < 'END'
   GROUP BY ALL HAVING count(*) > 1 WINDOW w AS (ORDER BY a) QUALIFY row_number() OVER w = 1
   ORDER BY a LIMIT 3 OFFSET 2`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' OFFSET 1`,
  `SELECT * FROM (VALUES (1), (2)) v(x), input_0 i WHERE ${within('i')}`,
  `SELECT (SELECT 1), (VALUES (1)) FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  // joins
  `SELECT * FROM source.c LEFT JOIN input_0 o ON left(c.k, 1) = o.k AND c.x IS NOT DISTINCT FROM o.x WHERE ${within('o')}`,
  `SELECT * FROM input_0 o FULL OUTER JOIN a USING (k) CROSS JOIN b INNER JOIN c ON c.k = o.k, d, WHERE ${within('o')}`,
  `SELECT * FROM input_0 a JOIN transform.orders b ON a.k = b.k WHERE ${within('a')} AND ${within('b')}`,
  `SELECT * FROM source.orders s, transform.orders o WHERE ${within('o')}`,
  // subqueries
  `SELECT * FROM a WHERE EXISTS (SELECT 1 FROM input_0 o WHERE o.k = a.k AND ${within('o')})`,
  `SELECT * FROM a JOIN b ON a.k IN (SELECT k FROM input_0 WHERE ts >= 'START' AND ts < 'END') WHERE input_0.x = 1`,
])('proves %s', (sql) => expect(proves(sql)).toBe(true));

test.each([
  // not filtered, or not all of it
  `SELECT * FROM input_0`,
  `SELECT * FROM input_0 WHERE ts >= 'START'`,
  `SELECT * FROM input_0 WHERE ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts > 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts <= 'END'`,
  `SELECT * FROM input_0 WHERE ts < 'START' AND ts >= 'END'`,
  `SELECT * FROM input_0 WHERE 'START' >= ts AND 'END' < ts`,
  `SELECT * FROM input_0 WHERE ts BETWEEN 'START' AND 'END'`,
  `SELECT * FROM input_0 WHERE other >= 'START' AND other < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END ' `,
  `SELECT * FROM input_0 WHERE ts >= E'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START'\n'x' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= "START_TS" AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' - INTERVAL 1 DAY AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts::DATE >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' IS NULL AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE (ts >= 'START' AND ts < 'END') IS NOT TRUE`,
  `SELECT * FROM input_0 WHERE ts >= other.START_TS AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= TIMESTAMP START_TS AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= lower('START') AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= CAST('START' AS VARCHAR) AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= CAST('START', TIMESTAMP) AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START'::VARCHAR AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' || TIMESTAMP AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END'::TIMESTAMP::DATE`,
  // a DATE drops the time of day
  `SELECT * FROM input_0 WHERE ts >= DATE 'START' AND ts < 'END'::DATE`,
  // a condition that need not hold
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' OR a`,
  `SELECT * FROM input_0 WHERE (ts >= 'START' AND ts < 'END' OR a)`,
  `SELECT * FROM input_0 WHERE NOT (ts >= 'START' AND ts < 'END')`,
  `SELECT * FROM input_0 WHERE NOT ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE CASE WHEN a AND ts >= 'START' AND ts < 'END' AND b THEN true ELSE true END`,
  `SELECT * FROM input_0 WHERE a BETWEEN 1 AND ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE a BETWEEN b BETWEEN 1 AND 2 AND ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE a -> b AND ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE a ->> b AND ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE lambda x: x AND ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE f(ts >= 'START' AND ts < 'END')`,
  `SELECT * FROM input_0 WHERE [ts >= 'START' AND ts < 'END']`,
  `SELECT * FROM input_0 HAVING ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 QUALIFY ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND within QUALIFY row_number() OVER () = 1 AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND within GROUP BY ts HAVING ts < 'END' AND ts < 'END'`,
  `SELECT ts >= 'START' AND ts < 'END' FROM input_0`,
  `SELECT * FROM input_0 -- WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT 1 AS where, ts >= 'START' AND ts < 'END' FROM input_0`,
  `SELECT t.where, ts >= 'START' AND ts < 'END' FROM input_0 t`,
  `SELECT count(*) FILTER (WHERE ts >= 'START' AND ts < 'END') FROM input_0`,
  // the filter of another table
  `SELECT * FROM input_0 a, source.c WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 a, (SELECT 1) WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 a JOIN b ON a.k = b.k WHERE ${within('b')}`,
  `SELECT * FROM input_0 a WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 a, b WHERE a.ts >= 'START' AND b.ts < 'END'`,
  `SELECT * FROM input_0 a, x AS a WHERE ${within('a')}`,
  `SELECT * FROM transform.orders, x AS transform WHERE ${within('transform.orders')}`,
  `SELECT * FROM transform.orders, source.orders WHERE ${within('orders')}`,
  `SELECT * FROM ref('transform.orders'), x WHERE ${within('orders')}`,
  `SELECT * FROM input_0 a(ts, x) WHERE ${within('a')}`,
  `SELECT * FROM input_0 a WHERE x.a.ts >= 'START' AND a.ts < 'END'`,
  `SELECT * FROM input_0 a LEFT JOIN b ON ${within('a')}`,
  `SELECT * FROM (SELECT * FROM input_0) WHERE ts >= 'START' AND ts < 'END'`,
  `WITH o AS (SELECT * FROM input_0) SELECT * FROM o WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE (SELECT true FROM a WHERE true AND ts >= 'START' AND ts < 'END')`,
  `SELECT * FROM input_0 WHERE ((SELECT a AND ts >= 'START' AND ts < 'END' UNION SELECT true))`,
  `SELECT * FROM input_0 WHERE ((SELECT true) UNION (SELECT a) AND ts >= 'START' AND ts < 'END')`,
  `SELECT * FROM a WHERE EXISTS (SELECT 1 FROM input_0 o) AND ${within('o')}`,
  // another mention
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' UNION ALL SELECT * FROM input_0`,
  `SELECT * FROM input_0 a, input_0 b WHERE ${within('a')}`,
  `SELECT *, (SELECT max(ts) FROM input_0) FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' AND k IN (FROM transform.orders SELECT k)`,
  `SELECT * FROM input_0 a JOIN b ON a.k = (SELECT max(k) FROM input_0) WHERE ${within('a')}`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' LIMIT (SELECT count(*) FROM input_0)`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' AND k IN (TABLE input_0)`,
  `(SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END') ORDER BY (SELECT max(k) FROM input_0)`,
  `SELECT [x FOR x IN (SELECT k FROM input_0)] FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT extract(year FROM (SELECT max(ts) FROM input_0)) FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  // a name that may be the input
  `SELECT * FROM orders o WHERE ${within('o')}`,
  `SELECT * FROM db.transform.orders o WHERE ${within('o')}`,
  `SELECT * FROM "transform.orders" o WHERE ${within('o')}`,
  `SELECT * FROM main.input_0 o WHERE ${within('o')}`,
  `SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END' AND k IN (SELECT k FROM db.transform.orders)`,
  `WITH input_0 AS (SELECT 1) SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `WITH Orders AS (SELECT 1) SELECT * FROM input_0 WHERE ts >= 'START' AND ts < 'END'`,
  // no mention
  `SELECT 1`,
  `SELECT * FROM source.orders WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT 'input_0' WHERE ts >= 'START' AND ts < 'END'`,
  ``,
])('does not prove %s', (sql) => expect(proves(sql)).toBe(false));

const filtered = `FROM input_0 WHERE ts >= 'START' AND ts < 'END'`;

test.each([
  // sources that are not plain tables
  `SELECT * FROM range(3), input_0 o WHERE ${within('o')}`,
  `SELECT * FROM query('FROM input_0'), input_0 o WHERE ${within('o')}`,
  `SELECT * FROM main.query('FROM input_0'), input_0 o WHERE ${within('o')}`,
  `SELECT * FROM ref(x), input_0 o WHERE ${within('o')}`,
  `SELECT * FROM ref('a', 'b'), input_0 o WHERE ${within('o')}`,
  `SELECT * FROM 'input_0', input_0 o WHERE ${within('o')}`,
  `SELECT * FROM x., input_0 o WHERE ${within('o')}`,
  `SELECT * FROM x: input_0 WHERE ${within('x')}`,
  `SELECT * FROM input_0 * WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM ONLY input_0 WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 AS 'o' WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM (input_0) WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM (a JOIN input_0 o ON true) WHERE ${within('o')}`,
  `SELECT * FROM input_0 TABLESAMPLE 10% WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * ${filtered} USING SAMPLE 3`,
  `SELECT * FROM input_0 AT (VERSION => 1) WHERE ts >= 'START' AND ts < 'END'`,
  `SELECT * FROM input_0 PIVOT (max(a) FOR b IN (1)) WHERE ts >= 'START' AND ts < 'END'`,
  `PIVOT input_0 ON a`,
  `SELECT * FROM input_0 NATURAL JOIN b WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 ASOF JOIN b ON input_0.ts >= b.ts WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 POSITIONAL JOIN b WHERE ${within('input_0')}`,
  `SELECT * FROM a, LATERAL (SELECT 1) JOIN input_0 ON true WHERE ${within('input_0')}`,
  `SELECT * FROM a SEMI JOIN input_0 ON true WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 ANTI JOIN a ON true WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 JOIN a ON full WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 JOIN a ON b, WHERE, ${within('input_0')}`,
  `SELECT * FROM input_0 JOIN a ON (x FROM y) WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 JOIN a USING k WHERE ${within('input_0')}`,
  `SELECT * FROM input_0 o extra WHERE ${within('o')}`,
  `SELECT * FROM input_0 JOIN WHERE ${within('input_0')}`,
  // statements other than one plain query
  `SELECT * ${filtered}; SELECT 1`,
  `INSERT INTO x SELECT * ${filtered}`,
  `EXPLAIN SELECT * ${filtered}`,
  `SELECT * INTO x ${filtered}`,
  `WITH RECURSIVE x AS (SELECT 1) SELECT * ${filtered}`,
  `WITH x AS (INSERT a) SELECT * ${filtered}`,
  `WITH x USING KEY (a) AS (SELECT 1) SELECT * ${filtered}`,
  `WITH x AS SELECT 1 SELECT * ${filtered}`,
  `WITH , SELECT * ${filtered}`,
  `WHERE a SELECT * ${filtered}`,
  `SELECT * WHERE ts >= 'START' AND ts < 'END' FROM input_0`,
  `SELECT * ${filtered} WHERE a`,
  `FROM a SELECT * ${filtered}`,
  `SELECT * ${filtered} LIMIT 1 LIMIT 2`,
  `(SELECT * ${filtered}) x`,
  `(x) UNION SELECT * ${filtered}`,
  `SELECT * ${filtered} UNION`,
  `SELECT (a FROM b) ${filtered}`,
  `SELECT (a SELECT b) ${filtered}`,
  `SELECT a ORDER BY b USING > ${filtered}`,
  // text that cannot be trusted
  `SELECT ( * ${filtered}`,
  `SELECT a) * ${filtered}`,
  `SELECT (a] * ${filtered}`,
  `SELECT u&"x" ${filtered}`,
  `SELECT a\u00a0b ${filtered}`,
  `SELECT ${'('.repeat(201)}1${')'.repeat(201)} ${filtered}`,
])('refuses %s', (sql) => {
  expect(proves(`SELECT * ${filtered}`)).toBe(true);
  expect(proves(sql)).toBe(false);
});

test('a DATE counts when every bound is a whole day', () => {
  const sql = `SELECT * FROM input_0 WHERE ts >= DATE 'START' AND ts < CAST('END' AS DATE)`;
  expect(provesIntervalRead(sql, { ...options, wholeDays: true })).toBe(true);
  expect(provesIntervalRead(sql, options)).toBe(false);
});

test('a place may be quoted', () => {
  const sql = `SELECT * FROM transform."my-orders" o WHERE ${within('o')}`;
  expect(provesIntervalRead(sql, { ...options, places: ['transform."my-orders"'] })).toBe(true);
  expect(provesIntervalRead(sql, { ...options, places: ['transform.my-orders'] })).toBe(true);
});

test('a filter and its negation, its parts and anything weaker: only the conjunction proves', () => {
  const start = `ts >= 'START'`;
  const end = `ts < 'END'`;
  const terms = [start, end, `NOT ${start}`, `(${end} OR a)`, 'a BETWEEN 1', 'b'];
  for (const a of terms) {
    for (const b of terms) {
      for (const c of terms) {
        for (const [x, y] of [
          ['AND', 'AND'],
          ['AND', 'OR'],
          ['OR', 'AND'],
        ]) {
          const all = [a, b, c];
          const isPlain = (term: string): boolean =>
            // The AND after BETWEEN belongs to it.
            all.some((other, at) => other === term && (at === 0 || all[at - 1] !== 'a BETWEEN 1'));
          const expected = x === 'AND' && y === 'AND' && isPlain(start) && isPlain(end);
          expect(proves(`SELECT * FROM input_0 WHERE ${a} ${x} ${b} ${y} ${c}`)).toBe(expected);
        }
      }
    }
  }
});

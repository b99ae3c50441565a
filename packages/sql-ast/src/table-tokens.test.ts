import { expect, test } from '@jest/globals';
import { checkTables } from './table-tokens.ts';
import { select } from './testing/trees.ts';
import type { Expression, FunctionRelation, JoinRelation, OpaqueQuery, Query, Relation } from './tree.ts';

/** A tree that reads these, `f()` being a function, whatever the rest of the text. */
function reading(names: string): Query {
  const relations = names.split(' ').filter(Boolean).map(relation);
  const from = relations.reduceRight<Relation | null>(
    (right, left) => (right ? cross(left, right) : left),
    null,
  );
  return { ...select('x', 't'), from };
}

const plain = { alias: null, columns: [], sample: null, span: null };

function relation(name: string): Relation {
  if (!name.endsWith('()')) return { kind: 'table', name: name.split('.'), at: null, ...plain };
  const call: Expression = {
    kind: 'call',
    name: name.slice(0, -2),
    schema: null,
    arguments: [],
    distinct: false,
    filter: null,
    orderBy: [],
    nulls: null,
    over: null,
    exportState: false,
    span: null,
  };
  return { kind: 'table-function', call, withOrdinality: false, ...plain } satisfies FunctionRelation;
}

const cross = (left: Relation, right: Relation): JoinRelation => ({
  kind: 'join',
  type: 'cross',
  asof: false,
  natural: false,
  using: [],
  on: null,
  left,
  right,
  ...plain,
});

test.each([
  ['SELECT x FROM a, s.b JOIN "C" ON a.x = f(1, 2), d', 'a s.b c d'],
  ['SELECT x FROM A a', 'a'],
  ['SELECT 1', ''],
  ['SELECT 1 FROM LATERAL', ''],
  ['SELECT extract(year FROM ts), substring(a FROM 1), trim(BOTH FROM b) FROM t', 't'],
  ['SELECT a IS DISTINCT FROM b, s.from, s.table FROM t', 't'],
  ["FROM 'a.csv' JOIN ONLY b ON true", 'a.csv b'],
  ['FROM range(1, 2), s.unnest([1, 2]), LATERAL f(x), LATERAL (SELECT 1 FROM u)', 'range() unnest() f() u'],
  ['WITH c AS (FROM t), d AS (WITH e AS (FROM t) FROM e) FROM c, d', 't t e c d'],
  ['FROM (WITH e AS (FROM t) SELECT 1, 2 FROM e), (VALUES (1, 2)) v', 't e'],
  ['FROM x: a, b', 'a b'],
  ['FROM a PIVOT (sum(x), count(*) FOR y IN (1, 2)) JOIN b ON true', 'a b'],
  ['PIVOT a ON x, y USING sum(z)', 'a'],
  ['UNPIVOT (SELECT 1 FROM a) ON x, y', 'a'],
  ['FROM (PIVOT (a JOIN b USING (x)) ON y)', 'a b'],
  ['SELECT 1 FROM a UNION SELECT x, y FROM b', 'a b'],
  ['SELECT 1 FROM a WHERE x IN (SELECT y, z FROM a ORDER BY y, z)', 'a a'],
])('%s reads %s', (sql, names) => {
  const query = reading(names);
  expect(checkTables(sql, query)).toBe(query);
});

test.each([
  ['SELECT x FROM a, b', 'a', 'the parser lost the table b'],
  ['SELECT x FROM a, a', 'a', 'the parser lost the table a'],
  ['SELECT x FROM f(1)', 'f', 'the parser lost the table f()'],
  ['SELECT x FROM s.a', 'a', 'the parser lost the table s.a'],
  ['SELECT x FROM a NATURAL JOIN b', 'a natural b', 'the parser made up the table natural'],
  ['SELECT x FROM a', 'a a', 'the parser made up the table a'],
  ['SELECT 1', 'a', 'the parser made up the table a'],
])('%s does not read %s', (sql, names, reason) => {
  const checked = checkTables(sql, reading(names)) as OpaqueQuery;
  expect(checked).toMatchObject({
    kind: 'opaque-query',
    reason,
    tables: null,
    span: { start: 0, end: sql.length },
  });
});

test('a tree that hides tables is taken as it is', () => {
  const hidden: Query = {
    ...reading('a'),
    where: { kind: 'opaque-expression', reason: '', text: '', span: null },
  } as Query;
  expect(checkTables('SELECT x FROM a, b', hidden)).toBe(hidden);
});

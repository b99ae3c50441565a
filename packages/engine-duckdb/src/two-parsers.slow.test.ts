import process from 'node:process';

import { expect, test } from '@jest/globals';
import { lightParser, lowerDuckDb, mapTree, sameTree, tokenize, type Query } from '@seeknal/sql-ast';
import fc from 'fast-check';

import { openSqlParser } from './index.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');

/** What a query is made of: each piece of text stands for one of those that it may become. */
const grammar: Readonly<Record<string, readonly string[]>> = {
  query: [
    '<select>',
    '<select>',
    '<select> <union> <select>',
    '<select> <union> (<with> <query>)',
    '(<with> <query>) <union> <select>',
    '<with> <select>',
    '<select> ORDER BY <e> <order> LIMIT 3',
    '<select> LIMIT 3 OFFSET (1 + 1)',
  ],
  with: [
    '',
    'WITH w AS (<query>)',
    'WITH RECURSIVE w(a) AS (<select> UNION ALL <select>)',
    'WITH w(a, b) AS (<select>), v AS (<select>)',
  ],
  union: ['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT'],
  order: ['', 'DESC', 'ASC NULLS LAST', 'NULLS FIRST'],
  select: [
    'SELECT <items> FROM <relation>',
    'SELECT <items> FROM <relation> WHERE <e>',
    'SELECT DISTINCT <items> FROM <relation> WHERE <e>',
    'SELECT DISTINCT ON (a) <items> FROM t',
    'SELECT <items> FROM <relation> GROUP BY <e>, b HAVING <e>',
    'SELECT <items>',
  ],
  items: ['<e>', '*', 't.*, <e>', '<e> AS k, <e> k2', '<e> "K k", <e> AS "from"', '<items>, <e>'],
  relation: [
    't',
    'u y',
    's.v AS x',
    '"a b" z',
    'c.d.e',
    "'f.parquet'",
    'range(3) r',
    'f(a) g(b)',
    '(VALUES (1, 2)) v(a, b)',
    'unnest(x) q',
    '(<query>) s',
    '(<query>) AS s(a)',
    '(<relation> JOIN <relation> ON <e>)',
    '<relation>, <relation>',
    '<relation> <join> <relation> ON <e>',
    '<relation> <join> <relation> USING (a, b)',
    '<relation> <join> <relation>',
  ],
  join: 'JOIN|LEFT JOIN|RIGHT OUTER JOIN|FULL JOIN|CROSS JOIN|NATURAL JOIN|SEMI JOIN|ANTI JOIN|POSITIONAL JOIN|ASOF JOIN|NATURAL LEFT JOIN'.split(
    '|',
  ),
  e: [
    ..."a|b|t.c|1|2.5|-3|'x'|null|true|(a)|a::int|-a|count(*)|f(a)|\"q\"|date '2000-01-01'|interval '1' day|(1, 2)".split(
      '|',
    ),
    ...'AND|OR|=|<>|<|>=|+|-|*|/|%|LIKE|NOT ILIKE|!=|AND|OR'.split('|').map((sign) => `<e> ${sign} <e>`),
    '<e> || <e>',
    '(<e>)',
    'NOT <e>',
    '- <e>',
    '<e> IN (<e>, <e>)',
    '<e> NOT IN (<e>)',
    '<e> IN (<select>)',
    '<e> BETWEEN <e> AND <e>',
    '<e> NOT BETWEEN <e> AND <e>',
    '<e> IS NULL',
    '<e> IS NOT NULL',
    '<e> IS TRUE',
    '<e>::varchar',
    'a[<e>]',
    'CASE WHEN <e> THEN <e> END',
    'CASE <e> WHEN <e> THEN <e> ELSE <e> END',
    'coalesce(<e>, <e>)',
    'sum(<e>) OVER (PARTITION BY <e> ORDER BY <e> <order>)',
    'EXISTS (<select>)',
    '(<select>)',
  ],
};

/** Makes a text of a symbol, choosing by a stream of numbers; when that is used up, always the first way. */
function expand(symbol: string, choices: readonly number[]): string {
  let used = 0;
  let text = `<${symbol}>`;
  while (text.includes('<') && /<[a-z]+>/.test(text)) {
    text = text.replace(/<([a-z]+)>/, (_, name: string) => {
      const ways = grammar[name]!;
      used += 1;
      return ways[(choices[used - 1] ?? 0) % ways.length]!;
    });
  }
  return text;
}

/** DuckDB halves a chain of UNION again and again; ours leans to the left. */
const flatUnions = (query: Query): Query =>
  mapTree(query, (node) => {
    if (node.kind !== 'set-operation' || node.operator !== 'union') return node;
    const branches = node.branches.flatMap((branch) => {
      const isSame =
        branch.kind === 'set-operation' && branch.operator === 'union' && branch.all === node.all;
      const isBare =
        isSame && branch.ctes.length + branch.orderBy.length === 0 && !branch.limit && !branch.offset;
      return isBare ? branch.branches : [branch];
    });
    return { ...node, branches };
  });

const words =
  `select from where group by having order limit offset union all distinct as and or not in is null between
  like case when then else end cast join left cross natural semi anti on using lateral with exists interval day date
  over partition rows filter desc asc nulls first true a b t 1 2.5 'x' "q" ( ) , . * + - / % || = <> < > <= :: int ; ==
  ** ^ -> // [ ] : ? $1 ~ qualify sample tablesample pivot exclude replace collate array row e'a' 1e5 if coalesce
  rollup describe values only for at name year`.split(/\s+/);

test('no random query, whole or broken in one place, is read otherwise than by DuckDB', async () => {
  const duckdb = await openSqlParser();
  const light = await lightParser('duckdb');
  const counts = { tried: 0, read: 0, refused: 0, notSql: 0 };
  const check = async (sql: string): Promise<void> => {
    counts.tried += 1;
    let tree: Query;
    try {
      tree = light(sql);
    } catch (error) {
      expect(error).toMatchObject({ name: 'SqlError' });
      return;
    }
    if (tree.kind === 'opaque-query') {
      counts.refused += 1;
      return;
    }
    const [json = ''] = await duckdb.parse([sql]);
    if (json.startsWith('{"error":true')) {
      counts.notSql += 1;
      return;
    }
    counts.read += 1;
    expect([sql, sameTree(flatUnions(tree), flatUnions(lowerDuckDb(sql, json)))]).toEqual([sql, true]);
  };
  const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 5, maxLength: 40 });
  const breaks = fc.option(
    fc.record({ at: fc.nat(), word: fc.constantFrom(...words), isAdded: fc.boolean() }),
  );
  const property = fc.asyncProperty(choices, breaks, async (numbers, broken) => {
    const sql = expand('query', numbers);
    if (broken === null) return check(sql);
    const tokens = tokenize(sql);
    const { start, end } = tokens[broken.at % tokens.length]!;
    await check(`${sql.slice(0, start)} ${broken.word} ${sql.slice(broken.isAdded ? start : end)}`);
  });
  await fc.assert(property, { numRuns: Math.ceil(100_000 * scale), endOnFailure: false });
  duckdb.close();
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  expect(counts.read).toBeGreaterThan(counts.tried / 20);
});

import { expect, test } from '@jest/globals';
import { lightParser, mapTree, type JoinRelation, type Query, type TreeNode } from '@seeknal/sql-ast';

import { diffTrees } from './diff-trees.ts';

const read = await lightParser('duckdb');
const edits = (old: string, now: string) => diffTrees(read(old), read(now), { oldText: old, newText: now });

const say = (old: string, now: string): readonly string[] =>
  edits(old, now).map(
    ({ kind, part, changes, sentence }) => `${kind} ${part} [${changes.join()}] ${sentence}`,
  );

test.each([
  ['layout', 'select a,b from t', 'SELECT a,\n b FROM t'],
  ['brackets', 'select a from t where a > 1', 'select (a) from t where (a > 1)'],
  ['case of names', 'select a from t where b', 'select A from T where B'],
  ['aliases that change nothing', 'select a from t', 'select a as a from t as t'],
  [
    'spelling of operators',
    'select a::int as x from t where a <> 1',
    'select cast(a as integer) as x from t where a != 1',
  ],
  [
    'words that are left out',
    'select a from t left join u on t.i = u.i order by a',
    'select a from t left outer join u on t.i = u.i order by a asc',
  ],
  ['comments', 'select a from t', 'select a -- the a\nfrom t'],
])('%s is no edit', (_, old, now) => {
  expect(say(old, now)).toEqual([]);
});

test.each<[string, string, readonly string[]]>([
  // columns
  ['select a from t', 'select b, a from t', ['INSERT projection [COLUMN_ADDED] Column b is added.']],
  ['select a, b from t', 'select a from t', ['DELETE projection [COLUMN_REMOVED] Column b is removed.']],
  [
    'select a + 1 from t',
    'select b from t',
    [
      'DELETE projection [COLUMN_REMOVED] Column a + 1 is removed.',
      'INSERT projection [COLUMN_ADDED] Column b is added.',
    ],
  ],
  [
    'select a as x from t',
    'select a as y from t',
    ['UPDATE projection [COLUMN_REMOVED,COLUMN_ADDED] Column x is now named y.'],
  ],
  [
    'select a as x from t',
    'select a as X from t',
    ['UPDATE projection [SQL_LOGIC_CHANGED] Column x is now named X.'],
  ],
  [
    'select a + b from t',
    'select a + b as c from t',
    ['UPDATE projection [COLUMN_REMOVED,COLUMN_ADDED] Column a + b is now named c.'],
  ],
  [
    'select a + b as c from t',
    'select a + b from t',
    ['UPDATE projection [COLUMN_REMOVED,COLUMN_ADDED] Column c is now named a + b.'],
  ],
  [
    'select a + 1 as x from t',
    'select a + 2 as x from t',
    ['UPDATE projection [SQL_LOGIC_CHANGED] Column x changes from a + 1 to a + 2.'],
  ],
  [
    'select a + 1 from t',
    'select a + 2 from t',
    ['UPDATE projection [SQL_LOGIC_CHANGED] A column without a name changes from a + 1 to a + 2.'],
  ],
  [
    'select a + b + 1 as x from t',
    'select a + b + 2 as y from t',
    [
      'UPDATE projection [COLUMN_REMOVED,COLUMN_ADDED,SQL_LOGIC_CHANGED] Column y changes from a + b + 1 to a + b + 2.',
    ],
  ],
  [
    'select a::int as a from t',
    'select a::bigint as a from t',
    ['UPDATE projection [COLUMN_TYPE_CHANGED] Column a changes its type from a::int to a::bigint.'],
  ],
  [
    'select a from t',
    'select a::bigint as a from t',
    ['UPDATE projection [COLUMN_TYPE_CHANGED] Column a changes its type from a to a::bigint.'],
  ],
  [
    'select sum(a) over (partition by b) as s from t',
    'select sum(a) over (order by b) as s from t',
    [
      'UPDATE window [SQL_LOGIC_CHANGED] Column s changes from sum(a) over (partition by b) to sum(a) over (order by b).',
    ],
  ],
  [
    'select a, b, c from t',
    'select c, a, b from t',
    ['MOVE projection [SQL_LOGIC_CHANGED] Column c moves from place 3 to place 1.'],
  ],
  [
    'select 1 as c1, 2 as c2 from t',
    'select 2 as c1, 3 as c2 from t',
    [
      'UPDATE projection [SQL_LOGIC_CHANGED] Column c1 changes from 1 to 2.',
      'UPDATE projection [SQL_LOGIC_CHANGED] Column c2 changes from 2 to 3.',
    ],
  ],
  [
    'select * from t',
    'select t.* from t',
    ['UPDATE projection [SQL_LOGIC_CHANGED] Column t.* changes from * to t.*.'],
  ],
  [
    'select a from t',
    'select a, (select max(b) from u) as m from t',
    ['INSERT projection [COLUMN_ADDED,TABLE_ADDED] Column m is added.'],
  ],
  [
    'select distinct a from t',
    'select a from t',
    ['DELETE distinct [SQL_LOGIC_CHANGED] The word DISTINCT is removed.'],
  ],
  // tables and joins
  [
    'select a from t',
    'select a from u',
    ['UPDATE table [TABLE_REMOVED,TABLE_ADDED] Table t is replaced by u.'],
  ],
  [
    'select a from t',
    'select a from s.t',
    ['UPDATE table [TABLE_REMOVED,TABLE_ADDED] Table t is replaced by s.t.'],
  ],
  [
    'select x.a from t as x',
    'select x.a from u as x',
    ['UPDATE table [TABLE_REMOVED,TABLE_ADDED] Table t as x is replaced by u as x.'],
  ],
  ['select a from t', 'select a from t as x', ['UPDATE table [SQL_LOGIC_CHANGED] Table t becomes t as x.']],
  [
    'select a from t',
    'select a from (select 1 as a) as t',
    ['UPDATE table [TABLE_REMOVED] Table t is replaced by (select 1 as a) as t.'],
  ],
  [
    'select a from t',
    'select a from t join u on t.i = u.i',
    ['INSERT table [TABLE_ADDED] Joined table u is added.'],
  ],
  [
    'select t.a from t join t as v on t.i = v.i',
    'select t.a from t',
    ['DELETE table [SQL_LOGIC_CHANGED] Joined table v is removed.'],
  ],
  ['select 1 as a', 'select 1 as a from t', ['INSERT table [TABLE_ADDED] Table t is added.']],
  [
    'select a from t join u on t.i = u.i',
    'select a from t left join u on t.i = u.i',
    ['UPDATE join [SQL_LOGIC_CHANGED] u: JOIN becomes LEFT JOIN.'],
  ],
  [
    'select a from t join u on t.i = u.i',
    'select a from t join u using (i)',
    [
      'UPDATE join [SQL_LOGIC_CHANGED] u: JOIN becomes JOIN USING (i).',
      'DELETE join [SQL_LOGIC_CHANGED] Condition t.i = u.i of the join with u is removed.',
    ],
  ],
  [
    'select a from t join u on t.i = u.i',
    'select a from t join u on t.i = u.i and t.b > 1',
    ['INSERT join [SQL_LOGIC_CHANGED] Condition t.b > 1 of the join with u is added.'],
  ],
  [
    'select a from t join u on t.i = u.i join v on v.i = u.i',
    'select a from u join v on v.i = u.i',
    [
      'DELETE table [TABLE_REMOVED] Table t is removed.',
      'UPDATE join [SQL_LOGIC_CHANGED] u: JOIN becomes the first table.',
    ],
  ],
  [
    'select a from t join u on t.i = u.i',
    'select a from u join t on t.i = u.i',
    [
      'UPDATE join [SQL_LOGIC_CHANGED] u: JOIN becomes the first table.',
      'UPDATE join [SQL_LOGIC_CHANGED] t: the first table becomes JOIN.',
      'MOVE table [SQL_LOGIC_CHANGED] Joined table t moves from place 1 to place 2.',
    ],
  ],
  // conditions and groups
  [
    'select a from t',
    'select a from t where b = 1',
    ['INSERT filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE is added.'],
  ],
  [
    'select a from t where b = 1 and c = 2',
    'select a from t where c = 2',
    ['DELETE filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE is removed.'],
  ],
  [
    'select a from t where b = 1 and c = 2',
    'select a from t where c = 2 and b = 3',
    ['UPDATE filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE becomes b = 3.'],
  ],
  [
    'select a from t where b = 1 and c = 2',
    'select a from t where c = 2 and b = 1',
    ['MOVE filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE moves from place 1 to place 2.'],
  ],
  [
    'select a from t where b = 1',
    'select a from t where a in (select a from u)',
    [
      'DELETE filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE is removed.',
      'INSERT filter [SQL_LOGIC_CHANGED,TABLE_ADDED] Condition a in (select a from u) of WHERE is added.',
    ],
  ],
  [
    'select a, count(*) as n from t group by a',
    'select a, count(*) as n from t group by a, b',
    ['INSERT group [SQL_LOGIC_CHANGED] Term b of GROUP BY is added.'],
  ],
  [
    'select a, count(*) as n from t group by a having count(*) > 1',
    'select a, count(*) as n from t group by a having count(*) > 2',
    ['UPDATE having [SQL_LOGIC_CHANGED] Condition count(*) > 1 of HAVING becomes count(*) > 2.'],
  ],
  // the end
  [
    'select a from t',
    'select a from t order by b',
    ['INSERT order [SQL_LOGIC_CHANGED] Term b of ORDER BY is added.'],
  ],
  [
    'select a from t order by a, b',
    'select a from t order by b, a',
    ['MOVE order [SQL_LOGIC_CHANGED] Term a of ORDER BY moves from place 1 to place 2.'],
  ],
  [
    'select a from t order by a limit 5',
    'select a from t order by a limit 6',
    ['UPDATE limit [SQL_LOGIC_CHANGED] LIMIT changes from 5 to 6.'],
  ],
  [
    'select a from t limit 5',
    'select a from t limit 5 offset 2',
    ['INSERT limit [SQL_LOGIC_CHANGED] OFFSET 2 is added.'],
  ],
  // queries in queries
  [
    'select a from t',
    'with x as (select 1 as o) select a from t',
    ['INSERT cte [SQL_LOGIC_CHANGED] CTE x is added.'],
  ],
  [
    'with x as (select a from t) select a from x',
    'with x as (select a from t where b > 1) select a from x',
    ['INSERT filter [SQL_LOGIC_CHANGED] Condition b > 1 of WHERE is added (in CTE x).'],
  ],
  [
    'with x as (select a from t) select a from x',
    'with y as (select a from t) select a from y',
    [
      'UPDATE cte [SQL_LOGIC_CHANGED] CTE x is now named y.',
      'UPDATE table [SQL_LOGIC_CHANGED] Table x is replaced by y.',
    ],
  ],
  [
    'with x as (select a from t), y as (select 1 as b) select a from x',
    'with y as (select 1 as b), x as (select a from t) select a from x',
    ['MOVE cte [SQL_LOGIC_CHANGED] CTE x moves from place 1 to place 2.'],
  ],
  [
    'select a from (select a from t) q',
    'select a from (select a, b from t) q',
    ['INSERT projection [SQL_LOGIC_CHANGED] Column b is added (in the query q).'],
  ],
  [
    'select a from t',
    'select a from t union all select c from u',
    ['INSERT branch [SQL_LOGIC_CHANGED,TABLE_ADDED] Branch select c from u is added.'],
  ],
  [
    'select a from t union select c from u',
    'select a from t union all select c from u',
    ['UPDATE branch [SQL_LOGIC_CHANGED] The set operation changes from UNION to UNION ALL.'],
  ],
  [
    'select a from t union all select c from u',
    'select a, b from t union all select c, d from u',
    [
      'INSERT projection [COLUMN_ADDED] Column b is added (in branch 1).',
      'INSERT projection [COLUMN_ADDED] Column d is added (in branch 2).',
    ],
  ],
  [
    'create table x (a int)',
    'create table x (b int)',
    ['UPDATE query [SQL_LOGIC_CHANGED] create table x (a int) becomes create table x (b int).'],
  ],
])('%s → %s', (old, now, expected) => {
  expect(say(old, now)).toEqual(expected);
});

test('an edit says where it stands in both texts', () => {
  const [old, now] = ['select a, b from t where a > 1', 'select b,\n  a * 2 as a from t where a  >  1'];
  const found = edits(old, now);
  expect(found.map(({ kind, old: before, new: after }) => [kind, before, after])).toEqual([
    [
      'UPDATE',
      { text: 'a', span: { start: 7, end: 8 } },
      { text: 'a * 2 as a', span: { start: 12, end: 22 } },
    ],
    ['MOVE', { text: 'a', span: { start: 7, end: 8 } }, { text: 'a * 2 as a', span: { start: 12, end: 22 } }],
  ]);
});

test('long pieces are cut short in sentences, and told on one line', () => {
  const [{ sentence } = { sentence: '' }] = edits(
    'select a from t',
    `select a, concat(\n'${'x'.repeat(100)}') as b from t where a = concat(\n'${'x'.repeat(100)}')`,
  ).slice(1);
  expect(sentence).toBe(`Condition a = concat( '${'x'.repeat(46)}… of WHERE is added.`);
});

test('a list that changed in more than 200 places is told of as a whole', () => {
  const conditions = (from: number): string =>
    Array.from({ length: 2_000 }, (_, i) => `c${i + from} = ${i}`).join(' and ');
  expect(say(`select a from t where ${conditions(0)}`, `select a from t where ${conditions(5_000)}`)).toEqual(
    ['UPDATE filter [SQL_LOGIC_CHANGED] 2000 parts of WHERE are new and 2000 are gone.'],
  );
  expect(
    say(`select a from t where ${conditions(0)}`, `select a from t where ${conditions(0)} and b = 1`),
  ).toEqual(['INSERT filter [SQL_LOGIC_CHANGED] Condition b = 1 of WHERE is added.']);
  expect(
    say('select a from t', `select a, ${Array.from({ length: 300 }, (_, i) => `b${i}`).join()} from t`),
  ).toEqual(['UPDATE projection [COLUMN_ADDED,SQL_LOGIC_CHANGED] 300 parts are new and 0 are gone.']);
});

test('100 nested queries are compared down to the innermost', () => {
  const nested = (value: number): string => {
    let sql = `select a from t where b = ${value}`;
    for (let i = 0; i < 100; i += 1) sql = `select a from (${sql}) q${i}`;
    return sql;
  };
  const [edit, ...others] = edits(nested(1), nested(2));
  expect(others).toEqual([]);
  expect(edit).toMatchObject({ part: 'filter', old: { text: 'b = 1' }, new: { text: 'b = 2' } });
  expect(edit?.path).toHaveLength(100);
});

/** What only other parsers read, put into a tree by hand. */
const withJoins = (query: Query, other: Partial<JoinRelation>): Query =>
  mapTree(query, (node) => (node.kind === 'join' ? { ...node, ...other } : node));

const sentences = (old: Query, now: Query): readonly string[] =>
  diffTrees(old, now, { oldText: '', newText: '' }).map(({ sentence }) => sentence);

const joined = read('select a from t join u on t.i = u.i');

test.each<[Partial<JoinRelation>, string]>([
  [{ natural: true }, 'u: JOIN becomes NATURAL JOIN.'],
  [{ asof: true, type: 'left' }, 'u: JOIN becomes ASOF LEFT JOIN.'],
  [{ sample: { text: '10%', span: null } }, 'u: JOIN becomes JOIN SAMPLE 10%.'],
  [{ columns: ['x', 'y'] }, 'u: JOIN becomes JOIN (x, y).'],
])('a join with %j', (other, sentence) => {
  expect(sentences(joined, withJoins(joined, other))).toEqual([sentence]);
});

test('a join in brackets is compared by what it holds, and by its name', () => {
  const inner = (on: string, alias: string): Query =>
    withJoins(read(`select a from t join u on ${on}`), { alias });
  expect(sentences(inner('t.i = u.i', 'x'), inner('t.i = u.j', 'y'))).toEqual([
    'Condition  of the join with u becomes .',
    'Table  becomes .',
  ]);
});

test('queries in FROM without a name are compared', () => {
  const inner = (sql: string): Query =>
    mapTree(read(`select a from (${sql}) q`), (node) =>
      node.kind === 'derived' ? { ...node, alias: null } : node,
    );
  expect(sentences(inner('select a from t'), inner('select a, b from t'))).toEqual([
    'Column b is added (in a query in FROM).',
  ]);
});

test('GROUP BY ALL and several sets are told of', () => {
  const groups = (other: object): Query => {
    const query = read('select a, count(*) as n from t group by a');
    return mapTree(query, (node) =>
      node.kind === 'select' && node.groupBy !== null
        ? { ...node, groupBy: { ...node.groupBy, span: null, ...other } }
        : node,
    );
  };
  expect(sentences(groups({}), groups({ all: true, terms: [] }))).toEqual([
    'The grouping ALL is added.',
    'Term  of GROUP BY is removed.',
  ]);
  expect(sentences(groups({}), groups({ sets: [[0], []] }))).toEqual(['The grouping in sets is added.']);
});

test('lists that came or went as a whole are told of as wholes', () => {
  const conditions = Array.from({ length: 300 }, (_, i) => `c${i} = ${i}`).join(' and ');
  const [bare, long] = ['select a from t', `select a from t where ${conditions}`];
  expect(edits(bare, long).map(({ old, sentence }) => [old, sentence])).toEqual([
    [null, '300 parts of WHERE are new and 0 are gone.'],
  ]);
  expect(edits(long, bare).map((edit) => [edit.new, edit.sentence])).toEqual([
    [null, '0 parts of WHERE are new and 300 are gone.'],
  ]);
  const columns = Array.from({ length: 300 }, (_, i) => `b${i}`).join();
  expect(say(`select a, ${columns} from t`, 'select a from t')).toEqual([
    'UPDATE projection [COLUMN_REMOVED,SQL_LOGIC_CHANGED] 0 parts are new and 300 are gone.',
  ]);
});

test('queries nested beyond 200 are compared as wholes', () => {
  const nested = (name: string): Query => {
    let query = read(`select ${name} from t`);
    for (let i = 0; i < 5_000; i += 1) {
      const inner = query;
      query = mapTree(read('select a from (select 1) q'), (node) =>
        node.kind === 'derived' ? { ...node, query: inner } : node,
      );
    }
    return query;
  };
  const [edit, ...others] = diffTrees(nested('a'), nested('b'), { oldText: '', newText: '' });
  expect(edit).toMatchObject({ part: 'query', kind: 'UPDATE' });
  expect([edit?.path.length, others]).toEqual([201, []]);
});

test('under PostgreSQL a name in other letters is another name', () => {
  const [old, now] = [read('select a from t'), read('select A from t')];
  const texts = { oldText: 'select a from t', newText: 'select A from t' };
  expect(diffTrees(old, now, texts)).toEqual([]);
  expect(diffTrees(old, now, { ...texts, dialect: 'postgres' }).length).toBeGreaterThan(0);
});

test('what has no place has the place of what it holds, or none', () => {
  const strip = (query: Query, kinds: readonly TreeNode['kind'][]): Query =>
    mapTree(query, (node) => {
      const bare = kinds.includes(node.kind) ? { ...node, span: null } : node;
      return bare.kind === 'select'
        ? { ...bare, items: bare.items.map((item) => ({ ...item, span: null })) }
        : bare;
    });
  const text = "select a, f(b + 1) as c, x.*, 'v' as d, case when a then b end as e from t";
  const found = (kinds: readonly TreeNode['kind'][]) =>
    diffTrees(read('select a from t'), strip(read(text), kinds), { oldText: '', newText: text }).map(
      (edit) => edit.new,
    );
  expect(found([])[0]).toEqual({ text: 'f(b + 1)', span: { start: 10, end: 18 } });
  expect(found(['call', 'operation'])[0]).toEqual({ text: 'b + 1', span: { start: 12, end: 17 } });
  const none = found(['call', 'operation', 'column', 'literal', 'star', 'case']);
  expect(none).toEqual([
    { text: 'f(…) AS c', span: null },
    { text: 'x.*', span: null },
    { text: 'v AS d', span: null },
    { text: 'case AS e', span: null },
  ]);
});

test('what CTEs and set operations say besides is told of', () => {
  const withCte = read('with x as (select 1 as o) select a from t') as Extract<Query, { kind: 'select' }>;
  const named = { ...withCte, ctes: withCte.ctes.map((cte) => ({ ...cte, columns: ['p'] })) };
  expect(sentences(withCte, named)).toEqual(['CTE x has other column names or is materialized otherwise.']);
  const union = read('select a from t union all select a from u') as Extract<
    Query,
    { kind: 'set-operation' }
  >;
  expect(sentences(union, { ...union, byName: true })).toEqual([
    'The set operation changes from UNION ALL to UNION ALL BY NAME.',
  ]);
});

test('what no part tells is told of the query as a whole', () => {
  const upper = read('with X as (select 1 as o) select a from t');
  const lower = read('with x as (select 1 as o) select a from t');
  const options = { oldText: 'lower', newText: 'upper', dialect: 'postgres' } as const;
  expect(diffTrees(lower, upper, options).map(({ kind, part }) => `${kind} ${part}`)).toEqual([
    'UPDATE query',
  ]);
});

test.each([
  [
    'with recursive r as (select 1 as n union all select n + 1 from r) select n from r',
    'with recursive r as (select 0 as n union all select n + 2 from r) select n from r',
    [
      'Column n changes from 1 to 0 (in CTE r, the start).',
      'A column without a name changes from n + 1 to n + 2 (in CTE r, the step).',
    ],
  ],
  [
    'with recursive r as (select 1 as n union all select n + 1 from r) select n from r',
    'with recursive r as (select 1 as n union select n + 1 from r) select n from r',
    [
      'select 1 as n union all select n + 1 from r becomes select 1 as n union select n + 1 from r (in CTE r).',
    ],
  ],
  [
    'with x as (select a + b + 1 as c from t) select 1 as o',
    'with y as (select a + b + 2 as c from t) select 1 as o',
    ['Column c changes from a + b + 1 to a + b + 2 (in CTE y).', 'CTE x is now named y.'],
  ],
  [
    `select ${'a + '.repeat(200)}1 from t`,
    `select ${'a + '.repeat(200)}2 from t`,
    [`A column without a name changes from ${'a + '.repeat(14)}a +… to ${'a + '.repeat(14)}a +….`],
  ],
  ['select a as a, b as c from t', 'select a, b as c, a as d from t', ['Column d is added.']],
  ['select a from t order by b', 'select a from t order by b desc', ['Term b of ORDER BY becomes b desc.']],
  [
    'select a from t order by b + 1',
    'select a from t order by b + 2',
    ['Term b + 1 of ORDER BY becomes b + 2.'],
  ],
])('%s → %s', (old, now, expected) => {
  expect(edits(old, now).map(({ sentence }) => sentence)).toEqual(expected);
});

test('DISTINCT ON, samples and pivots are told of', () => {
  const select = read('select a from t') as Extract<Query, { kind: 'select' }>;
  const [item] = select.items;
  const on = (...terms: readonly string[]): Query => ({
    ...select,
    distinct: { span: null, on: terms.map((name) => ({ kind: 'column', span: null, path: [name] })) },
  });
  expect(sentences(select, on('b'))).toEqual([
    'The word DISTINCT ON is added.',
    'Term b of DISTINCT ON is added.',
  ]);
  expect(sentences(on('b', 'c'), on('c'))).toEqual(['Term b of DISTINCT ON is removed.']);
  expect(sentences({ ...select, distinct: { span: null, on: null } }, on('b'))).toEqual([
    'The word changes from DISTINCT to DISTINCT ON.',
    'Term b of DISTINCT ON is added.',
  ]);
  const sample = (text: string): Query => ({ ...select, sample: { text, span: null } });
  expect(sentences(sample('10%'), sample('20%'))).toEqual(['Sample changes from 10% to 20%.']);
  const pivot = (sql: string, group: string): Query => {
    const source = read(sql) as Extract<Query, { kind: 'select' }>;
    const from = {
      kind: 'pivot',
      span: null,
      alias: null,
      columns: [],
      sample: null,
      source: source.from!,
      aggregates: [item!],
      on: [],
      groups: [group],
    } as const;
    return { ...select, from };
  };
  expect(sentences(pivot('select a from t', 'g'), pivot('select a from t join u on t.i = u.i', 'g'))).toEqual(
    ['Joined table u is added.'],
  );
  expect(sentences(pivot('select a from t', 'g'), pivot('select a from t', 'h'))).toEqual([
    'Table  becomes .',
  ]);
  expect(sentences(pivot('select a from t', 'g'), { ...select, from: null })).toEqual(['Table  is removed.']);
});

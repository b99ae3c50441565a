import { expect, test } from '@jest/globals';
import type { Column, JsonObject, NodeId } from '@seeknal/manifest';

import type { SaidCategory } from '../plan.ts';
import type { EnvironmentRecord } from '../snapshot.ts';
import {
  builtState,
  comparedWith,
  full,
  integers,
  manifestWith,
  saidOf,
  view,
  type Compared,
} from '../testing/built-project.ts';
import type { ExampleNode } from '../testing/example-project.ts';

type Definitions = { readonly [node: NodeId]: JsonObject };

const SOURCE: ExampleNode = { id: 'source.events' };
const A = 'transform.a';
const B = 'transform.b';
const C = 'transform.c';
const D = 'transform.d';
const a = (sql: string): ExampleNode => full(A, ['source.events'], sql);
const b = (sql: string): ExampleNode => full(B, [A], sql);
const c = (sql: string): ExampleNode => full(C, [B], sql);

/** Columns of the tables as they were built. */
const COLUMNS: { readonly [node: NodeId]: readonly Column[] } = { 'source.events': integers('k x y') };

const compared = (
  before: readonly ExampleNode[],
  after: readonly ExampleNode[],
  definitions: { readonly old?: Definitions; readonly now?: Definitions } = {},
): Promise<Compared> =>
  comparedWith(
    builtState(manifestWith([SOURCE, ...before], definitions.old), COLUMNS),
    manifestWith([SOURCE, ...after], definitions.now),
  );

/** `a: changed x; b: kept` */
const told = ({ impacts }: Compared): readonly string[] =>
  [...impacts].map(([id, impact]) => `${id.replace('transform.', '')}: ${saidOf(impact)}`);

const BASE = [
  a('SELECT k, x FROM source.events'),
  b('SELECT k, x + 1 AS z FROM transform.a'),
  c('SELECT sum(z) AS z, count(*) AS n FROM transform.b'),
];

test.each<[string, readonly ExampleNode[], readonly ExampleNode[], readonly string[]]>([
  ['nothing differs: nothing is compared', BASE, BASE, []],
  [
    'written otherwise: every table stays',
    BASE,
    [a('SELECT e.k, (e.x) AS x FROM source.events AS e'), ...BASE.slice(1)],
    ['a: kept', 'b: kept', 'c: kept'],
  ],
  [
    'a column that nobody reads: only its own table is built',
    BASE,
    [a('SELECT k, x, y FROM source.events'), ...BASE.slice(1)],
    ['a: added y', 'b: kept', 'c: kept'],
  ],
  [
    'a column that is read: whoever reads it, column by column',
    BASE,
    [a('SELECT k, x * 2 AS x FROM source.events'), ...BASE.slice(1)],
    ['a: changed x', 'b: changed z', 'c: changed z'],
  ],
  [
    'a filter: everything below',
    BASE,
    [a('SELECT k, x FROM source.events WHERE y > 0'), ...BASE.slice(1)],
    ['a: rows', 'b: rows', 'c: rows; changed z n'],
  ],
  [
    'the filter of an ancestor under a harmless change in between',
    BASE,
    [
      a('SELECT k, x FROM source.events WHERE y > 0'),
      b('SELECT k, x + 1 AS z, k AS more FROM transform.a'),
      c('SELECT sum(z) AS z, count(*) AS n FROM transform.b'),
    ],
    ['a: rows', 'b: rows; added more', 'c: rows; changed z n'],
  ],
  [
    'a column that comes in through a star above',
    [
      a('SELECT k, x FROM source.events'),
      b('SELECT * FROM transform.a'),
      c('SELECT * FROM transform.b UNION SELECT k, k FROM transform.b'),
    ],
    [
      a('SELECT k, x, y FROM source.events'),
      b('SELECT * FROM transform.a'),
      c('SELECT * FROM transform.b UNION SELECT k, k FROM transform.b'),
    ],
    ['a: added y', 'b: added y', 'c: rows; added y'],
  ],
  [
    'a column added above that captures an alias below',
    [a('SELECT k FROM source.events'), b('SELECT k + 100 AS x, x * 2 AS z FROM transform.a')],
    [a('SELECT k, x FROM source.events'), b('SELECT k + 100 AS x, x * 2 AS z FROM transform.a')],
    ['a: added x', 'b: changed z'],
  ],
  [
    'columns in another order: whoever counts them',
    [
      a('SELECT k, x FROM source.events'),
      b('SELECT p FROM transform.a AS q(p)'),
      full(D, [A], 'SELECT k FROM transform.a'),
    ],
    [
      a('SELECT x, k FROM source.events'),
      b('SELECT p FROM transform.a AS q(p)'),
      full(D, [A], 'SELECT k FROM transform.a'),
    ],
    ['a: shape', 'b: changed p', 'd: kept'],
  ],
])('%s', async (_, before, after, said) => {
  const result = await compared(before, after);
  expect(told(result)).toEqual(said);
});

test.each<[string, string, JsonObject, JsonObject]>([
  ['the key of an upsert', 'key', { keys: ['k'] }, { keys: ['x'] }],
  ['how rows are merged', 'merge', { when_matched: 'update' }, { when_matched: 'ignore' }],
  ['how history is kept', 'history', { valid_from: 'f' }, { valid_from: 'g' }],
  ['a statement before the query', 'before', { pre_statement: 'SET a = 1' }, { pre_statement: 'SET a = 2' }],
  ['declared types', 'types', { columns: { x: 'INTEGER' } }, { columns: { x: 'VARCHAR' } }],
  [
    'a branch of the template that the rendering does not show',
    'branch',
    { template: '{% if a %}' },
    { template: '{% if b %}' },
  ],
  ['the time column', 'time', { time_column: 'day' }, { time_column: 'month' }],
])('%s decides rows, though the query is the same', async (_, __, old, now) => {
  const result = await compared(BASE, BASE, { old: { [A]: old }, now: { [A]: now } });
  expect(told(result)[0]).toBe('a: rows');
  const views = [view(A, ['source.events'], 'SELECT k, x FROM source.events'), BASE[1] as ExampleNode];
  expect(told(await compared(views, views, { old: { [A]: old }, now: { [A]: now } })).at(-1)).toBe('b: rows');
});

test('a time column that is computed otherwise is another set of rows', async () => {
  const timed = (sql: string): ExampleNode => ({
    id: A,
    inputs: ['source.events'],
    sql,
    mode: 'incremental_by_time',
    timeColumn: 'k',
  });
  expect(
    told(
      await compared(
        [timed('SELECT k, x FROM source.events')],
        [timed('SELECT k + 1 AS k, x FROM source.events')],
      ),
    ),
  ).toEqual(['a: rows; changed k']);
  expect(
    told(
      await compared(
        [timed('SELECT k, x FROM source.events')],
        [timed('SELECT k, y AS x FROM source.events')],
      ),
    ),
  ).toEqual(['a: changed x']);
  const past = { depends_on_past: true };
  const both = { old: { [A]: past }, now: { [A]: past } };
  expect(
    told(
      await compared(
        [timed('SELECT k, x FROM source.events')],
        [timed('SELECT k, y AS x FROM source.events')],
        both,
      ),
    ),
  ).toEqual(['a: rows; changed x']);
});

test('a table that becomes a view, or a view a table, is not kept', async () => {
  const sql = 'SELECT k, x FROM source.events';
  const [table, viewed] = [full(A, ['source.events'], sql), view(A, ['source.events'], sql)];
  const definitions = { old: { [A]: { mode: 'full' } }, now: { [A]: { mode: 'view' } } };
  expect(told(await compared([table], [viewed], definitions))).toEqual(['a: rows']);
});

test('views are seen through, and stay no longer than what they read', async () => {
  const middle = view(B, [A], 'SELECT k, x AS z FROM transform.a');
  const before = [a('SELECT k, x FROM source.events'), middle, c('SELECT z FROM transform.b')];
  const after = [a('SELECT k, x, y FROM source.events'), middle, c('SELECT z FROM transform.b')];
  const result = await compared(before, after);
  expect(told(result)).toEqual(['a: added y', 'b: nothing, but not kept', 'c: kept']);
  expect(result.impacts.get(C)?.reads).toEqual({ [A]: ['x'] });
});

test('a query that gives other rows each time is built anew, and all that reads it', async () => {
  const before = [a('SELECT k, random() AS r FROM source.events'), b('SELECT k FROM transform.a')];
  const after = [a('SELECT k, random() AS r, x FROM source.events'), b('SELECT k FROM transform.a')];
  expect(told(await compared(before, after))).toEqual(['a: rows; changed r; added x', 'b: rows']);
});

test('a macro depends on everything in its inputs', async () => {
  const below = b('SELECT mine(k) AS k FROM transform.a');
  const before = [a('SELECT k, x FROM source.events'), below];
  const same = await compared(before, [a('SELECT e.k, e.x FROM source.events AS e'), below]);
  expect(told(same)).toEqual(['a: kept', 'b: kept']);
  const more = await compared(before, [a('SELECT k, x, y FROM source.events'), below]);
  expect(told(more)).toEqual(['a: added y', 'b: rows']);
  expect(more.impacts.get(B)).toMatchObject({
    doubts: ['the function mine is not known'],
    reads: { [A]: ['k', 'x', 'y'] },
  });
});

test.each<[string, ExampleNode, string]>([
  ['what is no query', { id: 'rule.sane', inputs: [A] }, 'rule.sane: rows; shape'],
  [
    'a query that reads what is none of its inputs',
    b('SELECT a.k FROM transform.a AS a, elsewhere.t'),
    'b: rows; shape',
  ],
  ['a query that cannot be read', b('SELECT 1; SELECT 2'), 'b: rows; shape'],
])('%s depends on everything in its inputs', async (_, below, said) => {
  const more = await compared(
    [a('SELECT k, x FROM source.events'), below],
    [a('SELECT k, x, y FROM source.events'), below],
  );
  expect(told(more)).toEqual(['a: added y', said]);
});

test('a parser that refuses a query makes it depend on everything', async () => {
  const state = builtState(manifestWith([SOURCE, a('SELECT k FROM source.events')]), COLUMNS);
  const { impacts } = await comparedWith(state, manifestWith([SOURCE, a('SELECT 1; SELECT 2')]));
  expect(impacts.get(A)).toMatchObject({
    impact: { rows: true },
    edits: [],
    doubts: [expect.stringContaining('2')],
  });
});

test('a text that no lexer reads is shown as it is', async () => {
  const odd = (text: string): readonly ExampleNode[] => [a(`SELECT '${text}`)];
  const { impacts } = await compared(odd('x'), odd('y'));
  expect(impacts.get(A)?.sql).toEqual({ old: "SELECT 'x", new: "SELECT 'y" });
});

test('a node without SQL is the whole of its definition', async () => {
  const without = { old: { [A]: { sql: null, python: 'a' } }, now: { [A]: { sql: null, python: 'b' } } };
  const { impacts } = await compared(BASE, BASE, without);
  expect(impacts.get(A)).toMatchObject({ impact: { rows: true }, sql: { old: null, new: null }, doubts: [] });
});

test('a lost column reaches whoever read it, though it does not bind any more', async () => {
  const lost = await compared(BASE, [a('SELECT k FROM source.events'), ...BASE.slice(1)]);
  expect(told(lost)[0]).toBe('a: removed x');
  expect(lost.impacts.get(B)).toMatchObject({ causes: [{ node: A, columns: ['x'] }], reads: { [A]: ['k'] } });
  expect(lost.impacts.get(B)?.problems).toHaveLength(1);
  const mended = await compared(BASE, [
    a('SELECT k FROM source.events'),
    b('SELECT k, 1 AS z FROM transform.a'),
    BASE[2] as ExampleNode,
  ]);
  expect(mended.impacts.get(B)).toMatchObject({ problems: [], causes: [] });
});

test('a column that a view loses is one that was read of the view', async () => {
  const both = full(C, [B, A], 'SELECT b.z, a.k FROM transform.b AS b, transform.a AS a');
  const before = [
    a('SELECT k, x FROM source.events'),
    view(B, [A], 'SELECT k, x AS z FROM transform.a'),
    both,
  ];
  const lost = await compared(before, [
    before[0] as ExampleNode,
    view(B, [A], 'SELECT k FROM transform.a'),
    both,
  ]);
  expect(lost.impacts.get(C)).toMatchObject({ causes: [{ node: B, columns: ['z'] }] });
  const edited = full(C, [B, A], 'SELECT b.z + 1 AS z, a.k FROM transform.b AS b, transform.a AS a');
  const still = await compared(before, [
    before[0] as ExampleNode,
    view(B, [A], 'SELECT k FROM transform.a'),
    edited,
  ]);
  expect(still.impacts.get(C)).toMatchObject({ causes: [{ node: B, columns: ['z'] }] });
});

test('columns that are called otherwise than expected mean that a query was misread', async () => {
  const manifest = manifestWith([SOURCE, a('SELECT k, x FROM source.events')]);
  const state = builtState(manifest, { ...COLUMNS, [A]: integers('k x_1') });
  const { impacts } = await comparedWith(
    state,
    manifestWith([SOURCE, a('SELECT e.k, e.x FROM source.events AS e')]),
  );
  expect(impacts.get(A)).toMatchObject({ isKept: false, impact: { rows: true, removed: ['x_1'] } });
});

test('an input that is new, or of which nothing is remembered, is another set of rows', async () => {
  const other: ExampleNode = { id: 'source.others' };
  const old = manifestWith([SOURCE, other, a('SELECT k FROM source.events')]);
  const now = manifestWith([
    SOURCE,
    other,
    full(A, ['source.events', 'source.others'], 'SELECT k FROM source.events'),
  ]);
  const added = await comparedWith(builtState(old, COLUMNS), now);
  expect(added.impacts.get(A)).toMatchObject({
    causes: [{ node: 'source.others', rows: true, columns: [] }],
  });
  const state = builtState(old, COLUMNS);
  const source = state.environments['prod']?.pointers['source.events']?.snapshot ?? '';
  const { [source]: _, ...snapshots } = state.snapshots;
  const forgotten = await comparedWith(
    { ...state, snapshots },
    manifestWith([SOURCE, other, a('SELECT e.k FROM source.events AS e')]),
  );
  expect(told(forgotten)).toEqual(['a: rows; changed k; shape']);
});

test('names that differ in a letter outside ASCII are different columns', async () => {
  const columns = {
    'source.events': [
      { name: 'Ä', type: 'INTEGER' },
      { name: 'ä', type: 'INTEGER' },
    ],
  };
  const state = builtState(manifestWith([SOURCE, a('SELECT "Ä" AS v FROM source.events')]), columns);
  const { impacts } = await comparedWith(
    state,
    manifestWith([SOURCE, a('SELECT "ä" AS v FROM source.events')]),
  );
  expect(impacts.get(A)?.impact.changed).toEqual(['v']);
});

test('a change that nobody reads, above a thousand nodes, reads a handful of queries', async () => {
  const chain = Array.from({ length: 1000 }, (_, at) => {
    const above = at === 0 ? A : `transform.n${at - 1}`;
    return full(`transform.n${at}`, [above], `SELECT k, x + 1 AS x FROM ${above}`);
  });
  const tables = Object.fromEntries([A, ...chain.map(({ id }) => id)].map((id) => [id, integers('k x')]));
  const columns = { ...COLUMNS, ...tables };
  const state = builtState(manifestWith([SOURCE, a('SELECT k, x FROM source.events'), ...chain]), columns);
  const { impacts, parsed } = await comparedWith(
    state,
    manifestWith([SOURCE, a('SELECT k, x, y FROM source.events'), ...chain]),
  );
  expect([...impacts.values()].filter(({ isKept }) => isKept)).toHaveLength(1000);
  expect(parsed.length).toBeLessThan(10);
});

/** Prod as it was built, beside tables that another environment has of `a`. */
const besideAnother = (
  another: ExampleNode,
  said?: ReadonlyMap<NodeId, SaidCategory>,
  name = 'prod',
): Promise<Compared> => {
  const built = (nodes: readonly ExampleNode[]) => builtState(manifestWith([SOURCE, ...nodes]), COLUMNS);
  const state = built(BASE);
  const prod = { ...(state.environments['prod'] as EnvironmentRecord), name };
  return comparedWith(
    { ...state, environments: { prod }, snapshots: { ...built([another]).snapshots, ...state.snapshots } },
    manifestWith([SOURCE, another, ...BASE.slice(1)]),
    said,
  );
};

test.each<[string, string, readonly string[]]>([
  ['a column that nobody reads', 'SELECT k, x, y FROM source.events', ['b: kept', 'c: kept']],
  ['a column that is read', 'SELECT k, x * 2 AS x FROM source.events', ['b: changed z', 'c: changed z']],
  ['a filter', 'SELECT k, x FROM source.events WHERE y > 0', ['b: rows', 'c: rows; changed z n']],
  [
    'a function that gives other values each time',
    'SELECT k, x, random() AS y FROM source.events',
    ['b: rows', 'c: rows; changed z n'],
  ],
])(
  'rows that another environment made already are compared as if they were made now: %s',
  async (_, sql, said) => {
    const result = await besideAnother(a(sql));
    expect(told(result)).toEqual(said);
    expect(result.resolved.get(A)?.record).not.toBeNull();
    // What is proved says which columns were read, for the rows to be compared by them.
    expect(result.impacts.get(B)?.reads[A]).toContain('x');
  },
);

test('rows that are there already and are said to be others are others', async () => {
  const result = await besideAnother(a('SELECT k, x, y FROM source.events'), new Map([[A, 'BREAKING']]));
  expect(told(result)).toEqual(['b: rows; changed k z; shape', 'c: rows; changed z n']);
});

test('outside prod they stand for themselves: who reads them may be nobody’s to write', async () => {
  const result = await besideAnother(a('SELECT k, x, y FROM source.events'), undefined, 'dev');
  expect(told(result)).toEqual(['b: rows; changed k z; shape', 'c: rows; changed z n']);
});

test.each<[string, readonly ExampleNode[], string]>([
  ['over the very table', [a('SELECT e.k, (e.x) AS x FROM source.events AS e')], 'rule.sane: kept'],
  ['over a table made anew', [a('SELECT k, x, y FROM source.events')], 'rule.sane: rows; shape'],
])('a rule %s', async (_, after, said) => {
  const rule: ExampleNode = { id: 'rule.sane', inputs: [A] };
  const result = await compared([BASE[0] as ExampleNode, rule], [...after, rule]);
  expect(told(result)).toContain(said);
});

import { expect, test } from '@jest/globals';
import { lightParser, type Query } from '@seeknal/sql-ast';

import { classifySqlChange } from './classify-sql-change.ts';
import { classifyTrees } from './classify-trees.ts';
import { SQLDiffer } from './sql-differ.ts';

const schema = {
  t: { id: 'INTEGER', a: 'INTEGER', b: 'INTEGER', name: 'VARCHAR' },
  u: { id: 'INTEGER', c: 'INTEGER' },
};

test.each<[string, string, string, string]>([
  ['EQUAL', 'select a, b from t', 'SELECT a,\n b\nFROM t;', 'The two are the same query.'],
  ['EQUAL', 'select * from u', 'select id, c from u', 'The two are the same query.'],
  ['METADATA', 'select a from t', 'select a -- the a\nfrom t', 'Only comments differ.'],
  [
    'NON_BREAKING',
    'select a from t',
    'select a, b from t',
    'Only column b is new; rows and other columns stay as they are.',
  ],
  [
    'NON_BREAKING',
    'select a from t',
    'select id, a, b, name from t',
    'Only columns id, b and name are new; rows and other columns stay as they are.',
  ],
  [
    'NON_BREAKING',
    'select a from t',
    'select a, id as i, id as j, id as k, id as l, id as m from t',
    'Only columns i, j, k and 2 more are new; rows and other columns stay as they are.',
  ],
  [
    'NON_BREAKING',
    'select a from t',
    'with x as (select 1 as o) select a from t',
    'Nothing that comes out of the query changes.',
  ],
  [
    'BREAKING',
    'select a from t',
    'select a from t where b > 1',
    'There may be other rows. Condition b > 1 of WHERE is added.',
  ],
  [
    'BREAKING',
    'select a from t',
    'select distinct a, b from t',
    'There may be other rows. The word DISTINCT is added.',
  ],
  [
    'BREAKING',
    'select distinct a from t',
    'select distinct a, b from t',
    'There may be other rows. Column b is added.',
  ],
  [
    'BREAKING',
    'select id, a + 1 as x from t',
    'select id, b, a + 2 as x from t',
    'Column x may hold other values. Column x changes from a + 1 to a + 2.',
  ],
  ['BREAKING', 'select a, b from t', 'select a from t', 'Column b is gone. Column b is removed.'],
  [
    'BREAKING',
    'select a, b, id from t',
    'select a + 1 as a from t',
    'Column a may hold other values and columns b and id are gone. Column b is removed.',
  ],
  [
    'BREAKING',
    'select a, b from t',
    'select b, a from t',
    'The order or the spelling of columns, or the order of rows, differs. Column a moves from place 1 to place 2.',
  ],
  [
    'BREAKING',
    'select a + b from t',
    'select A + b from t',
    'The order or the spelling of columns, or the order of rows, differs. The spelling of names that reach the output differs, or what stars and names stand for.',
  ],
])('%s: %s → %s', async (category, old, now, reason) => {
  const found = await classifySqlChange(old, now, { schema });
  expect({ category: found.category, reason: found.reason }).toMatchObject({ category });
  if (category === 'EQUAL' || category === 'METADATA') expect(found.edits).toEqual([]);
  else expect(found.edits.length).toBeGreaterThan(0);
  expect(found.reason).toBe(reason);
});

test('the whole answer is plain JSON', async () => {
  const found = await classifySqlChange('select a from t', 'select a, b from t', { schema });
  expect(JSON.parse(JSON.stringify(found))).toEqual({
    category: 'NON_BREAKING',
    impact: { rows: false, changed: [], added: ['b'], removed: [], shape: false },
    edits: [
      {
        kind: 'INSERT',
        part: 'projection',
        path: [],
        changes: ['COLUMN_ADDED'],
        old: null,
        new: { text: 'b', span: { start: 10, end: 11 } },
        sentence: 'Column b is added.',
      },
    ],
    reason: 'Only column b is new; rows and other columns stay as they are.',
  });
});

test('what a star stands for counts as each side sees it', async () => {
  const wider = { ...schema, u: { ...schema.u, d: 'INTEGER' } };
  const sql = 'select * from u';
  expect((await classifySqlChange(sql, sql, { oldSchema: schema, newSchema: wider })).impact.added).toEqual([
    'd',
  ]);
  expect(await classifySqlChange(sql, sql, { schema: wider })).toMatchObject({ category: 'EQUAL' });
  expect(await classifySqlChange(sql, sql)).toMatchObject({ category: 'EQUAL' });
});

test('what could not be analysed is named', async () => {
  const { category, reason } = await classifySqlChange(
    'select a from t pivot (sum(b) for c in (1))',
    'select a from t',
  );
  expect(category).toBe('BREAKING');
  expect(reason).toMatch(/Not everything could be analysed: node-sql-parser stops at/u);
});

test('a volatile function is never harmless', async () => {
  const found = await classifySqlChange(
    'select a, random() as r from t',
    'select a, random() as r, b from t',
    { schema },
  );
  expect(found.category).toBe('BREAKING');
  expect(found.reason).toContain('random may give other values each time');
});

test.each([
  ['', 'SQL_NOT_ONE_STATEMENT'],
  ['-- nothing', 'SQL_NOT_ONE_STATEMENT'],
  ['select 1; select 2', 'SQL_NOT_ONE_STATEMENT'],
  ["select 'a", 'SQL_UNTERMINATED_STRING'],
  ['select /* a', 'SQL_UNTERMINATED_COMMENT'],
  ['select "a', 'SQL_UNTERMINATED_IDENTIFIER'],
  ['select \0', 'SQL_NUL_CHARACTER'],
])('%j is refused', async (sql, code) => {
  await expect(classifySqlChange('select 1', sql)).rejects.toMatchObject({ code });
  await expect(classifySqlChange(sql, 'select 1')).rejects.toMatchObject({ code });
});

test.each([
  ['DDL', 'create table x (a int)'],
  ['no SQL', 'selec 1'],
  ['a megabyte of brackets', `select ${'('.repeat(500_000)}1${')'.repeat(500_000)}`],
  ['a lone surrogate', "select '\ud800' as a"],
  ['emoji', 'select 1 as "🦆"'],
])('%s is answered, and never as harmless', async (_, sql) => {
  const found = await classifySqlChange('select 1 as a', sql);
  expect(found.category).toBe('BREAKING');
  expect(await classifySqlChange(sql, sql)).toMatchObject({ category: 'EQUAL' });
});

test('an unknown dialect is refused', async () => {
  await expect(
    classifySqlChange('select 1', 'select 2', { dialect: 'oracle' as never }),
  ).rejects.toMatchObject({ code: 'SQL_UNKNOWN_DIALECT' });
});

test('a parser of the caller’s own reads both', async () => {
  const light = await lightParser('generic');
  const seen: string[] = [];
  const parser = (sql: string): Promise<Query> => {
    seen.push(sql);
    return Promise.resolve(light(sql));
  };
  const found = await classifySqlChange('select a from t', 'select b from t', { parser, dialect: 'generic' });
  expect(seen).toEqual(['select a from t', 'select b from t']);
  expect(found.category).toBe('BREAKING');
});

test('trees are classified without waiting, by what they say', async () => {
  const read = await lightParser('duckdb');
  const [oldText, newText] = ['select a from t', 'select a, b from t'];
  expect(classifyTrees(read(oldText), read(newText), { oldText, newText }).category).toBe('NON_BREAKING');
});

test('names that reach the output in another spelling are told of, though no part differs', async () => {
  const { category, edits } = await classifySqlChange('select a + b from t', 'select A + b from t', {
    schema,
  });
  expect(category).toBe('BREAKING');
  expect(edits).toEqual([
    {
      kind: 'UPDATE',
      part: 'query',
      path: [],
      changes: ['SQL_LOGIC_CHANGED'],
      old: { text: 'select a + b from t', span: expect.anything() },
      new: { text: 'select A + b from t', span: expect.anything() },
      sentence: expect.stringContaining('spelling'),
    },
  ]);
});

test('SQLDiffer compares under the same options', async () => {
  const differ = new SQLDiffer({ schema });
  expect(await differ.diff('select a from t', 'select a as a from t')).toEqual([]);
  expect((await differ.diff('select a from t', 'select b from t')).map(({ kind }) => kind)).toEqual([
    'DELETE',
    'INSERT',
  ]);
  expect(await differ.classify('select * from u', 'select id, c from u')).toMatchObject({
    category: 'EQUAL',
  });
  expect(await new SQLDiffer().diff('select 1', 'select 1')).toEqual([]);
});

test('under PostgreSQL names are compared as they are written', async () => {
  const options = { dialect: 'postgres', schema } as const;
  expect(await classifySqlChange('select a from t', 'select "a" from t', options)).toMatchObject({
    category: 'EQUAL',
  });
  expect((await classifySqlChange('select a from t', 'select "A" from t', options)).category).toBe(
    'BREAKING',
  );
});

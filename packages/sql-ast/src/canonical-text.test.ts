import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { canonicalSql } from './canonical-text.ts';
import { isReserved } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';

test.each([
  // layout and comments
  ['select  a\n from t -- x', 'SELECT /* y */ a FROM t', 'select a from t'],
  ['select count(*),a.b from t', 'select count ( * ) , a . b from t', 'select count ( * ) , a . b from t'],
  // case of reserved keywords
  ['Select a From t Where a In (1)', 'SELECT a FROM t WHERE a IN (1)', 'select a from t where a in ( 1 )'],
  // needless quotes
  ['select "Orders"."a" from t', 'select Orders.a from t', 'select Orders . a from t'],
  // trailing commas and semicolons
  ['select a, b, from t;', 'select a, b from t', 'select a , b from t'],
  [
    'select (select 1,) as a, union select 2,;;',
    'select (select 1) as a union select 2',
    'select ( select 1 ) as a union select 2',
  ],
  ['from t select a, where b', 'from t select a where b', 'from t select a where b'],
  // strings by value
  ["select $$it's$$", "select 'it''s'", "select 'it''s'"],
  ["select e'abc'", "select 'abc'", "select 'abc'"],
  ["select 'a' -- x\n 'b'", "select 'ab'", "select 'ab'"],
  ["select e'a\\n'\n'b'", "select E'a\\n' -- x\n\n'b'", "select E'a\\n'\n'b'"],
])('%j means %j', (left, right, canonical) => {
  expect(canonicalSql(left)).toBe(canonical);
  expect(canonicalSql(right)).toBe(canonical);
});

test.each([
  ['select a', 'select b'],
  ['select a', 'select A'],
  ['select date_trunc(x)', 'select DATE_TRUNC(x)'],
  ['select 1a', 'select 1 b'],
  ['select 0x1f', 'select 0 x1f'],
  ['select 1.0', 'select 1'],
  ['select a-1', 'select a - -1'],
  ['select 1@-1', 'select 1 @ -1'],
  // a name that is a keyword needs its quotes
  ['select a from t order by all', 'select a from t order by "all"'],
  ['from a "left" join b on true', 'from a left join b on true'],
  ['select "interval" \'1 day\'', "select interval '1 day'"],
  ['select "current_date"', 'select current_date'],
  ['select "a b"', 'select a b'],
  ['select "a$"', 'select a$'],
  ['select "é"', 'select é'],
  ['select "a""b"', 'select "a""c"'],
  ['select u&"a"', 'select u & a'],
  // an output name keeps its case
  ['select 1 as Select', 'select 1 as select'],
  ['select t.Order', 'select t.order'],
  // strings that are not the same, or not one string
  ["select ' a'", "select 'a'"],
  ["select '--a'", "select '--b'"],
  ["select 'a' 'b'", "select 'ab'"],
  ["select 'a' 'b'", "select 'a'\n'b'"],
  ["select $$a$$\n'b'", "select 'a'\n'b'"],
  ["select E'\\1'\n'2'", "select E'\\12'"],
  ["select x'41'", "select '41'"],
  ["select E'a\\n'", "select 'a\\n'"],
  // commas that are errors, and semicolons between statements
  ['select f(a,)', 'select f(a)'],
  ['select a,, from t', 'select a, from t'],
  ['select , from t', 'select from t'],
  ['select distinct , from t', 'select distinct from t'],
  ['select a from t order by a,', 'select a from t order by a'],
  ['with a as (select 1), from a', 'with a as (select 1) from a'],
  ['select [a,]', 'select [a]'],
  ['select a as "from", from t', 'select a as "from" from t where 1'],
  ['select 1; select 2', 'select 1 select 2'],
  // DuckDB turns these blanks into plain ones before it scans, but not everywhere
  ["select '\u00a0'", "select ' '"],
  ["select /* it's */ a\u00a0b", 'select a\u00a0b'],
])('%j does not mean %j', (left, right) => {
  expect(canonicalSql(left)).not.toBe(canonicalSql(right));
});

test.each([
  [
    'SELECT "orders", "Orders", "user", Qualify, Left FROM t,',
    'postgres',
    'select "orders" , "Orders" , "user" , Qualify , Left from t ,',
  ],
  ['SELECT "orders", Qualify, Left FROM t;', 'generic', 'select "orders" , Qualify , Left from t'],
  ['SELECT User, Current_Date', 'duckdb', 'select User , Current_Date'],
  ['SELECT User, Current_Date', 'postgres', 'select user , current_date'],
] as const)('%s in %s', (sql, dialect, canonical) => expect(canonicalSql(sql, dialect)).toBe(canonical));

test('a text with a non-ASCII blank stays as it is', () => {
  expect(canonicalSql('SELECT  1 --\u00a0')).toBe('SELECT  1 --\u00a0');
});

const cases = new URL('../../../../shared/cases/duckdb-selects.json', import.meta.url);
const queries: readonly string[] = existsSync(cases)
  ? (JSON.parse(readFileSync(cases, 'utf8')) as { sql: string }[])
      .map(({ sql }) => sql)
      .filter((sql) => canonicalSql(sql) !== sql || /^[\0-\x7f]*$/.test(sql))
  : [];
const onQueries = queries.length === 0 ? test.skip : test;

/** Writes the tokens of a query anew: each as `spell` has it, with `gap` before it. */
function rewrite(
  sql: string,
  gap: string,
  spell: (token: Token, before: Token | undefined) => string,
): string {
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment');
  return tokens
    .map((token, at) => {
      // Only a line break joins two strings.
      const isString = token.kind === 'string' && tokens[at - 1]?.kind === 'string';
      return `${isString ? (token.continues ? '\n' : ' ') : gap}${spell(token, tokens[at - 1])}`;
    })
    .join('');
}

const recase =
  (change: (text: string) => string) =>
  (token: Token, before: Token | undefined): string =>
    token.kind === 'word' &&
    isReserved(token.text) &&
    before?.text !== '.' &&
    !/^as$/i.test(before?.text ?? '')
      ? change(token.text)
      : token.text;

onQueries(
  'layout, comments and the case of reserved keywords never matter (skipped without ../shared)',
  () => {
    for (const sql of queries) {
      const canonical = canonicalSql(sql);
      for (const text of [
        canonical,
        rewrite(
          sql,
          '\n\t ',
          recase((word) => word.toUpperCase()),
        ),
        rewrite(
          sql,
          " /* , ; ' */ ",
          recase((word) => word.toLowerCase()),
        ),
        rewrite(
          sql,
          " -- it's\n",
          recase((word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase()),
        ),
        `${sql}\n;;`,
      ]) {
        expect(canonicalSql(text)).toBe(canonical);
      }
    }
  },
);

/** Another token of about the same kind. */
const others = {
  word: (text: string) => `${text}x`,
  quoted: (text: string) => `${text.slice(0, -1)}x"`,
  string: (text: string) => `${text}::x`,
  number: (text: string) => `1${text}`,
  operator: (text: string) => (text === '+' ? '*' : '+'),
  punctuation: (text: string) => (text === '.' ? ';' : '.'),
  comment: (text: string) => text,
  parameter: () => '0',
} as const;

onQueries('another token is another text (skipped without ../shared)', () => {
  for (const sql of queries.slice(0, 300)) {
    const canonical = canonicalSql(sql);
    for (const token of tokenize(sql)) {
      if (token.kind === 'comment') continue;
      const other = others[token.kind](token.text);
      const changed = `${sql.slice(0, token.start)} ${other} ${sql.slice(token.end)}`;
      expect(canonicalSql(changed)).not.toBe(canonical);
    }
  }
});

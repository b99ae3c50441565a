import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBlank } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { comments, tokenize } from './lexer.ts';
import { SqlError } from './sql-error.ts';

/** Tokens as `kind:text`, one letter for the kind. */
const letters = {
  word: 'w',
  quoted: 'q',
  string: 's',
  number: 'n',
  operator: 'o',
  punctuation: 'p',
  comment: 'c',
  parameter: '$',
} as const;
const read = (sql: string, dialect?: Dialect): string =>
  tokenize(sql, dialect)
    .map(({ kind, text }) => `${letters[kind]}:${text}`)
    .join(' ');

test.each([
  // names
  ['select A_1 é$x', 'w:select w:A_1 w:é$x'],
  ['"a""b" "" x"y"', 'q:"a""b" q:"" w:x q:"y"'],
  ['t.a', 'w:t p:. w:a'],
  // strings
  [`'it''s' ''`, `s:'it''s' s:''`],
  [`E'it\\'s' e'\\\\' 'x'`, `s:E'it\\'s' s:e'\\\\' s:'x'`],
  [
    `X'41' b'1' N'x' U&'\\0041' u&"a" e"x" u & 'x'`,
    `s:X'41' s:b'1' s:N'x' s:U&'\\0041' q:u&"a" w:e q:"x" w:u o:& s:'x'`,
  ],
  ["$$it's$$ $t$a$$b$t$ $é1$x$é1$", "s:$$it's$$ s:$t$a$$b$t$ s:$é1$x$é1$"],
  ['a$$b$$', 'w:a$$b$$'],
  // after a line break a string goes on, and so do its escapes
  [`E'a'\n'\\'b'`, `s:E'a' s:'\\'b'`],
  [`E'a' -- c\r'\\'b'\n'\\''`, `s:E'a' c:-- c s:'\\'b' s:'\\''`],
  [`E'a' '\\' x`, `s:E'a' s:'\\' w:x`],
  [`E'a' /*\n*/\n'\\' x`, `s:E'a' c:/*\n*/ s:'\\' w:x`],
  [`E'a', \n'\\' x`, `s:E'a' p:, s:'\\' w:x`],
  [`'a'\n'\\' x`, `s:'a' s:'\\' w:x`],
  // numbers
  [
    '1 1e5 1.5E-3 .5 1. 1.e3 1_000 0x1F 0b10 0o17',
    'n:1 n:1e5 n:1.5E-3 n:.5 n:1. n:1.e3 n:1_000 n:0x1F n:0b10 n:0o17',
  ],
  [
    '1a 1e 1e+ 1_ 0x 1..2 1.5.6 1__0',
    'n:1 w:a n:1 w:e n:1 w:e o:+ n:1 w:_ n:0 w:x n:1 p:.. n:2 n:1.5 n:.6 n:1 w:__0',
  ],
  // operators
  ['a::int b->>c->d', 'w:a o::: w:int w:b o:->> w:c o:-> w:d'],
  ['<> != >= || // := => ** ^@ == ~~*', 'o:<> o:!= o:>= o:|| o:// o::= o:=> o:** o:^@ o:== o:~~*'],
  [
    'a=-1 a>=-+1 a@-1 a!=-1 +-+1',
    'w:a o:= o:- n:1 w:a o:>= o:- o:+ n:1 w:a o:@- n:1 w:a o:!=- n:1 o:+ o:- o:+ n:1',
  ],
  ['a*--x\nb/*y*/', 'w:a o:* c:--x w:b c:/*y*/'],
  // punctuation and parameters
  ['(a,[1:2],{b});', 'p:( w:a p:, p:[ n:1 p:: n:2 p:] p:, p:{ w:b p:} p:) p:;'],
  ['$1 $12a $name ? ?3 #1 $ \\', '$:$1 $:$12 w:a $:$name $:? $:?3 p:# n:1 p:$ p:\\'],
  // comments
  ['a -- b\nc', 'w:a c:-- b w:c'],
  ['a -- b\rc --', 'w:a c:-- b w:c c:--'],
  ['a /* b /* c */ ** / */ d', 'w:a c:/* b /* c */ ** / */ w:d'],
  ['', ''],
])('%s', (sql, tokens) => expect(read(sql)).toBe(tokens));

test.each([
  ['`a b`', 'generic', 'q:`a b`'],
  ['`a', 'duckdb', 'o:` w:a'],
  ['a ? b #> c', 'postgres', 'w:a o:? w:b o:#> w:c'],
  ['a\u00a0b', 'duckdb', 'w:a w:b'],
  ['a\u3000b', 'generic', 'w:a w:b'],
  ['a\u00a0b', 'postgres', 'w:a\u00a0b'],
] as const)('%s is read as %s does', (sql, dialect, tokens) => expect(read(sql, dialect)).toBe(tokens));

test('a token says where it is, in UTF-16 units', () => {
  expect(tokenize("'😀' -- é\n'b'")).toEqual([
    { kind: 'string', text: "'😀'", start: 0, end: 4 },
    { kind: 'comment', text: '-- é', start: 5, end: 9 },
    { kind: 'string', text: "'b'", start: 10, end: 13, continues: true },
  ]);
});

test('comments are listed alone', () => {
  expect(comments("select '--' /* a */ -- b").map(({ text }) => text)).toEqual(['/* a */', '-- b']);
});

test.each([
  ["select 'abc", 'SQL_UNTERMINATED_STRING', 7],
  ["select E'abc\\'", 'SQL_UNTERMINATED_STRING', 7],
  ["'a''", 'SQL_UNTERMINATED_STRING', 0],
  ['x $t$ $$ \n this is far too long to be shown whole', 'SQL_UNTERMINATED_STRING', 2],
  ['select "abc', 'SQL_UNTERMINATED_IDENTIFIER', 7],
  ['select /* /* */', 'SQL_UNTERMINATED_COMMENT', 7],
  ['select /*/', 'SQL_UNTERMINATED_COMMENT', 7],
  ['select \0', 'SQL_NUL_CHARACTER', 7],
])('%j is refused', (sql, code, offset) => {
  expect(() => tokenize(sql)).toThrow(expect.objectContaining({ name: 'SqlError', code, offset }));
});

test('an error names the thing, its place and the next step', () => {
  const error = (sql: string): unknown => {
    try {
      return tokenize(sql);
    } catch (error) {
      return error;
    }
  };
  expect(error('a $t$ one two three four five six')).toMatchObject({
    message: 'The string $t$ one two three four f… at character 3 has no end.',
    hint: 'Close it with $t$.',
  });
  expect(error('a /* b')).toMatchObject({ message: 'The comment /* b at character 3 has no end.' });
});

/** Text full of what lexers stumble over. */
const sqlLike = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(...'\'"$`-/*+@:.,;=<>#?!\\eExXu&_019aA \n\r\t\u00a0é'.split('')),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
    ),
  )
  .map((parts) => parts.join(''));

/** The tokens and the text between and around them, or the error. */
function pieces(sql: string, dialect: Dialect): { texts: string[]; gaps: string[] } | SqlError {
  try {
    const tokens = tokenize(sql, dialect);
    const ends = [0, ...tokens.map(({ end }) => end)];
    const starts = [...tokens.map(({ start }) => start), sql.length];
    return {
      texts: tokens.map(({ text }) => text),
      gaps: starts.map((start, at) => sql.slice(ends[at], start)),
    };
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
}

test.each(['duckdb', 'postgres', 'generic'] as const)(
  'tokens of %s cover all but blanks, or there is a coded error',
  (dialect) => {
    fc.assert(
      fc.property(sqlLike, (sql) => {
        const found = pieces(sql, dialect);
        if (found instanceof SqlError) return found.offset < sql.length;
        const { texts, gaps } = found;
        const whole = gaps.map((gap, at) => gap + (texts[at] ?? '')).join('');
        const areBlank = gaps
          .join('')
          .split('')
          .every((character) => isBlank(character, dialect));
        return whole === sql && areBlank && texts.every((text) => text !== '');
      }),
      { numRuns: 1000 },
    );
  },
);

test.each([
  '+',
  '=+',
  '@',
  '$a',
  '$1',
  '1',
  '1_',
  "''",
  '"a"',
  '--\n',
  '/**/',
  '(',
  '0x',
  '1e',
  "E'\\''\n",
  'a$',
  '-/',
])('200 000 times %j takes time in proportion', (piece) => {
  const started = performance.now();
  tokenize(piece.repeat(200_000));
  expect(performance.now() - started).toBeLessThan(5000);
});

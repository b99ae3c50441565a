import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { splitStatements } from './statements.ts';

test.each([
  ['SELECT 1', ['SELECT 1']],
  ['SELECT 1;', ['SELECT 1']],
  ['SELECT 1; SELECT 2', ['SELECT 1', ' SELECT 2']],
  [' ; ;; ', []],
  ['', []],
  ['-- only; a comment', []],
  ['/* a; /* nested; */ ; */ SELECT 1', ['/* a; /* nested; */ ; */ SELECT 1']],
  ['/* never; closed', []],
  [`SELECT ';', 'it''s; '; SELECT ";"`, [`SELECT ';', 'it''s; '`, ' SELECT ";"']],
  ['SELECT $$a;b$$, $x$ $$; $x$; SELECT 2', ['SELECT $$a;b$$, $x$ $$; $x$', ' SELECT 2']],
  ['SELECT $1; SELECT 2', ['SELECT $1', ' SELECT 2']],
  ['SELECT $$never; closed', ['SELECT $$never; closed']],
  [`SELECT 'never; closed`, [`SELECT 'never; closed`]],
  ['SELECT 1 -- one;\n; -- two;', ['SELECT 1 -- one;\n']],
])('%j', (sql, expected) => {
  const statements = splitStatements(sql);
  expect(statements.map(({ text }) => text)).toEqual(expected);
  for (const { text, offset } of statements) expect(sql.slice(offset, offset + text.length)).toBe(text);
});

test('statements put together come apart again', () => {
  const piece = fc.constantFrom('a', ' ', `';'`, '";"', '/* ; */', '$$;$$', '--;\n', `''''`, '(', '\n', '€');
  const statement = fc.array(piece, { maxLength: 6 }).map((pieces) => `x${pieces.join(' ')}`);
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
      expect(splitStatements(statements.join(';')).map(({ text }) => text)).toEqual(statements);
    }),
  );
});

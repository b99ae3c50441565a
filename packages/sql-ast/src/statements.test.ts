import { expect, test } from '@jest/globals';
import { splitStatements } from './statements.ts';

test.each([
  ['select 1', ['select 1']],
  ['select 1;', ['select 1']],
  ["select ';' /* ; */; -- ;\n select 2 ;; ;", ["select ';'", 'select 2']],
  ['select $$;$$; select ";"', ['select $$;$$', 'select ";"']],
  ['-- a\nselect /* b */ 1 -- c', ['select /* b */ 1']],
  [' ; -- nothing', []],
])('%j', (sql, texts) => {
  const statements = splitStatements(sql);
  expect(statements.map(({ text }) => text)).toEqual(texts);
  expect(statements.map(({ start, end }) => sql.slice(start, end))).toEqual(texts);
});

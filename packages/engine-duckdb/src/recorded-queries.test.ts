import { readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { openSqlParser } from './sql-parser.ts';

/** Queries whose trees the tests of sql-ast use, each followed by DuckDB's answer. */
const file = new URL('../../sql-ast/src/testing/recorded-queries.txt', import.meta.url);

/** How it writes the place of what stands nowhere. */
const nowhere = '18446744073709551615';

test('the recorded trees are those that DuckDB gives', async () => {
  const lines = readFileSync(file, 'utf8').split('\n');
  const queries = lines.filter((line, at) => at % 2 === 0 && line !== '');
  const parser = await openSqlParser();
  const answers = await parser.parse(queries);
  parser.close();
  const now = queries.flatMap((query, at) => [query, answers[at]?.replaceAll(nowhere, '~') ?? '']);
  if (process.env['SEEKNAL_RECORD'] === '1') writeFileSync(file, `${now.join('\n')}\n`);
  else expect(lines.slice(0, -1)).toEqual(now);
});

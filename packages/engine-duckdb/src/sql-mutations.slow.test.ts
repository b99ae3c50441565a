import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { expect, test } from '@jest/globals';
import { lowerDuckDb, tokenize, type Query, type Token } from '@seeknal/sql-ast';

import { openSqlParser } from './index.ts';

/** 1 is the whole suite; CI runs a part of it. */
const scale = Number(process.env['SEEKNAL_SLOW_SCALE'] ?? '1');
const cases = join(process.cwd(), '..', 'shared', 'cases');
const isHere = existsSync(join(cases, 'duckdb-selects.json'));

const sqlsOf = (file: string): readonly string[] =>
  (JSON.parse(readFileSync(join(cases, file), 'utf8')) as readonly { readonly sql: string }[]).map(
    ({ sql }) => sql,
  );

/** Words that change places: what stands for one may stand for the next. */
const rings = [
  ['and', 'or'],
  ['asc', 'desc'],
  ['left', 'right', 'full', 'inner', 'semi', 'anti', 'natural', 'positional', 'asof'],
  ['union', 'except', 'intersect'],
  ['all', 'distinct'],
  ['first', 'last'],
  ['rows', 'range', 'groups'],
  ['preceding', 'following'],
  ['where', 'having', 'qualify'],
  ['limit', 'offset'],
  ['cast', 'try_cast'],
  ['true', 'false', 'null'],
  ['min', 'max', 'sum', 'avg', 'any_value'],
  ['is', 'in'],
  ['select', 'select distinct'],
  ['exists', 'not exists'],
  ['materialized', 'not materialized'],
  ['exclude', 'rename'],
  ['rollup', 'cube'],
  ['ignore', 'respect'],
  ['date', 'timestamp', 'varchar', 'integer', 'bigint'],
  ['from', 'from only', ', '],
];
const operators = [
  ['+', '-', '*', '/', '%', '||', '//', '^'],
  ['=', '<>', '<', '>', '<=', '>=', 'IS DISTINCT FROM', 'LIKE'],
  [',', ' ', ', 1,'],
  ['(', '((', ' '],
  ['::', '.'],
  ['->', '->>'],
  ['*', 'a', '* EXCLUDE (a)'],
];

/** Everything that one token may become. */
function replacements(token: Token, words: readonly string[]): readonly string[] {
  const found = [''];
  const text = token.text.toLowerCase();
  for (const ring of [...rings, ...operators]) if (ring.includes(text)) found.push(...ring);
  if (token.kind === 'word' || token.kind === 'quoted')
    found.push(...words, `${token.text} AS z`, `NOT ${token.text}`);
  if (token.kind === 'number')
    found.push('7', '0.5', '1e30', '99999999999999999999', `-${token.text}`, `${token.text}0`);
  if (token.kind === 'string') found.push("'other'", `${token.text.slice(0, -1)} '`, '1');
  return found.filter((other) => other !== token.text);
}

function mutants(sql: string, seed: number, count: number): readonly string[] {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment');
  const words = [...new Set(tokens.flatMap(({ kind, text }) => (kind === 'word' ? [text] : [])))];
  const found = new Set<string>();
  for (let tries = 0; tries < count; tries += 1) {
    const token = tokens[next(tokens.length)];
    if (token === undefined) continue;
    const others = replacements(token, [words[next(words.length)] ?? 'a', 'fresh']);
    const other = others[next(others.length)];
    if (other !== undefined) found.add(`${sql.slice(0, token.start)}${other}${sql.slice(token.end)}`);
  }
  return [...found];
}

/** DuckDB's tree without places, and without what means the same: ASC, the case of a function's name. */
const plainAnswer = (json: string): string =>
  json
    .replaceAll(/"query_location":\d+,?/g, '')
    .replaceAll('"ASCENDING"', '"ORDER_DEFAULT"')
    .replaceAll(/"function_name":"[^"]*"/g, (name) => name.toLowerCase());

const plainTree = (query: Query): string =>
  JSON.stringify(query, (key, value: unknown) => (key === 'span' ? undefined : value));

(isHere ? test : test.skip)('whatever changes DuckDB’s tree by one token changes ours', async () => {
  const parser = await openSqlParser();
  const sqls = [...sqlsOf('duckdb-selects.json'), ...sqlsOf('tpch.json')];
  const counts = { mutants: 0, unreadable: 0, same: 0, changed: 0 };
  const missed: string[] = [];
  const each = Math.max(1, Math.round(40 * scale));
  for (const [at, sql] of sqls.entries()) {
    const [before = ''] = await parser.parse([sql]);
    const tree = plainTree(lowerDuckDb(sql, before));
    const others = mutants(sql, at + 1, each);
    const answers = await parser.parse(others);
    for (const [index, other] of others.entries()) {
      const after = answers[index]!;
      counts.mutants += 1;
      if (after.includes('"error":true')) counts.unreadable += 1;
      else if (plainAnswer(after) === plainAnswer(before)) counts.same += 1;
      else {
        let lowered: string;
        try {
          lowered = plainTree(lowerDuckDb(other, after));
        } catch (error) {
          // Several statements.
          expect(error).toMatchObject({ name: 'SqlError' });
          continue;
        }
        counts.changed += 1;
        if (lowered === tree) missed.push(`${sql}\n  => ${other}`);
      }
    }
  }
  parser.close();
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  expect(missed).toEqual([]);
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lightParser, type Query } from '@seeknal/sql-ast';

import { readQueries } from './query-cache.ts';

let parse: (sql: string) => Query;
const folders: string[] = [];
beforeAll(async () => {
  parse = await lightParser('duckdb');
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A folder, and a reader that says which texts it was asked for; `bad` cannot be read. */
async function setting() {
  const target = await mkdtemp(join(tmpdir(), 'seeknal-cache-'));
  folders.push(target);
  const ask = async (version: string, ...texts: readonly string[]) => {
    const asked: string[] = [];
    const found = await readQueries(new Set(texts), target, version, (others) => {
      asked.push(...others);
      return Promise.resolve(new Map(others.filter((sql) => sql !== 'bad').map((sql) => [sql, parse(sql)])));
    });
    return { asked, found };
  };
  return { target, ask, file: join(target, 'cache', 'queries.json') };
}

test('a text is read once, and its tree is the same from the file', async () => {
  const { ask } = await setting();
  const first = await ask('1', 'SELECT a FROM t', 'SELECT b FROM t WHERE c > 1');
  expect(first.asked).toHaveLength(2);
  const second = await ask('1', 'SELECT a FROM t', 'SELECT 3');
  expect(second.asked).toEqual(['SELECT 3']);
  expect(second.found.get('SELECT a FROM t')).toEqual(first.found.get('SELECT a FROM t'));
  // Only what the project still has is kept.
  expect((await ask('1', 'SELECT b FROM t WHERE c > 1', 'SELECT 3')).asked).toEqual([
    'SELECT b FROM t WHERE c > 1',
  ]);
  expect((await ask('1')).asked).toEqual([]);
});

test('what cannot be read is asked for again', async () => {
  const { ask } = await setting();
  expect((await ask('1', 'bad')).found.size).toBe(0);
  expect((await ask('1', 'bad')).asked).toEqual(['bad']);
});

test('what another version wrote, or what is damaged, counts for nothing', async () => {
  const { ask, file } = await setting();
  await ask('1', 'SELECT 1');
  expect((await ask('2', 'SELECT 1')).asked).toEqual(['SELECT 1']);
  const text = await readFile(file, 'utf8');
  for (const damaged of [text.slice(0, -5), '{}', 'null', '']) {
    await writeFile(file, damaged);
    expect((await ask('2', 'SELECT 1')).asked).toEqual(['SELECT 1']);
  }
  await rm(file);
  expect((await ask('2', 'SELECT 1')).asked).toEqual(['SELECT 1']);
});

test('where nothing can be written everything is read each time', async () => {
  const { ask, target } = await setting();
  await writeFile(join(target, 'cache'), 'in the way');
  for (const _ of [1, 2]) expect((await ask('1', 'SELECT 1')).asked).toEqual(['SELECT 1']);
  await rm(join(target, 'cache'));
  await mkdir(join(target, 'cache'));
  await ask('1', 'SELECT 1');
  expect((await ask('1', 'SELECT 1')).asked).toEqual([]);
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DuckDBInstance } from '@duckdb/node-api';
import { build, shown, valuesText } from '@seeknal/engine/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { openDuckDb } from './index.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seeknal-duckdb-'));
  path = join(folder, 'shop.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process that opens the file, says so, and holds it until it is killed. */
async function holder(): Promise<ChildProcess> {
  const script = `
    import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(process.argv[1]);
    globalThis.connection = await instance.connect();
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** Runs SQL on the file without Seeknal. */
async function bare(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

test('a warehouse held by another process: which one, and waiting for it helps', async () => {
  const child = await holder();
  try {
    await expect(openDuckDb({ path })).rejects.toMatchObject({
      code: 'ENGINE_WAREHOUSE_HELD',
      retryable: true,
      message: expect.stringMatching(
        new RegExp(`shop\\.duckdb is in use by process ${child.pid} \\(.*node.*\\)`),
      ),
    });
    const waiting = openDuckDb({ path, waitMs: 10_000 });
    setTimeout(() => child.kill('SIGKILL'), 300);
    const engine = await waiting;
    expect(await engine.heads()).toEqual({});
    await engine.close();
  } finally {
    child.kill('SIGKILL');
  }
});

test('a file that is no database is refused and left as it is', async () => {
  await writeFile(path, 'not a database, '.repeat(1000));
  await expect(openDuckDb({ path })).rejects.toMatchObject({
    code: 'ENGINE_WAREHOUSE_DAMAGED',
    hint: expect.any(String),
  });
  expect((await stat(path)).size).toBe(16_000);
});

test.each([0.9, 0.5, 0.1, 0.001, 0])('a file cut to %d of its length is refused', async (part) => {
  await bare('CREATE TABLE t AS SELECT range AS a, hash(range) AS b FROM range(300000)');
  const { size } = await stat(path);
  await truncate(path, Math.floor(size * part));
  await expect(openDuckDb({ path })).rejects.toMatchObject({ code: 'ENGINE_WAREHOUSE_DAMAGED' });
});

test('a warehouse of a newer Seeknal is refused', async () => {
  await (await openDuckDb({ path })).close();
  await bare(`UPDATE _seeknal.meta SET value = '99' WHERE key = 'layout'`);
  await expect(openDuckDb({ path })).rejects.toMatchObject({
    code: 'ENGINE_WAREHOUSE_TOO_NEW',
    message: expect.stringContaining('99'),
  });
});

test('a folder that cannot be written to, or a name SQL could not tell from a schema, is refused', async () => {
  await writeFile(join(folder, 'plain'), '');
  await expect(openDuckDb({ path: join(folder, 'plain', 'shop.duckdb') })).rejects.toMatchObject({
    code: 'ENGINE_UNWRITABLE',
  });
  await mkdir(join(folder, 'is-a-folder.duckdb'));
  await expect(openDuckDb({ path: join(folder, 'is-a-folder.duckdb') })).rejects.toMatchObject({
    code: 'ENGINE_UNWRITABLE',
  });
  await expect(openDuckDb({ path: join(folder, 'transform.v2.duckdb') })).rejects.toMatchObject({
    code: 'ENGINE_UNWRITABLE',
  });
});

const isRoot = process.getuid?.() === 0;
(isRoot ? test.skip : test)(
  'a read-only folder is refused (skipped for root, who may write anywhere)',
  async () => {
    await chmod(folder, 0o555);
    await expect(openDuckDb({ path })).rejects.toMatchObject({ code: 'ENGINE_UNWRITABLE' });
    await chmod(folder, 0o755);
  },
);

test('the folder is made, and a path may hold quotes', async () => {
  path = join(folder, `o'ne "two"`, 'de-ep', `my o'shop.v1.duckdb`);
  const engine = await openDuckDb({ path });
  await engine.run(build({ sql: valuesText([[1, 1, 1]]) }));
  expect(await shown(engine)).toEqual([[1, 1]]);
  await engine.close();
  expect(existsSync(path)).toBe(true);
});

test('views do not name the file: a copy under another name shows the same', async () => {
  const engine = await openDuckDb({ path });
  await engine.run(build({ sql: valuesText([[1, 1, 1]]) }));
  await shown(engine);
  await engine.close();
  const copy = join(folder, 'copy.duckdb');
  await copyFile(path, copy);
  const other = await openDuckDb({ path: copy });
  expect((await other.query('SELECT id, v FROM transform.daily')).rows).toEqual([[1, 1]]);
  expect([other.warehouseId, other.openToken.previous]).toEqual([
    engine.warehouseId,
    engine.openToken.current,
  ]);
  await other.close();
});

test('what an interrupted task left staged goes at the next opening', async () => {
  await (await openDuckDb({ path })).close();
  await bare(
    'CREATE TABLE _data.transform__x__stage_0123 AS SELECT 1 AS a',
    'CREATE TABLE _data.kept AS SELECT 1 AS a',
  );
  const engine = await openDuckDb({ path });
  const { rows } = await engine.query(`SELECT table_name FROM duckdb_tables() WHERE schema_name = '_data'`);
  expect(rows).toEqual([['kept']]);
  await engine.close();
});

test('two engines of one process share the file, and none loses a row', async () => {
  const [one, two] = await Promise.all([openDuckDb({ path }), openDuckDb({ path })]);
  await Promise.all(
    [one, two, one, two, one, two].map((engine, index) =>
      engine.run(
        build({
          fence: index,
          range: { start: index * 86_400_000, end: (index + 1) * 86_400_000 },
          timeColumn: null,
          sql: `SELECT ${index} AS id, 0 AS v`,
        }),
      ),
    ),
  );
  await one.close();
  expect(await shown(two)).toEqual([0, 1, 2, 3, 4, 5].map((id) => [id, 0]));
  expect(await two.heads()).toEqual({ daily0123456789: 6 });
  await two.close();
  const again = await openDuckDb({ path });
  expect(await again.commits()).toHaveLength(6);
  await again.close();
});

test('strict security leaves the warehouse folder open, and nothing else', async () => {
  const engine = await openDuckDb({ path, security: 'strict' });
  await writeFile(join(folder, 'in.csv'), 'id\n1\n');
  const inside = build({ timeColumn: null, sql: `SELECT * FROM read_csv('${join(folder, 'in.csv')}')` });
  expect((await engine.run(inside)).rows).toBe(1);
  for (const sql of [
    `SELECT * FROM read_text('/etc/hostname')`,
    `SET enable_external_access = true; SELECT 1 AS id`,
    `ATTACH '/tmp/x.db'; SELECT 1 AS id`,
  ]) {
    await expect(engine.run({ ...inside, sql })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(?:SQL|UNWRITABLE)$/),
    });
  }
  await engine.close();
});

test('memory that does not suffice is said, and the engine goes on', async () => {
  const engine = await openDuckDb({ path, memoryLimit: '20MB', threads: 1, tempDirectory: '' });
  const sql = 'SELECT list(range) AS l, string_agg(range::VARCHAR) AS s FROM range(3000000)';
  await expect(engine.run(build({ timeColumn: null, sql }))).rejects.toMatchObject({
    code: 'ENGINE_OUT_OF_MEMORY',
  });
  expect((await engine.run(build({ timeColumn: null, sql: 'SELECT 1 AS id' }))).rows).toBe(1);
  await engine.close();
});

test('text is not a time zone of the machine: times are UTC', async () => {
  const engine = await openDuckDb({ path });
  expect((await engine.query(`SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00' AS t`)).rows).toEqual([
    ['2024-01-01 00:00:00+00'],
  ]);
  await engine.close();
});

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@libsql/client/sqlite3';
import { expect, test } from '@jest/globals';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';

import { openStateDatabase, type DatabaseBackendOptions } from './database-backend.ts';
import { inspectDatabase } from './inspect.ts';
import { MIGRATIONS } from './migrations.ts';
import * as schema from './schema.ts';
import { child } from './testing/children.ts';
import { sqldMissing, startSqld } from './testing/sqld.ts';

const file = async (): Promise<{ readonly dbPath: string }> => ({
  dbPath: join(await mkdtemp(join(tmpdir(), 'seeknal-state-')), 'state.db'),
});

async function expectMigratedOnce(options: DatabaseBackendOptions, processes: number): Promise<void> {
  const at = Date.now() + 1500;
  const children = Array.from({ length: processes }, (_, n) =>
    child('initializing', { options, name: `r${n}`, at }),
  );
  const ended = await Promise.all(children.map((one) => one.ended));
  expect(children.map((one) => one.errors()).join('')).toBe('');
  expect(ended).toEqual(ended.map(() => 0));
  const { schema: found } = await inspectDatabase(options);
  expect(found).toMatchObject({ version: MIGRATIONS.length, pending: [] });
  const state = openStateDatabase(options);
  expect(await state.listRuns()).toHaveLength(processes);
  await state.close();
}

test('processes that find an empty file at once make its tables once', async () => {
  await expectMigratedOnce(await file(), 3);
}, 60_000);

const missing = sqldMissing();
(missing === null ? test : test.skip)(
  'so do ten that find an empty server at once',
  async () => {
    const server = await startSqld();
    try {
      await expectMigratedOnce({ url: server.url, authToken: server.token() }, 10);
    } finally {
      await server.remove();
    }
  },
  120_000,
);

test('the tables are those of the schema', async () => {
  const { dbPath } = await file();
  const state = openStateDatabase({ dbPath });
  await state.initialize();
  await state.close();
  const client = createClient({ url: `file:${dbPath}` });
  const tables = Object.values(schema).filter((value): value is SQLiteTable => is(value, SQLiteTable));
  for (const table of tables) {
    const name = getTableName(table);
    const { rows } = await client.execute(
      `SELECT name, type, "notnull" FROM pragma_table_info('${name}') ORDER BY name`,
    );
    const columns = Object.values(getTableColumns(table)) as readonly {
      readonly name: string;
      getSQLType(): string;
    }[];
    const expected = columns.map((column) => [column.name, column.getSQLType().toUpperCase()]);
    expect([name, rows.map((row) => [row['name'], row['type']])]).toEqual([
      name,
      expected.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    ]);
  }
  expect(tables.length).toBeGreaterThan(8);
  client.close();
});

test('migrations are numbered without a gap, and are those that were released', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, at) => at + 1));
  expect(MIGRATIONS.map(({ hash }) => hash.slice(0, 12))).toMatchInlineSnapshot(`
[
  "dd9db1a6a991",
  "09992228519c",
]
`);
});

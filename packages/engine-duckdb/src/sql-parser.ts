import type { DuckDBInstance } from '@duckdb/node-api';
import { EngineError } from '@seeknal/engine';
import type { Column } from '@seeknal/manifest';
import type { Query } from '@seeknal/sql-ast';

import { describe } from './columns.ts';
import { duckDbApi } from './duckdb-api.ts';
import { utf16Offset } from './failures.ts';
import { KeyedLock } from './keyed-lock.ts';
import { parseSql } from './parse-sql.ts';
import { Session } from './session.ts';
import { quoteName, quotePath } from './sql-text.ts';
import { splitStatements } from './statements.ts';

/** Tables by name, in one to three parts with dots between, and the types of their columns in order. */
export interface TableSchemas {
  readonly [table: string]: { readonly [column: string]: string };
}

/** DuckDB's parser and binder without a warehouse: in memory, no files, no network. */
export interface SqlParser {
  /** As `Engine.parse`. */
  parse(sqls: readonly string[]): Promise<readonly string[]>;
  /**
   * Reads queries, all at once: the way to the database and back costs more than one. Gives the tree of each of
   * them by its text, or throws what `lowerDuckDb` throws of it.
   */
  read(sqls: readonly string[]): Promise<(sql: string) => Query>;
  /**
   * The columns a query over empty tables of these shapes would give, exactly as DuckDB names and types them.
   * Only PIVOT without a list of values goes by rows, of which there are none. A few milliseconds.
   *
   * @throws {EngineError} `ENGINE_SQL` when a name does not resolve, a type is unknown, the text is not one
   *   query, or it would read a file.
   */
  describe(schemas: TableSchemas, sql: string): Promise<readonly Column[]>;
  /** Frees what it holds, once what runs has ended; afterwards nothing can be asked. */
  close(): void;
}

/** Loads DuckDB, which takes some 150 ms the first time in a process. */
export async function openSqlParser(): Promise<SqlParser> {
  const { DuckDBInstance } = duckDbApi();
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    errors_as_json: 'true',
    threads: '1',
  });
  const lock = new KeyedLock();
  let places = 0;
  let busy = 0;
  let isClosed = false;
  // Closing an instance under a running query ends the process.
  const free = (): void => {
    if (isClosed && busy === 0) instance.closeSync();
  };
  const working = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isClosed) throw new EngineError('ENGINE_CLOSED', 'The parser is closed.');
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      free();
    }
  };
  const parse: SqlParser['parse'] = (sqls) =>
    working(() => inSession(instance, (session) => parseSql(session, sqls)));
  return {
    parse,
    read: async (sqls) => {
      const texts = [...new Set(sqls)];
      const [{ lowerDuckDb }, answers] = await Promise.all([import('@seeknal/sql-ast'), parse(texts)]);
      const answerTo = new Map(texts.map((sql, at) => [sql, answers[at] as string]));
      return (sql) => lowerDuckDb(sql, answerTo.get(sql) as string);
    },
    // Catalogues have names of the whole instance.
    describe: (schemas, sql) =>
      working(() =>
        lock.with('catalogs', () =>
          inSession(instance, (session) => describeIn(session, `schema_${(places += 1)}`, schemas, sql)),
        ),
      ),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      free();
    },
  };
}

async function inSession<T>(instance: DuckDBInstance, work: (session: Session) => Promise<T>): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(new Session(connection));
  } finally {
    connection.closeSync();
  }
}

async function describeIn(
  session: Session,
  home: string,
  schemas: TableSchemas,
  sql: string,
): Promise<readonly Column[]> {
  const [statement, second] = splitStatements(sql);
  if (statement === undefined || second !== undefined) {
    throw new EngineError('ENGINE_SQL', 'The text is not one query.', { offset: second?.offset ?? 0 });
  }
  const tables = Object.entries(schemas).map(([name, columns]) => ({ path: pathOf(name), columns }));
  const catalogs = new Set(tables.flatMap(({ path }) => (path.length > 2 ? [path[0]!.toLowerCase()] : [])));
  const attached: string[] = [];
  try {
    for (const catalog of [home, ...catalogs]) {
      await session.run(`ATTACH ':memory:' AS ${quoteName(catalog)}`);
      attached.push(catalog);
    }
    await session.run(`USE ${quoteName(home)}`);
    for (const { path, columns } of tables) await createTable(session, home, path, columns);
    return await describe(session, statement.text, {
      offsetOf: (byte) => statement.offset + utf16Offset(statement.text, byte - DESCRIBE_LENGTH),
    });
  } finally {
    await session.run('USE memory');
    for (const catalog of attached) await session.run(`DETACH ${quoteName(catalog)}`);
  }
}

const DESCRIBE_LENGTH = 'DESCRIBE '.length;

async function createTable(
  session: Session,
  home: string,
  path: readonly string[],
  columns: TableSchemas[string],
): Promise<void> {
  const table = path.at(-1)!;
  const schema = path.at(-2) ?? 'main';
  const catalog = path.at(-3) ?? home;
  const list = Object.entries(columns).map(([name, type]) => `${quoteName(name)} ${type}`);
  await session.run(`CREATE SCHEMA IF NOT EXISTS ${quotePath(catalog, schema)}`);
  await session.run(`CREATE TABLE ${quotePath(catalog, schema, table)} (${list.join(', ')})`);
}

/** The parts of `a.b.c`, any of which may stand in double quotes. */
function pathOf(name: string): readonly string[] {
  const parts = [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );
  if (parts.length >= 1 && parts.length <= 3) return parts;
  throw new EngineError('ENGINE_SQL', `${JSON.stringify(name)} is no name of a table.`, {
    hint: 'Write it in one to three parts: orders, transform.orders or shop.transform.orders.',
  });
}

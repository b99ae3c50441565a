import type { QueryLineage } from '@seeknal/lineage';
import type { Query, Schema } from '@seeknal/sql-ast';

import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import { printLineage } from '../output/lineage-output.ts';
import { lineageNotes } from '../output/lineage-text.ts';
import type { Session } from '../session.ts';
import { schemaOf, textOf } from '../sql-input.ts';
import type { LineageFlags } from './lineage.ts';

/** Follows the columns of one query. Needs no project. */
export async function queryLineage(session: Session, file: string, flags: LineageFlags): Promise<ExitCode> {
  const { terminal, isJson } = session;
  const sql = await textOf(session, file);
  const schema = flags.schema === undefined ? {} : await schemaOf(session, flags.schema);
  const found = await follow(sql, schema, flags);
  for (const line of lineageNotes(null, found, terminal.err)) terminal.say(line);
  if (isJson) {
    const { tables, columns, rowDependencies } = found;
    terminal.print(JSON.stringify({ tables, columns, rowDependencies }, null, 2));
    return 0;
  }
  const { lineageOfQuery } = await import('@seeknal/lineage');
  printLineage(session, lineageOfQuery(file, found), { node: file, column: null }, flags, file);
  return 0;
}

async function follow(
  sql: string,
  schema: Schema,
  { dialect = 'duckdb', parser = dialect === 'duckdb' ? 'duckdb' : 'node-sql-parser' }: LineageFlags,
): Promise<QueryLineage> {
  const { columnLineage } = await import('@seeknal/lineage');
  const lineageOf = (query: Query): QueryLineage => columnLineage(query, { schema, dialect });
  if (parser === 'node-sql-parser') {
    const { lightParser } = await import('@seeknal/sql-ast');
    return lineageOf((await lightParser(dialect))(sql));
  }
  if (dialect !== 'duckdb') {
    throw CliError.usage(`DuckDB does not read the dialect ${dialect}.`, 'Leave out --parser duckdb.');
  }
  const { openSqlParser } = await import('@seeknal/engine-duckdb');
  const duckdb = await openSqlParser();
  try {
    const found = lineageOf((await duckdb.read([sql]))(sql));
    // A schema that lacks something cannot be described; the names are then those that were derived.
    const names = await duckdb.describe(schema, sql).catch(() => []);
    return names.length === 0 || found.columns.some(({ name }) => name === '*')
      ? found
      : renamed(found, names);
  } finally {
    duckdb.close();
  }
}

/** The names that the engine gives, which are the truth where they are as many. */
function renamed(found: QueryLineage, names: readonly { readonly name: string }[]): QueryLineage {
  if (names.length !== found.columns.length) return found;
  return {
    ...found,
    columns: found.columns.map((column, at) => ({ ...column, name: names[at]?.name ?? column.name })),
  };
}

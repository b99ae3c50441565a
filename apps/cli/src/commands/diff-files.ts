import type { Dialect, Schema } from '@seeknal/sql-ast';
import type { SqlClassification } from '@seeknal/sql-diff';

import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import { classificationLines } from '../output/change-text.ts';
import type { Session } from '../session.ts';
import { schemaOf, textOf } from '../sql-input.ts';

export interface FileFlags {
  readonly old?: string;
  readonly new?: string;
  readonly schema?: string;
  readonly dialect?: Dialect;
  readonly parser?: 'duckdb' | 'node-sql-parser';
}

/** Says what a change of a query does to its rows. Needs no project. */
export async function diffFiles(
  session: Session,
  old: string,
  now: string,
  flags: FileFlags,
): Promise<ExitCode> {
  const { terminal, isJson } = session;
  const [oldSql, newSql] = [await textOf(session, old), await textOf(session, now)];
  const schema = flags.schema === undefined ? {} : await schemaOf(session, flags.schema);
  const found = await classify(oldSql, newSql, schema, flags);
  if (isJson) {
    const { category, impact, edits, reason } = found;
    terminal.print(JSON.stringify({ category, impact, edits, reason }, null, 2));
  } else {
    for (const line of classificationLines(found, oldSql, newSql, terminal.out)) terminal.print(line);
  }
  return 0;
}

async function classify(
  oldSql: string,
  newSql: string,
  schema: Schema,
  { dialect = 'duckdb', parser = dialect === 'duckdb' ? 'duckdb' : 'node-sql-parser' }: FileFlags,
): Promise<SqlClassification> {
  const { classifySqlChange } = await import('@seeknal/sql-diff');
  if (parser === 'node-sql-parser') return classifySqlChange(oldSql, newSql, { dialect, schema });
  if (dialect !== 'duckdb') {
    throw CliError.usage(`DuckDB does not read the dialect ${dialect}.`, 'Leave out --parser duckdb.');
  }
  const { openSqlParser } = await import('@seeknal/engine-duckdb');
  const duckdb = await openSqlParser();
  try {
    const parser = await duckdb.read([oldSql, newSql]);
    return await classifySqlChange(oldSql, newSql, { parser, schema });
  } finally {
    duckdb.close();
  }
}

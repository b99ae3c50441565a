import type { StatementType } from '@duckdb/node-api';
import { EngineError, type QueryResult } from '@seeknal/engine';

import { duckDbApi } from './duckdb-api.ts';
import { inEnvironment, warehouseNames } from './environment-names.ts';
import { engineFailure, utf16Offset } from './failures.ts';
import type { Layout } from './layout.ts';
import type { Session } from './session.ts';
import { splitStatements } from './statements.ts';
import { schemaOf } from './views.ts';

/**
 * Rows of one SELECT (or DESCRIBE, SHOW, EXPLAIN), in a read-only transaction. Reads no more rows than asked.
 *
 * @throws {EngineError} `ENGINE_READ_ONLY` for anything else.
 */
export async function runQuery(session: Session, sql: string, limit: number): Promise<QueryResult> {
  const [statement, second] = splitStatements(sql);
  if (statement === undefined) throw new EngineError('ENGINE_SQL', 'The query is empty.', { offset: 0 });
  if (second !== undefined) {
    throw new EngineError('ENGINE_READ_ONLY', 'A query is one statement.', { offset: second.offset });
  }
  await refuseWrites(session, statement.text);
  const context = {
    offsetOf: (position: number): number => statement.offset + utf16Offset(statement.text, position),
  };
  await session.run('BEGIN TRANSACTION READ ONLY');
  try {
    return await session.read(statement.text, limit, context);
  } finally {
    await session.connection.run('ROLLBACK').catch(() => undefined);
  }
}

/**
 * The query with the names of nodes standing for the views of an environment: `FROM transform.orders` reads
 * those of `dev`.
 *
 * @throws {EngineError} `ENGINE_SQL` where it cannot be shown that it then reads nothing of `prod`.
 */
export async function queryIn(
  session: Session,
  layout: Layout,
  environment: string,
  sql: string,
): Promise<string> {
  const names = await warehouseNames(session, layout, []);
  try {
    return await inEnvironment(session, sql, names, (kind) => schemaOf(environment, kind));
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== 'ENGINE_SWITCH_REFUSED') throw error;
    throw new EngineError(
      'ENGINE_SQL',
      `The query could read prod's rows in ${environment}: ${String(message)}.`,
      {
        hint: `Name the views themselves, such as transform__${environment}.orders.`,
        cause: error,
      },
    );
  }
}

/** Told before the names in it are looked up. */
const WRITING =
  /^\s*(?:INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|TRUNCATE|COPY|ATTACH|DETACH|USE|SET|BEGIN|COMMIT|ROLLBACK)\b/i;

const readOnly = (statement: string): EngineError =>
  new EngineError('ENGINE_READ_ONLY', `A query may only read; this is ${statement}.`, {
    hint: 'Write through the nodes of the project.',
  });

/** `COPY`, `ATTACH` and `SET` are no writes for a read-only transaction, so the kind of statement decides first. */
async function refuseWrites(session: Session, sql: string): Promise<void> {
  if (WRITING.test(sql)) throw readOnly(/\w+/.exec(sql)?.[0] ?? '');
  // DuckDB rewrites PIVOT into several statements and cannot prepare them one by one; it only reads.
  if (/^\s*(?:PIVOT|UNPIVOT)\b/i.test(sql)) return;
  const { StatementType: types } = duckDbApi();
  let type: StatementType;
  try {
    const extracted = await session.connection.extractStatements(sql);
    const prepared = await extracted.prepare(extracted.count - 1);
    type = prepared.statementType;
    prepared.destroySync();
  } catch (error) {
    throw engineFailure(error, { offsetOf: (position) => utf16Offset(sql, position) });
  }
  if (type !== types.SELECT && type !== types.EXPLAIN) {
    throw readOnly(types[type]);
  }
}

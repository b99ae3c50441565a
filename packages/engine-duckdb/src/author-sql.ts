import { EngineError } from '@seeknal/engine';

import { utf16Offset, type FailureContext } from './failures.ts';
import type { Session } from './session.ts';
import { splitStatements, type Statement } from './statements.ts';
import type { TaskCatalog } from './task-catalog.ts';

/** The author's text, ready to be run: preparations, then one SELECT. */
export interface AuthorSql {
  readonly preparations: readonly Statement[];
  readonly select: Statement;
}

/** @throws {EngineError} `ENGINE_SQL` when there is no statement. */
export function authorSql(sql: string, node: string): AuthorSql {
  const statements = splitStatements(sql);
  const select = statements.at(-1);
  if (select === undefined)
    throw new EngineError('ENGINE_SQL', `The SQL of ${node} is empty.`, { offset: 0 });
  return { preparations: statements.slice(0, -1), select };
}

/** How failures of `prefix + statement` are told: by where they stand in the author's text. */
export function authorContext(statement: Statement, prefix: string, catalog: TaskCatalog): FailureContext {
  const prefixBytes = Buffer.byteLength(prefix);
  return {
    hiddenNames: [catalog.name],
    hasViews: catalog.hasViews,
    offsetOf: (position) =>
      position < prefixBytes
        ? undefined
        : statement.offset + utf16Offset(statement.text, position - prefixBytes),
  };
}

/**
 * Runs what stands before the SELECT: macros, variables, temporary tables. They run in the task's own
 * catalogue, each by itself, before the transaction that reads the inputs; what they write elsewhere by a
 * full name is not undone when the task fails.
 */
export async function prepare(
  session: Session,
  { preparations }: AuthorSql,
  catalog: TaskCatalog,
): Promise<void> {
  for (const statement of preparations)
    await session.run(statement.text, authorContext(statement, '', catalog));
}

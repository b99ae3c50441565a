import type { Work } from '@seeknal/engine';

import type { AuthorSql } from './author-sql.ts';
import { runChecks } from './checks.ts';
import { describe } from './columns.ts';
import { digestOf } from './digest.ts';
import type { FailureContext } from './failures.ts';
import type { Session } from './session.ts';
import { resultRelation, seenOf, showAsThis, type Staged } from './stage.ts';
import type { TaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

/** How failures of what Seeknal itself asks in a task are told. */
export const taskContext = ({ node }: Work, { name }: TaskCatalog): FailureContext => ({
  prefix: `${node}: `,
  hiddenNames: [name],
});

/**
 * The result of a task that keeps no rows in the warehouse, checked. The digest is that of what was found. Inside
 * the transaction that reads the inputs.
 */
export async function checkedResult(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  sql: AuthorSql | null,
  catalog: TaskCatalog,
): Promise<Pick<Staged, 'relation' | 'columns' | 'digest' | 'dropped' | 'seen' | 'checks'>> {
  const context = taskContext(work, catalog);
  const seen = await seenOf(session, warehouse, work);
  const relation = await resultRelation(session, work, sql, catalog);
  const columns = await describe(session, relation, context);
  await showAsThis(session, relation);
  const checks = await runChecks(session, work.checks, columns, work.now, context);
  const digest = await digestOf(session, relation, columns, warehouse.engineVersion, context);
  return { relation, columns, digest, dropped: 0, seen, checks };
}

import { createHash } from 'node:crypto';

import { EngineError, type CheckResult, type Commit, type Work } from '@seeknal/engine';
import type { Column } from '@seeknal/manifest';

import { authorContext, type AuthorSql } from './author-sql.ts';
import { checkedResult, taskContext } from './checked-result.ts';
import { checkRows, runChecks } from './checks.ts';
import { describe } from './columns.ts';
import { exportFile } from './export-file.ts';
import { loadSource } from './load-source.ts';
import { isFirst, publish } from './publish.ts';
import { changedAsAWhole, replaceFull, replaceRange } from './replace-rows.ts';
import type { Session } from './session.ts';
import { preparedSql, resultRelation, seenOf, showAsThis, stageBuild } from './stage.ts';
import { withTaskCatalog, type TaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

/** Runs one task on a session of its own. */
export const runWork = (session: Session, warehouse: Warehouse, work: Work): Promise<Commit> =>
  withTaskCatalog(session, warehouse.layout, work, (catalog) => {
    switch (work.action) {
      case 'load':
        return loadSource(session, warehouse, work, catalog);
      case 'build':
        return build(session, warehouse, work, catalog);
      case 'check':
        return check(session, warehouse, work, catalog);
      case 'export':
        return exportFile(session, warehouse, work, catalog);
      case 'view':
        return view(session, warehouse, work, catalog);
    }
  });

async function build(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Commit> {
  const staged = await stageBuild(session, warehouse, work, catalog);
  try {
    return await publish(session, warehouse, work, staged, (target) =>
      staged.beside === null
        ? replaceRange(session, warehouse, work, staged, target)
        : replaceFull(session, warehouse, work, staged, target),
    );
  } catch (error) {
    if (staged.beside !== null) {
      // Not through the session: an aborted task cleans up too. What cannot be dropped now goes at the next opening.
      await session.connection.run(`DROP TABLE IF EXISTS ${staged.relation}`).catch(() => undefined);
    }
    throw error;
  }
}

/** Runs checks over the result; keeps no rows. */
async function check(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Commit> {
  const sql = await preparedSql(session, work, catalog);
  const staged = await session.transaction(() => checkedResult(session, warehouse, work, sql, catalog));
  return publish(session, warehouse, work, staged, (target) =>
    Promise.resolve({
      changed: changedAsAWhole(staged, target),
      name: null,
      hasHiddenKey: false,
      version: work.version,
    }),
  );
}

/** What checks find, told and not written down. */
export const look = (session: Session, warehouse: Warehouse, work: Work): Promise<readonly CheckResult[]> =>
  withTaskCatalog(session, warehouse.layout, work, async (catalog) => {
    const sql = await preparedSql(session, work, catalog);
    await session.run('BEGIN TRANSACTION');
    try {
      const context = taskContext(work, catalog);
      const relation = await resultRelation(session, work, sql, catalog);
      const columns = await describe(session, relation, context);
      await showAsThis(session, relation);
      return await checkRows(session, work.checks, columns, work.now, context);
    } finally {
      await session.connection.run('ROLLBACK').catch(() => undefined);
    }
  });

/** Learns a view's columns and checks its rows, which it does not keep: 0 rows, and a digest of its text. */
async function view(
  session: Session,
  warehouse: Warehouse,
  work: Work,
  catalog: TaskCatalog,
): Promise<Commit> {
  const sql = await preparedSql(session, work, catalog);
  const staged = await session.transaction(async () => {
    const context = taskContext(work, catalog);
    const seen = await seenOf(session, warehouse, work);
    const columns = await viewColumns(session, work, sql, catalog);
    const checks = await runChecks(session, work.checks, columns, work.now, context);
    const text = createHash('sha256')
      .update(JSON.stringify([work.sql, columns]))
      .digest('hex');
    return { columns, digest: { rows: 0, text: `view:${text}` }, dropped: 0, seen, checks };
  });
  return publish(session, warehouse, work, staged, (target) => {
    const isSame = !isFirst(target) && target.record.digest === staged.digest.text;
    return Promise.resolve({
      changed: isSame ? [] : [work.range],
      name: null,
      hasHiddenKey: false,
      version: work.version,
    });
  });
}

async function viewColumns(
  session: Session,
  work: Work,
  sql: AuthorSql | null,
  catalog: TaskCatalog,
): Promise<readonly Column[]> {
  if (sql === null) throw new EngineError('ENGINE_SQL', `The view ${work.node} has no SQL.`);
  if (work.checks.length > 0) await showAsThis(session, await resultRelation(session, work, sql, catalog));
  return describe(session, sql.select.text, authorContext(sql.select, 'DESCRIBE ', catalog));
}

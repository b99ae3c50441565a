import type { DigestOptions, Work, WorkDigest } from '@seeknal/engine';

import { authorSql, prepare } from './author-sql.ts';
import { namedColumn } from './digest-columns.ts';
import { digest, digestText, isChosen } from './digest.ts';
import type { Session } from './session.ts';
import { newRows, TEMPORARY, timeRule } from './stage.ts';
import { withTaskCatalog } from './task-catalog.ts';
import type { Warehouse } from './warehouse.ts';

/** Stages what a build would publish, digests it and rolls back; see the contract. */
export const digestWork = (
  session: Session,
  warehouse: Warehouse,
  work: Work,
  { columns: names, oneIn = 1 }: DigestOptions,
): Promise<WorkDigest> =>
  withTaskCatalog(session, warehouse.layout, work, async (catalog) => {
    const sql = authorSql(work.sql ?? '', work.node);
    await prepare(session, sql, catalog);
    await session.run('BEGIN TRANSACTION');
    try {
      const { columns, time } = await newRows(session, work, sql, TEMPORARY, catalog);
      // The rows that count are those that would be published.
      const { where } = await timeRule(session, work, TEMPORARY, columns, time, warehouse.engineVersion);
      const counted = names?.map((name) => namedColumn({ node: work.node, columns }, name)) ?? columns;
      const chosen = `(${where}) AND ${isChosen(counted, oneIn)}`;
      const [count, sum] = await session.row(`SELECT ${digestText(counted, chosen)} FROM ${TEMPORARY}`);
      const { rows, text } = digest(count, sum, warehouse.engineVersion);
      return { range: work.range, rows, digest: text, columns };
    } finally {
      // Not through the session: an aborted task cleans up too.
      await session.connection.run('ROLLBACK').catch(() => undefined);
    }
  });

import type { Schema } from '@seeknal/sql-ast';

import type { SqlClassification } from './classification.ts';
import { classifyTrees } from './classify-trees.ts';
import { queryReader, type ReadOptions } from './read-query.ts';

export interface ClassifyOptions extends ReadOptions {
  /** The columns of the tables that the queries read; without them stars stay unknown, and are trusted less. */
  readonly schema?: Schema;
  /** The columns as the old version sees them, where they are others. */
  readonly oldSchema?: Schema;
  readonly newSchema?: Schema;
}

/**
 * Says what a change of a query does to its rows: nothing (`EQUAL`), nothing but comments (`METADATA`), new
 * columns at most (`NON_BREAKING`), or anything else (`BREAKING`).
 *
 * @throws {SqlError} For a text that does not hold exactly one statement, or that cannot be read as SQL.
 */
export async function classifySqlChange(
  oldSql: string,
  newSql: string,
  options: ClassifyOptions = {},
): Promise<SqlClassification> {
  const read = await queryReader(options);
  const reading = [read(oldSql), read(newSql)] as const;
  // The caller may close its parser once this has ended: by then nothing may be running in it, also after an error.
  await Promise.allSettled(reading);
  const [old, now] = [await reading[0], await reading[1]];
  return classifyTrees(old, now, { ...options, oldText: oldSql, newText: newSql });
}

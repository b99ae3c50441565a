import { EngineError } from '@seeknal/engine';
import type { Column, UpsertKeys } from '@seeknal/manifest';

import { columnList, findColumn, nearestHint } from './columns.ts';
import type { Session } from './session.ts';
import { quoteName } from './sql-text.ts';

/**
 * Leaves of the staged rows of an upsert one a key: the greatest by its version and its `order_by`. Rows that
 * are equal in every column count as one where there is such an order.
 *
 * @throws {EngineError} `ENGINE_DUPLICATE_KEYS` when several are left for a key; `ENGINE_SQL` when a column
 *   that the upsert names is not there.
 */
export async function oneRowAKey(
  session: Session,
  node: string,
  { keys, orderBy, version }: UpsertKeys,
  relation: string,
  columns: readonly Column[],
): Promise<void> {
  const named = (name: string, key: string): string => {
    const column = findColumn(columns, name);
    if (column !== undefined) return quoteName(column.name);
    throw new EngineError('ENGINE_SQL', `${node} gives no column ${name}, which its ${key} names.`, {
      hint: nearestHint(name, columns),
    });
  };
  const by = keys.map((key) => named(key, 'unique_keys')).join(', ');
  const order = [
    ...(version === null ? [] : [named(version, 'version_column')]),
    ...orderBy.map((name) => named(name, 'order_by')),
  ];
  if (order.length > 0) {
    const greatest = order.map((name) => `${name} DESC NULLS LAST`).join(', ');
    await session.run(
      `CREATE OR REPLACE TEMP TABLE ${relation} AS
       SELECT DISTINCT ${columnList(columns)} FROM ${relation} QUALIFY rank() OVER (PARTITION BY ${by} ORDER BY ${greatest}) = 1`,
    );
  }
  const text = keys.map((key) => `CAST(${named(key, 'unique_keys')} AS VARCHAR)`).join(', ');
  const [several, example] = await session.row(
    `SELECT count(*)::VARCHAR, min(CAST(row(${text}) AS VARCHAR)) FROM (SELECT ${by} FROM ${relation} GROUP BY ${by} HAVING count(*) > 1)`,
  );
  if (Number(several) === 0) return;
  const which = `${String(several)} ${several === '1' ? 'key has' : 'keys have'} several rows in one interval`;
  throw new EngineError(
    'ENGINE_DUPLICATE_KEYS',
    `In ${node} ${which} by ${keys.join(', ')}: for example ${String(example)}.`,
    {
      hint:
        order.length === 0
          ? 'Aggregate them in the SQL, or name with order_by the column whose greatest value stays.'
          : 'They are equal in order_by too: add a column that tells them apart.',
    },
  );
}

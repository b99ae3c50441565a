import { sql, type SQL } from 'drizzle-orm';

import { KEPT, type Item, type Part } from './focus.ts';
import { nodeState, runState, stateItem, stateMeta, statePart, stateSnapshot } from './schema.ts';

/** What a write was made from: it may be taken only while that still holds. */
export interface Basis {
  readonly parts: readonly Part[];
  /** The epoch that was read. */
  readonly epoch: number;
  /** The epoch of each scope's copy. */
  readonly scopes: ReadonlyMap<string, number>;
  /** Versions of single rows; absent: the row was not there. */
  readonly rows: ReadonlyMap<string, number>;
  /** The newest epoch at which any of it was written. */
  readonly newest: number;
}

export const runRow = (run: string): string => JSON.stringify(['run', run]);
export const nodeRow = (run: string, node: string): string => JSON.stringify(['node', run, node]);

/** A condition that holds while nothing of the basis was written by others. */
export const guardOf = (basis: Basis): SQL =>
  sql.join(
    basis.parts.map((part) => partGuard(part, basis)),
    sql` AND `,
  );

function partGuard(part: Part, { epoch, scopes, rows }: Basis): SQL {
  switch (part.kind) {
    case 'runs':
    case 'locks':
      return unmoved(part.kind, epoch);
    case 'run':
      return sql`(SELECT version FROM ${runState} WHERE run_id = ${part.run}) IS ${rows.get(runRow(part.run)) ?? null}`;
    case 'node':
      return sql`(SELECT version FROM ${nodeState} WHERE run_id = ${part.run} AND node_id = ${part.node})
        IS ${rows.get(nodeRow(part.run, part.node)) ?? null}`;
    case 'nodes':
      return sql`NOT EXISTS (SELECT 1 FROM ${nodeState} WHERE run_id = ${part.run} AND version > ${epoch})`;
    case 'scope': {
      const known = scopes.get(part.key) ?? 0;
      return part.only === null ? unmoved(part.key, known) : itemsGuard(part.key, known, part.only);
    }
    case 'manifests':
      // Texts are named by what they say: one that is removed too early is saved again.
      return sql`1`;
    case 'everything':
      return sql`(SELECT epoch FROM ${stateMeta}) = ${epoch}`;
  }
}

const unmoved = (name: string, known: number): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM ${statePart} WHERE name = ${name} AND version > ${known})`;

function itemsGuard(key: string, known: number, only: readonly Item[]): SQL {
  const snapshots = only.filter(([field]) => field === 'snapshots').map(([, id]) => id);
  const items = only.filter((item) => item[0] !== 'snapshots' && item !== KEPT);
  const fields = items.filter(([, row]) => row === null).map(([field]) => field);
  const rows = items.flatMap(([field, row]) => (row === null ? [] : [`${field}\n${row}`]));
  const written = sql`SELECT 1 FROM ${stateSnapshot} WHERE scope = ${key} AND version > ${known}`;
  const guards = [sql`NOT EXISTS (SELECT 1 FROM ${statePart} WHERE name = ${key} AND removed_at > ${known})`];
  if (snapshots.length > 0) {
    const ids = JSON.stringify(snapshots);
    guards.push(sql`NOT EXISTS (${written} AND id IN (SELECT value FROM json_each(${ids})))`);
  }
  if (only.includes(KEPT)) guards.push(sql`NOT EXISTS (${written} AND body ->> '$.record.dropping')`);
  if (items.length > 0) {
    guards.push(sql`NOT EXISTS (SELECT 1 FROM ${stateItem} WHERE scope = ${key} AND version > ${known}
      AND (field IN (SELECT value FROM json_each(${JSON.stringify(fields)}))
        OR field || char(10) || key IN (SELECT value FROM json_each(${JSON.stringify(rows)}))))`);
  }
  return sql.join(guards, sql` AND `);
}

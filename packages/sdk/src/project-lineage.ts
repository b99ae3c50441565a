import { LineageBuilder, type ManifestLineage } from '@seeknal/lineage';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';
import { lightParser, type Query } from '@seeknal/sql-ast';

import { knownColumns } from './known-columns.ts';
import { readQueries } from './query-cache.ts';

export interface ProjectLineageOptions {
  /** Who reads the SQL. Default: `duckdb`, which reads all of it; the other loads faster. */
  readonly parser?: 'duckdb' | 'node-sql-parser';
  /** All columns of a node, in place of those that its table was last seen to have. */
  readonly columns?: ReadonlyMap<NodeId, readonly string[]>;
}

/**
 * Where the columns of a project come from: its SQL as it is now, over the columns that the nodes' tables were
 * last seen to have.
 *
 * @param target The folder that caches may be kept in.
 */
export async function projectLineage(
  manifest: Manifest,
  view: StateView,
  target: string,
  { parser = 'duckdb', columns: given }: ProjectLineageOptions = {},
): Promise<ManifestLineage> {
  const parse = parser === 'duckdb' ? await parsedByDuckDb(manifest, target) : await lightParser('duckdb');
  // Of nodes that were never built, or changed since, nothing is known but their SQL.
  const columns = (node: NodeId): readonly string[] | null =>
    given?.get(node) ?? knownColumns(manifest.nodes[node], view)?.map(({ name }) => name) ?? null;
  return new LineageBuilder({ parse, columns }).build(manifest);
}

/** Queries that were not read before are read at once. */
async function parsedByDuckDb(
  { nodes, metadata }: Manifest,
  target: string,
): Promise<(sql: string) => Query> {
  const texts = Object.values(nodes).flatMap(({ definition: { sql } }) =>
    typeof sql === 'string' ? [sql] : [],
  );
  const failures = new Map<string, unknown>();
  const found = await readQueries(new Set(texts), target, metadata.seeknal_version, async (others) => {
    const { openSqlParser } = await import('@seeknal/engine-duckdb');
    const duckdb = await openSqlParser();
    try {
      const treeOf = await duckdb.read(others);
      const read = new Map<string, Query>();
      for (const sql of others) {
        try {
          read.set(sql, treeOf(sql));
        } catch (error) {
          failures.set(sql, error);
        }
      }
      return read;
    } finally {
      duckdb.close();
    }
  });
  return (sql) => {
    const query = found.get(sql);
    if (query === undefined) throw failures.get(sql) as Error;
    return query;
  };
}

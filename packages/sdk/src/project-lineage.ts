import { LineageBuilder, type ManifestLineage } from '@seeknal/lineage';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';
import { lightParser, lowerDuckDb, type Query } from '@seeknal/sql-ast';

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
  { snapshots, environments }: StateView,
  target: string,
  { parser = 'duckdb', columns: given }: ProjectLineageOptions = {},
): Promise<ManifestLineage> {
  const parse = parser === 'duckdb' ? await parsedByDuckDb(manifest, target) : await lightParser('duckdb');
  // Of nodes that were never built, or changed since, nothing is known but their SQL.
  const columns = (node: NodeId): readonly string[] | null => {
    const fingerprint = manifest.nodes[node]?.fingerprint ?? '';
    const shown = Object.values(environments)
      .map(({ pointers }) => pointers[node])
      .find((pointer) => pointer?.fingerprint === fingerprint);
    const record = snapshots[fingerprint] ?? snapshots[shown?.snapshot ?? ''];
    return given?.get(node) ?? record?.columns?.map(({ name }) => name) ?? null;
  };
  return new LineageBuilder({ parse, columns }).build(manifest);
}

/** Queries that were not read before are read at once: the way to the database and back costs more than one. */
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
      const trees = await duckdb.parse(others);
      const read = new Map<string, Query>();
      others.forEach((sql, at) => {
        try {
          read.set(sql, lowerDuckDb(sql, trees[at] as string));
        } catch (error) {
          failures.set(sql, error);
        }
      });
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

import { LineageBuilder, type ManifestLineage } from '@seeknal/lineage';
import type { Manifest, NodeId } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';
import { lightParser, lowerDuckDb, type Query } from '@seeknal/sql-ast';

export interface ProjectLineageOptions {
  /** Who reads the SQL. Default: `duckdb`, which reads all of it; the other loads faster. */
  readonly parser?: 'duckdb' | 'node-sql-parser';
}

/**
 * Where the columns of a project come from: its SQL as it is now, over the columns that the nodes' tables were
 * last seen to have.
 */
export async function projectLineage(
  manifest: Manifest,
  { snapshots }: StateView,
  { parser = 'duckdb' }: ProjectLineageOptions = {},
): Promise<ManifestLineage> {
  const parse = parser === 'duckdb' ? await parsedByDuckDb(manifest) : await lightParser('duckdb');
  // Of nodes that were never built, or changed since, nothing is known but their SQL.
  const columns = (node: NodeId): readonly string[] | null =>
    snapshots[manifest.nodes[node]?.fingerprint ?? '']?.columns?.map(({ name }) => name) ?? null;
  return new LineageBuilder({ parse, columns }).build(manifest);
}

/** All queries are read at once: the way to the database and back costs more than reading one. */
async function parsedByDuckDb({ nodes }: Manifest): Promise<(sql: string) => Query> {
  const texts = new Set(
    Object.values(nodes).flatMap(({ definition: { sql } }) => (typeof sql === 'string' ? [sql] : [])),
  );
  const found = new Map<string, string>();
  if (texts.size > 0) {
    const { openSqlParser } = await import('@seeknal/engine-duckdb');
    const duckdb = await openSqlParser();
    try {
      const trees = await duckdb.parse([...texts]);
      [...texts].forEach((sql, at) => found.set(sql, trees[at] as string));
    } finally {
      duckdb.close();
    }
  }
  return (sql) => lowerDuckDb(sql, found.get(sql) as string);
}

import type { NodeId } from '@seeknal/manifest';
import type { EnvironmentRecord, NodeImpact, ResolvedNode, StateView } from '@seeknal/plan';
import type { Query } from '@seeknal/sql-ast';

/**
 * What the changes of a manifest do to the rows that an environment has. The engine's parser is loaded when
 * the first query has to be read, and not at all where nothing changed.
 */
export async function impactsOf(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
  environment: EnvironmentRecord | null,
): Promise<ReadonlyMap<NodeId, NodeImpact>> {
  const isUnknown = ([id, { record }]: [NodeId, ResolvedNode]): boolean =>
    record === null && environment?.pointers[id] !== undefined;
  if (![...resolved].some(isUnknown)) return new Map();
  const { findReuse } = await import('@seeknal/plan/reuse');
  let opened: Promise<{ parse(sql: string): Promise<Query>; close(): void }> | undefined;
  try {
    return await findReuse(resolved, view, environment, async (sql) => {
      opened ??= openReader();
      return (await opened).parse(sql);
    });
  } finally {
    (await opened)?.close();
  }
}

async function openReader(): Promise<{ parse(sql: string): Promise<Query>; close(): void }> {
  const [{ openSqlParser }, { lowerDuckDb }] = await Promise.all([
    import('@seeknal/engine-duckdb'),
    import('@seeknal/sql-ast'),
  ]);
  const parser = await openSqlParser();
  return {
    parse: async (sql) => {
      const [answer = ''] = await parser.parse([sql]);
      return lowerDuckDb(sql, answer);
    },
    close: () => parser.close(),
  };
}

import { ManifestLineage } from './manifest-lineage.ts';
import type { NodeColumn, NodeLineage } from './node-lineage.ts';
import { distinct } from './node-reading.ts';
import type { QueryLineage } from './query-lineage.ts';

/** A query and its tables as nodes, for those that draw or export a project. */
export function lineageOfQuery(
  name: string,
  { tables, columns, rowDependencies, notes, problems }: QueryLineage,
): ManifestLineage {
  const longestFirst = tables.toSorted((a, b) => b.length - a.length);
  const columnOf = (source: string): NodeColumn => {
    // Names may hold dots, and one table may be called like the beginning of another.
    const table = longestFirst.find((each) => source.startsWith(`${each}.`)) ?? '?';
    return { node: table, column: source.slice(table.length + 1) };
  };
  const of = (sources: readonly string[]): readonly NodeColumn[] => sources.map(columnOf);
  const query: NodeLineage = {
    node: name,
    kind: 'transform',
    columns: columns.map((column) => ({ name: column.name, sources: of(column.sources) })),
    rowSources: of(rowDependencies),
    inputs: tables,
    notes,
    problems,
  };
  const read = distinct([...query.columns.flatMap(({ sources }) => sources), ...query.rowSources]);
  const names = [...new Set([...tables, ...read.map(({ node }) => node)])];
  const sources = names.map((node): NodeLineage => ({
    node,
    kind: 'source',
    columns: read.filter((each) => each.node === node).map(({ column }) => ({ name: column, sources: [] })),
    rowSources: [],
    inputs: [],
    notes: [],
    problems: [],
  }));
  return new ManifestLineage([...sources, query]);
}

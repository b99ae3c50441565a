import type { ManifestLineage, NodeColumn } from '@seeknal/lineage';

import type { Focus } from './lineage-output.ts';

/** What of a lineage is shown. */
export interface Shown {
  /** Null: the whole project. */
  readonly focus: Focus | null;
  readonly up: boolean;
  readonly down: boolean;
}

/** Boxes of nodes with their columns in them, and arrows between columns. */
export interface LineageGraph {
  readonly nodes: readonly {
    readonly node: string;
    readonly columns: readonly string[];
    readonly hasRows: boolean;
  }[];
  /** `to.column` null: which rows there are. */
  readonly edges: readonly {
    readonly from: NodeColumn;
    readonly to: { readonly node: string; readonly column: string | null };
  }[];
}

/** What is drawn: the columns in reach of the focus, or all of them, and every step between two of them. */
export function lineageGraph(lineage: ManifestLineage, shown: Shown): LineageGraph {
  const columns = columnsShown(lineage, shown);
  const edges: LineageGraph['edges'][number][] = [];
  const rows = new Set<string>();
  /** A star is drawn from every column of the node that is shown. */
  const each = ({ node, column }: NodeColumn): readonly NodeColumn[] =>
    [...(columns.get(node) ?? [])]
      .filter((name) => column === '*' || name.toLowerCase() === column.toLowerCase())
      .map((name) => ({ node, column: name }));
  for (const [id, names] of columns) {
    const node = lineage.nodes.get(id);
    if (node === undefined) continue;
    for (const { name, sources } of node.columns) {
      if (!names.has(name)) continue;
      for (const from of sources.flatMap(each)) edges.push({ from, to: { node: id, column: name } });
    }
    for (const from of node.rowSources.flatMap(each)) {
      edges.push({ from, to: { node: id, column: null } });
      rows.add(id);
    }
  }
  const nodes = [...columns].map(([node, names]) => ({ node, columns: [...names], hasRows: rows.has(node) }));
  return { nodes, edges };
}

function columnsShown(
  lineage: ManifestLineage,
  { focus, up, down }: Shown,
): ReadonlyMap<string, ReadonlySet<string>> {
  const columns = new Map<string, Set<string>>();
  const add = (node: string, names: Iterable<string>): void => {
    const known = columns.get(node) ?? new Set();
    columns.set(node, known);
    for (const name of names) known.add(name);
  };
  if (focus === null) {
    for (const { node, columns: all, inputs } of lineage.nodes.values()) {
      for (const input of inputs) add(input, []);
      add(
        node,
        all.map(({ name }) => name),
      );
    }
    return columns;
  }
  if (up)
    for (const each of lineage.upstream(focus.node, focus.column))
      add(each.node, [...each.columns, ...each.rowColumns]);
  const own = lineage.nodes.get(focus.node)?.columns ?? [];
  add(focus.node, focus.column === null ? own.map(({ name }) => name) : [focus.column]);
  if (down) for (const each of lineage.downstream(focus.node, focus.column)) add(each.node, each.columns);
  return columns;
}

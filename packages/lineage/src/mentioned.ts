import type { NodeId, NodeKind } from '@seeknal/manifest';

import type { ColumnOrigin, NodeColumn, NodeLineage } from './node-lineage.ts';
import type { NodeReading } from './node-reading.ts';

export interface Read {
  readonly node: NodeId;
  readonly kind: NodeKind;
  readonly reading: NodeReading;
}

/**
 * Adds to nodes whose columns nobody can list those that their readers mention: `SELECT *` over a file has the
 * columns that are used below it. What is left stays as `*`.
 */
export function mentioned(reads: readonly Read[]): readonly NodeLineage[] {
  const found = new Map(
    reads.map(({ node, reading }) => [
      node,
      new Map<string, ColumnOrigin>(reading.columns.map((column) => [column.name.toLowerCase(), column])),
    ]),
  );
  const open = new Map(reads.map(({ node, reading }) => [node, reading.open]));
  const left: NodeColumn[] = reads.flatMap(({ reading: { columns, rowSources } }) => [
    ...columns.flatMap(({ sources }) => sources),
    ...rowSources,
  ]);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, column } = next;
    const known = found.get(node);
    const name = column.toLowerCase();
    const other = open.get(node) ?? null;
    if (column === '*' || other === null || known === undefined || known.has(name)) continue;
    const sources = other(column);
    known.set(name, { name: column, sources });
    left.push(...sources);
  }
  return reads.map(({ node, kind, reading }) => {
    const { open: other, rowSources, inputs, notes, problems } = reading;
    const columns = [...(found.get(node) as ReadonlyMap<string, ColumnOrigin>).values()];
    if (other !== null) columns.push({ name: '*', sources: other('*') });
    return { node, kind, columns, rowSources, inputs, notes, problems };
  });
}

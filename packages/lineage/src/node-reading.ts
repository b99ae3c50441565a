import type { NodeId } from '@seeknal/manifest';

import type { ColumnOrigin, NodeColumn } from './node-lineage.ts';
import type { LineageProblem } from './query-lineage.ts';

/** What was found of a node before it is known which of its columns others mention. */
export interface NodeReading {
  /** In order. */
  readonly columns: readonly ColumnOrigin[];
  /** What a column that is not listed is computed from; null: there is no other. */
  readonly open: ((column: string) => readonly NodeColumn[]) | null;
  readonly rowSources: readonly NodeColumn[];
  readonly inputs: readonly NodeId[];
  readonly notes: readonly string[];
  readonly problems: readonly LineageProblem[];
}

/** The columns of a node, as its readers see them. */
export type ColumnsOf = (node: NodeId) => Pick<NodeReading, 'columns' | 'open'> | undefined;

/** Names of nodes and columns in one order, each once. */
export function distinct(columns: Iterable<NodeColumn>): readonly NodeColumn[] {
  const found = new Map<string, NodeColumn>();
  for (const each of columns) found.set(`${each.node}\u0000${each.column}`, each);
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** A node of which nobody knows how: every column reads everything, and so do the rows. */
export function everything(inputs: readonly NodeId[], names: readonly string[], note: string): NodeReading {
  const all = distinct(inputs.map((node) => ({ node, column: '*' })));
  return {
    columns: names.map((name) => ({ name, sources: all })),
    open: () => all,
    rowSources: all,
    inputs,
    notes: [note],
    problems: [],
  };
}

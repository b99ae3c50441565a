import type { NodeId, NodeKind } from '@seeknal/manifest';

import type { LineageProblem } from './query-lineage.ts';

/** A column of a node; of a table outside the project, if no node is called so. */
export interface NodeColumn {
  readonly node: NodeId;
  /** `*`: every column of the node. */
  readonly column: string;
}

/** One column of a node, and the columns of its inputs that its value is computed from. */
export interface ColumnOrigin {
  /** `*`: any column that is not listed. */
  readonly name: string;
  /** Sorted, each once; empty for the columns of a source and for constants. */
  readonly sources: readonly NodeColumn[];
}

/** Where the columns and rows of one node come from, one step up. Plain JSON. */
export interface NodeLineage {
  readonly node: NodeId;
  readonly kind: NodeKind;
  /** In the order of the node; those that only readers mention follow, and `*` is the last. */
  readonly columns: readonly ColumnOrigin[];
  /** Columns of inputs that decide which rows there are; the rows of the inputs do besides. */
  readonly rowSources: readonly NodeColumn[];
  /** Nodes and tables read: all that stand among the sources, and those that only give rows. */
  readonly inputs: readonly NodeId[];
  /** What could not be followed and is therefore taken to read everything of the inputs. */
  readonly notes: readonly string[];
  readonly problems: readonly LineageProblem[];
}

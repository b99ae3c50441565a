import type { NodeId } from '@seeknal/manifest';
import type { Impact } from '@seeknal/sql-ast';
import type { SqlEdit } from '@seeknal/sql-diff';

import type { SnapshotId } from '../snapshot.ts';

/** What was found out about a node whose fingerprint is not the one that an environment has. */
export interface NodeImpact {
  readonly node: NodeId;
  /** What it was compared with: the snapshot of the environment. */
  readonly from: SnapshotId;
  /** What becomes of its rows. `rows` implies every column. */
  readonly impact: Impact;
  /** Whether its own definition differs, or only something above it. */
  readonly isOwn: boolean;
  /** Whether the rows that are there are those of the new definition as well. */
  readonly isKept: boolean;
  /** Inputs that differ, with what of them reaches this node. */
  readonly causes: readonly Cause[];
  /** Columns it reads of every node with rows of its own, seen through views; empty where nothing above differs. */
  readonly reads: { readonly [node: NodeId]: readonly string[] };
  /** Why nothing better could be proved. */
  readonly doubts: readonly string[];
  /** Names that do not bind any more. */
  readonly problems: readonly string[];
  /** Inputs whose rows are only said to be the same: they are compared before the rows of this node are shown. */
  readonly onWord: readonly NodeId[];
  /** Why rows that were thought to be the same are not: a comparison found others. Null: none did. */
  readonly refuted: string | null;
  /** How its own query was edited. */
  readonly edits: readonly SqlEdit[];
  /** The SQL of both versions, canonical words; over several lines where they differ. Null where one has none. */
  readonly sql: { readonly old: string | null; readonly new: string | null };
}

/** An input whose rows or columns differ. */
export interface Cause {
  readonly node: NodeId;
  /** Whether it may have other rows. */
  readonly rows: boolean;
  /** Columns of it that are read here and differ. */
  readonly columns: readonly string[];
}

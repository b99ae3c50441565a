import type { NodeId } from './node.ts';

/**
 * What a change of a node is to its rows. `BREAKING`: they may differ. `NON_BREAKING`: columns may be new,
 * everything else stays. `METADATA`: only what never decides rows changed, such as a description.
 */
export const ChangeCategory: {
  readonly BREAKING: 'BREAKING';
  readonly NON_BREAKING: 'NON_BREAKING';
  readonly METADATA: 'METADATA';
} = { BREAKING: 'BREAKING', NON_BREAKING: 'NON_BREAKING', METADATA: 'METADATA' };

export type ChangeCategory = keyof typeof ChangeCategory;

/** What was changed, apart from what that does. */
export type ChangeType =
  | 'NODE_ADDED'
  | 'NODE_REMOVED'
  | 'NODE_RENAMED'
  | 'COLUMN_ADDED'
  | 'COLUMN_REMOVED'
  | 'COLUMN_TYPE_CHANGED'
  | 'SQL_LOGIC_CHANGED'
  | 'TABLE_ADDED'
  | 'TABLE_REMOVED'
  | 'CONFIG_CHANGED'
  | 'METADATA_CHANGED';

/** One thing that was changed. */
export interface ChangeDetail {
  readonly type: ChangeType;
  /** The key, column or input it is about; null: the node, or its SQL. */
  readonly subject: string | null;
  /** One sentence. */
  readonly sentence: string;
}

/** How one node differs between two manifests. Plain JSON. */
export interface NodeChange {
  readonly node: NodeId;
  /** What it was called before; absent: the same. */
  readonly renamedFrom?: NodeId;
  readonly category: ChangeCategory;
  /** Each once, in the order of `details`. */
  readonly types: readonly ChangeType[];
  readonly details: readonly ChangeDetail[];
  /** One sentence: why this category. */
  readonly reason: string;
}

/** The more serious of two. */
export const worse = (a: ChangeCategory, b: ChangeCategory): ChangeCategory =>
  SERIOUSNESS.indexOf(a) > SERIOUSNESS.indexOf(b) ? a : b;

const SERIOUSNESS: readonly ChangeCategory[] = ['METADATA', 'NON_BREAKING', 'BREAKING'];

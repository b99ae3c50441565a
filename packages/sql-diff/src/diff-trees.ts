import {
  tableReferences,
  treeIds,
  type Dialect,
  type Query,
  type TableReference,
  type TreeNode,
} from '@seeknal/sql-ast';

import { compareQueries } from './compare-queries.ts';
import type { Comparison } from './comparison.ts';
import type { SqlEdit } from './edit.ts';
import { normalTree } from './normal-tree.ts';

/** The texts that two trees were read from: places and words of the edits are taken from them. */
export interface Texts {
  readonly oldText: string;
  readonly newText: string;
}

export interface DiffOptions extends Texts {
  /** Whose rules the names follow: in `postgres` names in other letters are other names. Default: `duckdb`. */
  readonly dialect?: Dialect;
}

/**
 * What a person would say was done to one query to make the other, from top to bottom. Every difference of
 * the trees is told by at least one edit, and trees that differ only in spelling, layout, places or redundant
 * aliases give none. CTEs are compared by name, queries in FROM by alias, lists by name, then by equality, then
 * by likeness. About linear: likeness is measured on a hundred nodes and for short lists only.
 */
export function diffTrees(
  old: Query,
  now: Query,
  { oldText, newText, dialect }: DiffOptions,
): readonly SqlEdit[] {
  const [before, after] = [normalTree(old), normalTree(now)];
  const [oldTables, newTables] = [tableReferences(before).tables, tableReferences(after).tables];
  const [onlyOld, onlyNew] = [beyond(oldTables, newTables), beyond(newTables, oldTables)];
  const comparison: Comparison = {
    onlyOld,
    onlyNew,
    oldText,
    newText,
    ids: treeIds(dialect === 'postgres' ? 'exact' : 'folded'),
    edits: [],
    compareQueries: (inner, other, place) => compareQueries(comparison, inner, other, place),
  };
  compareQueries(comparison, before, after, { path: [], isOutput: true });
  return comparison.edits;
}

/** The mentions of tables that the other query does not read. */
function beyond(tables: readonly TableReference[], others: readonly TableReference[]): ReadonlySet<TreeNode> {
  const nameOf = ({ name }: TableReference): string => JSON.stringify(name).toLowerCase();
  const known = new Set(others.map(nameOf));
  return new Set(tables.filter((each) => !known.has(nameOf(each))).map(({ relation }) => relation));
}

import type { ChangeType } from './node-change.ts';
import type { Manifest } from './manifest.ts';
import type { Json, ManifestNode, NodeId } from './node.ts';
import { withNamesOf } from './renames.ts';

/** A node whose SQL is text that can be compared, in two versions. */
export interface SqlChange {
  readonly node: NodeId;
  /** Canonical text, the values of a run as symbols. */
  readonly oldSql: string;
  readonly newSql: string;
}

/** What somebody who understands SQL says of a change of it; `SqlClassification` of `@seeknal/sql-diff` is one. */
export interface SqlVerdict {
  readonly category: 'EQUAL' | 'METADATA' | 'NON_BREAKING' | 'BREAKING';
  readonly reason: string;
  readonly edits: readonly { readonly changes: readonly ChangeType[]; readonly sentence: string }[];
}

/** Null: nothing can be said, and the worst is taken for true. */
export type SqlClassifier = (change: SqlChange) => SqlVerdict | null;

/**
 * The nodes on both sides whose SQL differs and can be compared: what a classifier will be asked about, for
 * those who have to read SQL ahead of time. Templates with control flow are not among them.
 */
export function sqlChanges(old: Manifest, now: Manifest): readonly SqlChange[] {
  const { nodes } = withNamesOf(old, now);
  return Object.values(now.nodes).flatMap((node) => {
    const before = nodes[node.id];
    return (before && sqlChangeOf(before, node)) ?? [];
  });
}

/** Null where the SQL is the same, or one of the two is no plain text. */
export function sqlChangeOf(old: ManifestNode, now: ManifestNode): SqlChange | null {
  const [oldSql, newSql] = [plainSql(old.definition), plainSql(now.definition)];
  return oldSql === null || newSql === null || oldSql === newSql ? null : { node: now.id, oldSql, newSql };
}

/** A definition that keeps its template besides has control flow in it: the text may not be all of it. */
export function plainSql({ sql, template }: { readonly [key: string]: Json }): string | null {
  return typeof sql === 'string' && template === undefined ? sql : null;
}

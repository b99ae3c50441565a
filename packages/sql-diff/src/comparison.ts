import { nodesOf, type Query, type TreeIds, type TreeNode } from '@seeknal/sql-ast';

import type { EditPart, EditSide, SqlChangeType, SqlEdit } from './edit.ts';
import { excerpt, wordsOf, type Placed } from './excerpt.ts';

/** Which query of the text is being compared. */
export interface Place {
  readonly path: readonly string[];
  /** Whether its columns are those of the whole. */
  readonly isOutput: boolean;
}

/** Two texts being compared, and the edits found so far. */
export interface Comparison {
  readonly oldText: string;
  readonly newText: string;
  readonly ids: TreeIds;
  readonly edits: SqlEdit[];
  /** The tables, as nodes of the trees, that only the old or only the new query reads. */
  readonly onlyOld: ReadonlySet<TreeNode>;
  readonly onlyNew: ReadonlySet<TreeNode>;
  /** Compares two queries inside the ones at hand. */
  readonly compareQueries: (old: Query, now: Query, place: Place) => void;
}

/** A thing of a list that is compared: what stands for it in the text, and what it is made of. */
export interface Piece {
  readonly placed: Placed;
  readonly nodes: readonly TreeNode[];
  /** What it is called where the parser gave no place. */
  readonly otherwise?: string;
}

/** A node by itself. */
export const pieceOf = (node: TreeNode): Piece => ({ placed: node, nodes: [node] });

const sideOf = (text: string, { placed, nodes, otherwise }: Piece): EditSide =>
  excerpt(text, placed, nodes, otherwise ?? nodes.map(wordsOf).join(', '));

export interface Found {
  readonly kind: SqlEdit['kind'];
  readonly part: EditPart;
  readonly old: Piece | null;
  readonly new: Piece | null;
  /** Tables that come or go with it are added to these; default: `SQL_LOGIC_CHANGED`. */
  readonly changes?: readonly SqlChangeType[];
  /** What the sentence quotes, where it is not what the edit covers. */
  readonly quotes?: { readonly old: Piece; readonly new: Piece };
  /** What happened, given the words of both sides; without a full stop. */
  readonly says: (old: string, now: string) => string;
}

/** Notes an edit. */
export function note(comparison: Comparison, { path }: Place, found: Found): void {
  const old = found.old === null ? null : sideOf(comparison.oldText, found.old);
  const now = found.new === null ? null : sideOf(comparison.newText, found.new);
  const { quotes } = found;
  const before = quotes === undefined ? old?.text : sideOf(comparison.oldText, quotes.old).text;
  const after = quotes === undefined ? now?.text : sideOf(comparison.newText, quotes.new).text;
  const within = path.length === 0 ? '' : ` (in ${path.join(', ')})`;
  comparison.edits.push({
    kind: found.kind,
    part: found.part,
    path,
    changes: changesOf(comparison, found),
    old,
    new: now,
    sentence: `${found.says(before ?? '', after ?? '')}${within}.`,
  });
}

function changesOf(
  comparison: Comparison,
  { kind, part, old, new: now, changes }: Found,
): readonly SqlChangeType[] {
  const reads = (piece: Piece | null, tables: ReadonlySet<TreeNode>): boolean =>
    kind !== 'MOVE' &&
    tables.size > 0 &&
    (piece?.nodes ?? []).some((node) => nodesOf(node).some((each) => tables.has(each)));
  const found: readonly SqlChangeType[] = [
    ...(changes ?? (part === 'table' ? [] : (['SQL_LOGIC_CHANGED'] as const))),
    ...(reads(old, comparison.onlyOld) ? (['TABLE_REMOVED'] as const) : []),
    ...(reads(now, comparison.onlyNew) ? (['TABLE_ADDED'] as const) : []),
  ];
  return found.length === 0 ? ['SQL_LOGIC_CHANGED'] : found;
}

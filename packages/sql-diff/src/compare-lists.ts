import type { TreeNode } from '@seeknal/sql-ast';

import { align, type AlignmentKey, type AlignedPair } from './align.ts';
import { note, type Comparison, type Piece, type Place } from './comparison.ts';
import type { EditPart, SqlChangeType } from './edit.ts';
import { similarity } from './similarity.ts';

/** How the things of one list are told apart and spoken of. */
export interface ListRules<T> {
  readonly part: EditPart;
  readonly keys: readonly AlignmentKey<T>[];
  /** Whether two things that no key pairs may be versions of one; default: yes, where they are alike. */
  readonly mayBeOne?: (a: T, b: T) => boolean;
  /** What it is made of: for similarity. */
  readonly node: (thing: T) => TreeNode;
  readonly piece: (thing: T) => Piece;
  /** `Column x`, `Condition a > 1`: the thing at the beginning of a sentence. */
  readonly name: (thing: T, words: string) => string;
  /** `of WHERE`, or nothing: what the list is, after the name. */
  readonly where: string;
  /** Whether a thing that changed and also moved is told of twice: the order of conditions says little. */
  readonly isOrdered: boolean;
  readonly added?: readonly SqlChangeType[];
  readonly removed?: readonly SqlChangeType[];
  /** Notes how the things of a pair differ; called for every pair. */
  readonly onPair: (pair: AlignedPair<T>) => void;
}

/** Beyond this many things that came or went, a list has changed as a whole. */
const TOLD_ONE_BY_ONE = 200;

/** Notes what came into a list, left it, moved in it, and what `onPair` finds in what stayed. */
export function compareLists<T>(
  comparison: Comparison,
  place: Place,
  old: readonly T[],
  now: readonly T[],
  rules: ListRules<T>,
): void {
  const alike = (a: T, b: T): number =>
    rules.mayBeOne?.(a, b) === false ? 0 : similarity(rules.node(a), rules.node(b), comparison.ids);
  const { pairs, deleted, inserted } = align(old, now, rules.keys, alike);
  const { part, piece, name, where } = rules;
  if (deleted.length + inserted.length > TOLD_ONE_BY_ONE) {
    note(comparison, place, {
      kind: 'UPDATE',
      part,
      old: old.length === 0 ? null : together(old.map(piece)),
      new: now.length === 0 ? null : together(now.map(piece)),
      changes: [
        ...(deleted.length > 0 ? (rules.removed ?? []) : []),
        ...(inserted.length > 0 ? (rules.added ?? []) : []),
        'SQL_LOGIC_CHANGED',
      ],
      says: () => `${inserted.length} parts${where} are new and ${deleted.length} are gone`,
    });
  } else {
    for (const thing of deleted) {
      note(comparison, place, {
        kind: 'DELETE',
        part,
        old: piece(thing),
        new: null,
        ...(rules.removed && { changes: rules.removed }),
        says: (words) => `${name(thing, words)}${where} is removed`,
      });
    }
    for (const thing of inserted) {
      note(comparison, place, {
        kind: 'INSERT',
        part,
        old: null,
        new: piece(thing),
        ...(rules.added && { changes: rules.added }),
        says: (_, words) => `${name(thing, words)}${where} is added`,
      });
    }
  }
  for (const pair of pairs) {
    const before = comparison.edits.length;
    rules.onPair(pair);
    if (!pair.isMoved || (!rules.isOrdered && comparison.edits.length > before)) continue;
    note(comparison, place, {
      kind: 'MOVE',
      part,
      old: piece(pair.old),
      new: piece(pair.new),
      says: (_, words) =>
        `${name(pair.new, words)}${where} moves from place ${pair.from + 1} to place ${pair.to + 1}`,
    });
  }
}

const together = (pieces: readonly Piece[]): Piece => ({
  placed: { span: null },
  nodes: pieces.flatMap(({ nodes }) => nodes),
});

import { foldCase, mapTree, type Expression, type SelectItem, type TreeIds } from '@seeknal/sql-ast';

import { compareLists } from './compare-lists.ts';
import { note, pieceOf, type Comparison, type Piece, type Place } from './comparison.ts';
import type { SqlChangeType } from './edit.ts';
import { wordsOf } from './excerpt.ts';

/** Notes how two SELECT lists differ. */
export function compareItems(
  comparison: Comparison,
  place: Place,
  old: readonly SelectItem[],
  now: readonly SelectItem[],
): void {
  const { ids } = comparison;
  compareLists(comparison, place, old, now, {
    part: 'projection',
    keys: [
      (item) => `${ids(item.expression)} ${JSON.stringify(item.alias)}`,
      (item) => folded(outputName(item)),
      ({ expression }) => ids(expression),
    ],
    // One plain column for another is no new version of it.
    mayBeOne: (a, b) => a.expression.kind !== 'column' || b.expression.kind !== 'column',
    node: ({ expression }) => expression,
    piece,
    name: (item, words) =>
      item.expression.kind === 'star' ? `What ${words} stands for` : `Column ${outputName(item) ?? words}`,
    where: '',
    isOrdered: true,
    ...(place.isOutput && { added: ['COLUMN_ADDED'], removed: ['COLUMN_REMOVED'] }),
    onPair: (pair) => comparePair(comparison, place, pair.old, pair.new),
  });
}

const piece = (item: SelectItem): Piece => ({
  placed: item,
  nodes: [item.expression],
  otherwise: `${wordsOf(item.expression)}${item.alias === null ? '' : ` AS ${item.alias}`}`,
});

/** The name a reader of the column uses; null where the engine makes one up from the expression. */
function outputName({ alias, expression }: SelectItem): string | null {
  if (alias !== null) return alias;
  if (expression.kind === 'column') return expression.path.at(-1) as string;
  return expression.kind === 'star' ? wordsOf(expression) : null;
}

function comparePair(comparison: Comparison, place: Place, old: SelectItem, now: SelectItem): void {
  const { ids } = comparison;
  const isSame = ids(old.expression) === ids(now.expression);
  if (isSame && old.alias === now.alias) return;
  const [before, after] = [outputName(old), outputName(now)];
  const isStar = old.expression.kind === 'star' || now.expression.kind === 'star';
  const isRenamed = !isStar && folded(before) !== folded(after);
  const sides = { kind: 'UPDATE', old: piece(old), new: piece(now) } as const;
  const name = after === null ? 'A column without a name' : `Column ${after}`;
  const renaming: readonly SqlChangeType[] =
    isRenamed && place.isOutput ? ['COLUMN_REMOVED', 'COLUMN_ADDED'] : [];
  if (isSame) {
    note(comparison, place, {
      ...sides,
      part: 'projection',
      changes: isRenamed && place.isOutput ? renaming : ['SQL_LOGIC_CHANGED'],
      says: (oldWords, newWords) => `Column ${before ?? oldWords} is now named ${after ?? newWords}`,
    });
    return;
  }
  const isCast = hasSame(old, now, ids, withoutCasts);
  note(comparison, place, {
    ...sides,
    part: !isCast && hasSame(old, now, ids, withoutWindows) ? 'window' : 'projection',
    changes: [...renaming, isCast ? 'COLUMN_TYPE_CHANGED' : 'SQL_LOGIC_CHANGED'],
    quotes: { old: pieceOf(old.expression), new: pieceOf(now.expression) },
    says: (oldWords, newWords) =>
      `${name} changes${isCast ? ' its type' : ''} from ${oldWords} to ${newWords}`,
  });
}

const hasSame = (
  old: SelectItem,
  now: SelectItem,
  ids: TreeIds,
  without: (expression: Expression) => Expression,
): boolean => ids(without(old.expression)) === ids(without(now.expression));

const withoutCasts = (expression: Expression): Expression =>
  mapTree(expression, (node) => (node.kind === 'cast' ? node.operand : node));

/** Whether a call is one over a window still counts. */
const withoutWindows = (expression: Expression): Expression =>
  mapTree(expression, (node) =>
    node.kind === 'call' && node.over !== null
      ? { ...node, over: { span: null, partitionBy: [], orderBy: [], frame: null } }
      : node,
  );

const folded = (name: string | null): string | null => (name === null ? null : foldCase(name));

import type { Expression } from '@seeknal/sql-ast';

import { compareLists } from './compare-lists.ts';
import { note, pieceOf, type Comparison, type Place } from './comparison.ts';
import type { EditPart } from './edit.ts';

/** The conditions that AND joins; none where there is no condition. */
const conjuncts = (condition: Expression | null): readonly Expression[] =>
  condition === null
    ? []
    : condition.kind === 'operation' && condition.operator === 'and'
      ? condition.operands
      : [condition];

/** Notes how two conditions differ, one of those joined by AND at a time. `clause`: ` of WHERE`. */
export function compareConditions(
  comparison: Comparison,
  place: Place,
  part: EditPart,
  clause: string,
  old: Expression | null,
  now: Expression | null,
): void {
  compareExpressions(comparison, place, part, 'Condition', clause, conjuncts(old), conjuncts(now));
}

/** Notes how two lists of expressions differ. */
export function compareExpressions(
  comparison: Comparison,
  place: Place,
  part: EditPart,
  noun: string,
  where: string,
  old: readonly Expression[],
  now: readonly Expression[],
): void {
  compareLists(comparison, place, old, now, {
    part,
    keys: [comparison.ids],
    node: (each) => each,
    piece: pieceOf,
    name: (_, words) => `${noun} ${words}`,
    where,
    isOrdered: part === 'group' || part === 'distinct',
    onPair: (pair) => {
      if (comparison.ids(pair.old) === comparison.ids(pair.new)) return;
      note(comparison, place, {
        kind: 'UPDATE',
        part,
        old: pieceOf(pair.old),
        new: pieceOf(pair.new),
        says: (before, after) => `${noun} ${before}${where} becomes ${after}`,
      });
    },
  });
}

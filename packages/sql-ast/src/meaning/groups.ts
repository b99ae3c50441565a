import type { Select } from '../tree.ts';
import type { ExpressionContext } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import { numberedItem, type Item } from './items.ts';
import type { Term } from './terms.ts';

export const isGroupedByAll = ({ groupBy }: Select): boolean => groupBy?.all === true;

/** Under GROUP BY ALL every item without an aggregate is a key. */
export const keysOfAll = (items: readonly Item[]): readonly Term[] =>
  items
    .filter(({ seen }) => !seen.aggregate)
    .flatMap(({ value, open }) => (open === null ? [value] : [value, open('*')]));

/** The keys of each grouping set; a number among them counts the items from 1. */
export function groupSets(
  { groupBy }: Select,
  items: readonly Item[],
  context: ExpressionContext,
): readonly Term[] {
  const { terms } = context.analysis;
  if (groupBy === null || groupBy.all) return [];
  const keys = groupBy.terms.map(
    (term) => numberedItem(term, items, context.analysis) ?? expressionMeaning(term, context),
  );
  if (groupBy.sets === null) return [terms.ofSet('group', keys)];
  const sets = groupBy.sets.map((set) =>
    terms.ofSet(
      'group',
      set.map((index) => keys[index] as Term),
    ),
  );
  // The same set twice gives its groups twice.
  return sets.toSorted((a, b) => a - b);
}

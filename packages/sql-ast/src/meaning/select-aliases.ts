import type { Select } from '../tree.ts';
import type { Aliases, Analysis, ExpressionContext } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import type { Term } from './terms.ts';

/**
 * Aliases as WHERE, GROUP BY, HAVING and QUALIFY see them: the item as written, bound where it is used.
 *
 * @param beforeColumns After grouping a column that is no key is hidden by an alias of its name.
 */
export function writtenAliases({ items }: Select, bare: ExpressionContext, beforeColumns = false): Aliases {
  const { fold } = bare.analysis;
  const known = new Map<number, Term>();
  const termAt = (at: number): Term => {
    const expression = items[at]!.expression;
    const term =
      known.get(at) ??
      expressionMeaning(expression, { ...bare, scope: { ...bare.scope, aliases: upTo(at) } });
    known.set(at, term);
    return term;
  };
  /** Those of the items before a place. */
  const upTo = (end: number): Aliases => ({
    beforeColumns: beforeColumns && end === items.length,
    find: (name) => {
      const at = items.findIndex(({ alias }, place) => place < end && alias !== null && fold(alias) === name);
      return at < 0 ? undefined : termAt(at);
    },
    all: () => items.slice(0, end).flatMap(({ alias }, at) => (alias === null ? [] : [termAt(at)])),
  });
  return upTo(items.length);
}

/** An item, as far as it can be named. */
interface NamedItem {
  readonly name: string;
  /** Whether the name is an alias of the author. */
  readonly written: boolean;
  readonly value: Term;
}

/** Aliases as the items after them see them; `items` grows meanwhile. */
export const earlierAliases = (items: readonly NamedItem[], { fold }: Analysis): Aliases => ({
  beforeColumns: false,
  find: (name) => items.find((item) => item.written && fold(item.name) === name)?.value,
  all: () => items.map(({ value }) => value),
});

/** ORDER BY and DISTINCT ON see all items first, by their names. */
export const itemAliases = (items: readonly NamedItem[], { fold }: Analysis): Aliases => ({
  beforeColumns: true,
  find: (name) => items.find((item) => fold(item.name) === name)?.value,
  all: () => items.map(({ value }) => value),
});

import type { Expression, SelectItem } from '../tree.ts';
import type { Analysis, ExpressionContext, FromMeaning, Seen } from './analysis.ts';
import { expressionMeaning, nothingSeen } from './expression.ts';
import { numberOf } from './limited.ts';
import type { RowsMeaning } from './meaning.ts';
import { expressionName } from './names.ts';
import { earlierAliases } from './select-aliases.ts';
import { expandStar, starWithin } from './star.ts';
import type { Term } from './terms.ts';

/** One output column of a SELECT; or several, whose names cannot be told, with `open`. */
export interface Item {
  readonly name: string;
  /** Whether the name is an alias of the author. */
  readonly written: boolean;
  readonly value: Term;
  readonly open: RowsMeaning['open'];
  /** Whether `name` is, or may be, the name of a column. */
  readonly isListed: boolean;
  readonly seen: Seen;
}

/** The items of a SELECT with stars expanded. An item sees the aliases of those before it. */
export function itemsMeaning(
  items: readonly SelectItem[],
  from: FromMeaning,
  context: ExpressionContext,
): readonly Item[] {
  const found: Item[] = [];
  const aliases = earlierAliases(found, context.analysis);
  for (const item of items) {
    const own: ExpressionContext = { ...context, seen: nothingSeen(), scope: { ...context.scope, aliases } };
    found.push(...itemMeaning(item, from, own));
  }
  return found;
}

/** Everything that some items could tell. */
export const itemValues = (items: readonly Item[]): readonly Term[] =>
  items.flatMap(({ value, open }) => (open === null ? [value] : [value, open('*')]));

/** The item that a number stands for; null: it is no number of an item. */
export function numberedItem(
  expression: Expression,
  items: readonly Item[],
  { terms }: Analysis,
): Term | null {
  const number = numberOf(expression);
  if (number === null) return null;
  // Which item it is depends on how many columns the others are.
  if (items.some(({ open }) => open !== null)) return terms.of(`item ${number}`, itemValues(items));
  return items[number - 1]?.value ?? null;
}

function itemMeaning(
  { alias, expression }: SelectItem,
  from: FromMeaning,
  context: ExpressionContext,
): readonly Item[] {
  const { seen, analysis } = context;
  const written = alias !== null;
  const star = expression.kind === 'star' ? expression : starWithin(expression);
  if (star === null || (star.columns && star.unpacked)) {
    const value = expressionMeaning(expression, context);
    const open = isPerhapsStruct(expression, context) ? anyOf(value, analysis) : null;
    return [
      { name: alias ?? expressionName(expression, context), written, value, open, isListed: true, seen },
    ];
  }
  // A group of the pattern may stand in the alias.
  const expanded = alias?.includes('\\') === true ? null : expandStar(star, from, context);
  if (expanded === null || (expression !== star && !star.columns)) return [unknownItem(expression, context)];
  return expanded.map(({ name, value, open }): Item => {
    const whole = expression === star ? value : expressionMeaning(expression, { ...context, star: value });
    return { name: alias ?? name, written, value: whole, open, isListed: open === null, seen };
  });
}

/** Columns whose number and names cannot be told. */
function unknownItem(expression: Expression, context: ExpressionContext): Item {
  const { analysis, seen } = context;
  const value = expressionMeaning(expression, { ...context, star: null });
  return { name: '*', written: false, value, open: anyOf(value, analysis), isListed: false, seen };
}

const anyOf =
  (value: Term, { terms }: Analysis): RowsMeaning['open'] =>
  (name) =>
    terms.of(`part ${JSON.stringify(name)}`, [value]);

/** Functions that give lists. */
const OF_LISTS = new Set(
  `generate_series json_keys list_distinct list_filter list_sort list_transform list_value map_entries map_keys
  map_values range regexp_extract_all regexp_split_to_array split str_split string_split string_to_array`.split(
    /\s+/u,
  ),
);

/** `unnest` of a struct makes a column of each field, whatever alias is written. */
function isPerhapsStruct(expression: Expression, context: ExpressionContext): boolean {
  if (expression.kind !== 'call' || expression.name !== 'unnest') return false;
  const given = expression.arguments[0]?.value;
  if (expression.arguments.length !== 1 || given === undefined) return true;
  if (given.kind === 'call') return !OF_LISTS.has(given.name);
  if (given.kind === 'cast') return !given.type.endsWith(']');
  const type = context.analysis.terms.typeOf(expressionMeaning(given, context));
  return type === null || !/\[\d*\]$/u.test(type);
}

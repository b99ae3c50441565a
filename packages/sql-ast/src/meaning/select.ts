import type { Expression, Select } from '../tree.ts';
import type { Analysis } from './analysis.ts';
import { expressionMeaning, nothingSeen, type ExpressionContext, type Seen } from './expression.ts';
import { fromMeaning, sampledRows, type FromMeaning } from './from.ts';
import { itemsMeaning, type Item } from './items.ts';
import type { RowsMeaning } from './meaning.ts';
import { limited, type QueryContext } from './query.ts';
import { wholeScope, type Aliases, type Scope } from './scope.ts';
import type { Term } from './terms.ts';

/**
 * A plain SELECT. Which rows there are follows from FROM, WHERE, the groups, HAVING and QUALIFY; from the
 * items only where they can multiply, merge or order rows that a LIMIT then cuts.
 */
export function selectMeaning(select: Select, context: QueryContext): RowsMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  const plain = fromMeaning(select.from, context);
  const from: FromMeaning =
    select.sample === null ? plain : { ...plain, rows: sampledRows(plain.rows, select.sample.text, analysis) };
  const at = selectContext(select, from, context);
  const where = select.where === null ? null : expressionMeaning(select.where, at);
  const base = where === null ? from.rows.rows : terms.of('filtered', [from.rows.rows, where]);
  const over: ExpressionContext = { ...at, over: base, windowOver: base };
  const keys = (select.groupBy?.terms ?? []).map((term) => groupTerm(term, select, from, over));
  const sets = groupSets(select, keys, analysis);
  const having = select.having === null ? [] : [expressionMeaning(select.having, over)];
  let items = itemsMeaning(select.items, from, over);
  const isGrouped = select.groupBy !== null || select.having !== null || isAggregated(over.seen, items);
  if (isGrouped && (over.seen.window || items.some(({ seen }) => seen.window) || select.qualify !== null)) {
    // Windows run over the groups, not over the rows that were grouped.
    const groups = terms.of(`groups ${select.groupBy?.all === true ? analysis.keyOf(select) : ''}`, [base, ...sets, ...having]);
    over.seen.window = false;
    items = itemsMeaning(select.items, from, { ...over, windowOver: groups });
    return finished(select, from, items, { ...over, windowOver: groups }, base, sets, having, true);
  }
  return finished(select, from, items, over, base, sets, having, isGrouped);
}

const isAggregated = (seen: Seen, items: readonly Item[]): boolean =>
  seen.aggregate || items.some((item) => item.seen.aggregate);

function finished(
  select: Select,
  from: FromMeaning,
  items: readonly Item[],
  over: ExpressionContext,
  base: Term,
  sets: readonly Term[],
  having: readonly Term[],
  isGrouped: boolean,
): RowsMeaning {
  const { analysis } = over;
  const { terms } = analysis;
  const values = items.map(({ value }) => value);
  const openStars = items.flatMap(({ open }) => (open === null ? [] : [open('*')]));
  const all = [...values, ...openStars];
  let rows = base;
  if (isGrouped) {
    const grouping = select.groupBy?.all === true ? [terms.ofSet('all', keysOfAll(items))] : sets;
    rows = terms.of(`grouped ${select.groupBy !== null}`, [rows, ...grouping, ...having]);
  }
  if (select.qualify !== null) rows = terms.of('qualified', [rows, expressionMeaning(select.qualify, over)]);
  const seen = [over.seen, ...items.map((item) => item.seen)];
  if (seen.some((each) => each.rows)) rows = terms.of('multiplied', [rows, ...all]);
  if (seen.some((each) => each.opaque)) {
    rows = terms.of(`opaque ${analysis.keyOf(select)}`, [rows, from.rows.rows, ...all, ...wholeScope(over.scope, analysis)]);
  }
  const order = isGrouped || select.distinct !== null ? terms.of('no order') : from.rows.order;
  const ordering = orderContext(select, items, from, { ...over, over: isGrouped ? base : over.over });
  const by = orderTerms(select, items);
  let meaning: RowsMeaning = { rows, columns: namedColumns(items), order, open: openOf(items, analysis) };
  if (select.distinct?.on === null) {
    meaning = { ...meaning, rows: terms.of('distinct', [rows, terms.ofSet('values', all)]) };
  } else if (select.distinct !== null) {
    analysis.unstable.add('DISTINCT ON takes any of the rows with equal keys');
    const on = select.distinct.on.map((each) => expressionMeaning(ordinal(each, items) ?? each, ordering));
    const ordered = limited(meaning, { orderBy: by, limit: null, offset: null }, ordering);
    meaning = { ...meaning, rows: terms.of('distinct on', [rows, terms.ofSet('on', on), ordered.order, from.rows.order]) };
  }
  return limited(meaning, { ...select, orderBy: by }, ordering);
}

const namedColumns = (items: readonly Item[]): RowsMeaning['columns'] =>
  items.flatMap(({ name, value, open }) => (open === null ? [{ name, value }] : []));

/** A column that nobody listed may come through any of the open stars. */
function openOf(items: readonly Item[], { terms }: Analysis): RowsMeaning['open'] {
  const open = items.flatMap((item) => (item.open === null ? [] : [item.open]));
  const [only = null, second] = open;
  return second === undefined ? only : (name) => terms.of('either', open.map((each) => each(name)));
}

/** Under GROUP BY ALL every item without an aggregate is a key. */
const keysOfAll = (items: readonly Item[]): readonly Term[] =>
  items.filter(({ seen }) => !seen.aggregate).map(({ value, open }) => (open === null ? value : open('*')));

function groupSets(select: Select, keys: readonly Term[], { terms }: Analysis): readonly Term[] {
  const { groupBy } = select;
  if (groupBy === null || groupBy.all) return [];
  if (groupBy.sets === null) return [terms.ofSet('group', keys)];
  const sets = groupBy.sets.map((set) => terms.ofSet('group', set.map((index) => keys[index] as Term)));
  // The same set twice gives its groups twice.
  return sets.toSorted((a, b) => a - b);
}

/** A number among the terms of GROUP BY and ORDER BY counts the items from 1. */
function ordinal(expression: Expression, items: readonly Item[]): Expression | null {
  if (expression.kind !== 'literal' || !/^\d+$/u.test(expression.value) || expression.type === 'VARCHAR') return null;
  return items[Number(expression.value) - 1]?.stands ?? null;
}

function groupTerm(term: Expression, select: Select, from: FromMeaning, over: ExpressionContext): Term {
  if (ordinal(term, []) === null && term.kind === 'literal' && /^\d+$/u.test(term.value)) {
    // Numbered items are looked up without the window and aggregate that they cannot hold.
    const items = itemsMeaning(select.items, from, { ...over, seen: nothingSeen() });
    const item = items[Number(term.value) - 1];
    if (item !== undefined) return item.value;
  }
  return expressionMeaning(term, over);
}

/** ORDER BY ALL is ORDER BY every item; a number stands for an item. */
function orderTerms(select: Select, items: readonly Item[]): Select['orderBy'] {
  return select.orderBy.flatMap((term) => {
    if (term.expression.kind === 'star') return items.map(({ stands }) => ({ ...term, expression: stands }));
    const item = ordinal(term.expression, items);
    return [item === null ? term : { ...term, expression: item }];
  });
}

function selectContext(select: Select, from: FromMeaning, { outer, ctes, analysis }: QueryContext): ExpressionContext {
  const depth = outer === null ? 0 : outer.depth + 1;
  const scope: Scope = { entries: from.entries, merged: from.merged, aliases: null, parameters: new Map(), outer, depth };
  const bare: ExpressionContext = {
    scope,
    ctes,
    analysis,
    over: from.rows.rows,
    windowOver: from.rows.rows,
    order: from.rows.order,
    input: from.rows,
    star: null,
    seen: nothingSeen(),
  };
  return { ...bare, scope: { ...scope, aliases: writtenAliases(select, bare) } };
}

/** Aliases as WHERE, GROUP BY, HAVING and QUALIFY see them: the item as written, bound where it is used. */
function writtenAliases(select: Select, bare: ExpressionContext): Aliases {
  const known = new Map<string, Term>();
  const before = (index: number): Aliases => ({
    first: false,
    find: (name) => {
      const at = select.items.findIndex(
        ({ alias }, place) => place < index && alias !== null && bare.analysis.fold(alias) === name,
      );
      if (at < 0) return undefined;
      const found = known.get(name);
      if (found !== undefined) return found;
      const { expression } = select.items[at] as Select['items'][number];
      const term = expressionMeaning(expression, { ...bare, scope: { ...bare.scope, aliases: before(at) } });
      known.set(name, term);
      return term;
    },
  });
  return before(select.items.length);
}

/** ORDER BY and DISTINCT ON see the items first, by their names. */
function orderContext(select: Select, items: readonly Item[], from: FromMeaning, over: ExpressionContext): ExpressionContext {
  const { fold } = over.analysis;
  const named = new Map<string, Term>();
  for (const { name, value, written } of items) {
    if (written && !named.has(fold(name))) named.set(fold(name), value);
  }
  const items_ = new Map(items.map(({ stands, value }) => [stands, value]));
  return {
    ...over,
    standing: items_,
    scope: { ...over.scope, entries: from.entries, aliases: { first: true, find: (name) => named.get(name) } },
  };
}

import type { Expression, Select } from '../tree.ts';
import type { Aliases, Analysis, ExpressionContext, FromMeaning, QueryContext, Seen } from './analysis.ts';
import { groupSets, isGroupedByAll, keysOfAll } from './groups.ts';
import { expressionMeaning, nothingSeen, orderedBy } from './expression.ts';
import { fromMeaning } from './from.ts';
import { sampledRows } from './sampled.ts';
import { itemsMeaning, itemValues, numberedItem, type Item } from './items.ts';
import { isAll, limited, ordered } from './limited.ts';
import type { RowsMeaning } from './meaning.ts';
import { itemAliases, writtenAliases } from './select-aliases.ts';
import { scopeOf, wholeScope } from './scope.ts';
import type { Term } from './terms.ts';

/** A SELECT with everything in it bound: what is left is to say which rows it gives. */
interface Block {
  readonly select: Select;
  readonly from: FromMeaning;
  readonly items: readonly Item[];
  /** The rows that WHERE leaves. */
  readonly base: Term;
  readonly sets: readonly Term[];
  readonly having: readonly Term[];
  readonly qualify: readonly Term[];
  readonly distinctOn: readonly Term[];
  readonly orderBy: readonly Term[];
  readonly context: ExpressionContext;
  /** As ORDER BY sees it. */
  readonly ordering: ExpressionContext;
}

/**
 * A plain SELECT. Which rows there are follows from FROM, WHERE, the groups, HAVING and QUALIFY; from the
 * items only where they can multiply, merge or order rows that a LIMIT then cuts.
 */
export function selectMeaning(select: Select, context: QueryContext): RowsMeaning {
  const block = boundBlock(select, context);
  const { items, from, orderBy, ordering } = block;
  const { analysis } = context;
  const isGrouped = isAggregated(block);
  const order = isGrouped || select.distinct !== null ? analysis.terms.of('no order') : from.rows.order;
  const rows = distinctRows(selectedRows(block, isGrouped), order, block);
  return limited(
    { rows, columns: namedColumns(items), order, open: openOf(items, block) },
    orderBy,
    select,
    ordering,
  );
}

function boundBlock(select: Select, around: QueryContext): Block {
  const { analysis } = around;
  const plain = fromMeaning(select.from, around);
  const from: FromMeaning =
    select.sample === null
      ? plain
      : { ...plain, rows: sampledRows(plain.rows, select.sample.text, analysis) };
  const bare = { ...bareContext(from, around), groups: groupsText(select, analysis) };
  const named = withAliases(bare, writtenAliases(select, bare));
  const where = select.where === null ? [] : [expressionMeaning(select.where, named)];
  const { rows } = from.rows;
  const base = where.length === 0 ? rows : analysis.terms.of('filtered', [rows, ...where]);
  const context = { ...named, over: base };
  const items = itemsMeaning(select.items, from, context);
  const grouped = withAliases(context, writtenAliases(select, { ...bare, over: base }, true));
  const ordering = withAliases(context, itemAliases(items, analysis));
  const afterGrouping = (expression: Expression | null): readonly Term[] =>
    expression === null ? [] : [expressionMeaning(expression, grouped)];
  return {
    select,
    from,
    items,
    base,
    sets: groupSets(select, items, context),
    having: afterGrouping(select.having),
    qualify: afterGrouping(select.qualify),
    distinctOn: (select.distinct?.on ?? []).map((each) => numberedOr(each, items, ordering)),
    orderBy: orderTerms(select, items, ordering),
    context,
    ordering,
  };
}

/** The columns of FROM, and no aliases yet. */
function bareContext(from: FromMeaning, { outer, ctes, analysis }: QueryContext): ExpressionContext {
  const seen = nothingSeen();
  const scope = { ...scopeOf(from.entries, outer, from.merged), seen };
  const { rows: over, order } = from.rows;
  return { scope, ctes, analysis, over, groups: '', order, input: from.rows, star: null, seen };
}

/** What makes groups of rows, as written; what its names stand for, the rows of the SELECT tell. */
const groupsText = ({ groupBy, having }: Select, { keyOf }: Analysis): string =>
  groupBy === null && having === null ? '' : keyOf([groupBy, having]);

const withAliases = (context: ExpressionContext, aliases: Aliases): ExpressionContext => ({
  ...context,
  scope: { ...context.scope, aliases },
});

const seenIn = ({ context, items }: Block): readonly Seen[] => [
  context.seen,
  ...items.map(({ seen }) => seen),
];

const isAggregated = (block: Block): boolean =>
  block.select.groupBy !== null ||
  block.select.having !== null ||
  seenIn(block).some(({ aggregate }) => aggregate);

/** The rows before DISTINCT and LIMIT. */
function selectedRows(block: Block, isGrouped: boolean): Term {
  const { select, from, items, base, sets, having, qualify, context } = block;
  const { analysis, scope } = context;
  const { terms } = analysis;
  let rows = base;
  if (isGrouped) {
    const isReduced = items.some(({ seen }) => seen.aggregate);
    // Constants are no keys beside an aggregate: of no rows one is left, where without it none was.
    const grouping = isGroupedByAll(select) ? [terms.ofSet(`all ${isReduced}`, keysOfAll(items))] : sets;
    rows = terms.of(`grouped ${select.groupBy !== null}`, [rows, ...grouping, ...having]);
  }
  if (qualify.length > 0) rows = terms.of('qualified', [rows, ...qualify]);
  const seen = seenIn(block);
  const multiplied = seen.some((each) => each.rows);
  if (multiplied)
    rows = terms.of('multiplied', [rows, ...itemValues(block.items), ...block.orderBy, ...block.distinctOn]);
  if (!seen.some(({ opaque }) => opaque) && !isKeyDoubtful(block)) return rows;
  const names = JSON.stringify(from.rows.columns.map(({ name }) => name));
  return terms.of(`text ${analysis.keyOf(select)} ${names}`, [
    rows,
    from.rows.rows,
    ...itemValues(block.items),
    ...wholeScope({ ...scope, aliases: null }, analysis),
  ]);
}

/**
 * Under several grouping sets a key is NULL where it is not in the set. Two columns of one meaning are then
 * two keys, which only the text tells apart.
 */
function isKeyDoubtful({ select, from }: Block): boolean {
  if ((select.groupBy?.sets ?? null) === null) return false;
  const values = from.entries.flatMap(({ rows }) => rows.columns.map(({ value }) => value));
  return from.rows.open !== null || new Set(values).size < values.length;
}

/** What DISTINCT leaves of the rows. */
function distinctRows(rows: Term, order: Term, block: Block): Term {
  const { select, from, distinctOn, orderBy, context } = block;
  const { terms, unstable } = context.analysis;
  if (select.distinct === null) return rows;
  if (select.distinct.on === null)
    return terms.of('distinct', [rows, terms.ofSet('values', itemValues(block.items))]);
  unstable.add('DISTINCT ON takes any of the rows with equal keys');
  const by = ordered(order, orderBy, context.analysis);
  return terms.of('distinct on', [rows, terms.ofSet('on', distinctOn), by, from.rows.order]);
}

const namedColumns = (items: readonly Item[]): RowsMeaning['columns'] =>
  items.flatMap(({ name, value, isListed }) => (isListed ? [{ name, value }] : []));

/** A column that nobody listed may come through any of the open items; `*` tells also between which it comes. */
function openOf(items: readonly Item[], { context }: Pick<Block, 'context'>): RowsMeaning['open'] {
  const { terms } = context.analysis;
  const opens = items.flatMap(({ open }) => (open === null ? [] : [open]));
  const [only, second] = opens;
  if (only === undefined) return null;
  const last = items.findLastIndex(({ open }) => open !== null);
  const before = items.slice(0, last).map(({ open, name }) => (open === null ? name : '*'));
  return (name) => {
    if (second === undefined && (name !== '*' || before.length === 0)) return only(name);
    const label = name === '*' ? `either after ${JSON.stringify(before)}` : 'either';
    return terms.of(
      label,
      opens.map((open) => open(name)),
    );
  };
}

/** ORDER BY ALL is ORDER BY every item; a number stands for an item. */
function orderTerms(
  { orderBy }: Select,
  items: readonly Item[],
  context: ExpressionContext,
): readonly Term[] {
  return orderBy.flatMap((term) => {
    const values = isAll(term.expression) ? itemValues(items) : [numberedOr(term.expression, items, context)];
    return values.map((value) => orderedBy(term, value, context.analysis));
  });
}

const numberedOr = (expression: Expression, items: readonly Item[], context: ExpressionContext): Term =>
  numberedItem(expression, items, context.analysis) ?? expressionMeaning(expression, context);

import type { JoinRelation, Relation } from '../tree.ts';
import type { Analysis, FromMeaning } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import { expressionContext, leftScope, type FromContext } from './from-context.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { scopeOf, wholeScope } from './scope.ts';
import type { Term } from './terms.ts';

/** The two sides of a join, with the columns that USING and NATURAL make one. */
interface Sides {
  readonly left: FromMeaning;
  readonly right: FromMeaning;
  readonly pairs: readonly { readonly name: string; readonly pair: readonly Term[] }[];
  readonly entries: FromMeaning['entries'];
  readonly merged: FromMeaning['merged'];
}

/** @param side What one side of the join means. */
export function joinMeaning(
  join: JoinRelation,
  context: FromContext,
  side: (relation: Relation, context: FromContext) => FromMeaning,
): FromMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  const sides = sidesOf(join, context, side);
  const { left, right, pairs, entries, merged } = sides;
  const rows = terms.of(`join ${join.type} ${join.asof}`, [
    left.rows.rows,
    right.rows.rows,
    ...conditionOf(join, sides, context),
    terms.of(
      'using',
      pairs.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ pair }) => pair),
    ),
  ]);
  if (join.asof) analysis.unstable.add('an ASOF join takes any of several equal rows');
  const order = terms.of('joined order', [left.rows.order, right.rows.order]);
  if (join.type === 'semi' || join.type === 'anti') {
    return { entries: left.entries, merged: left.merged, rows: { ...left.rows, rows, order } };
  }
  const own = new Map(pairs.map(({ name }) => [name, merged.get(name) as Term]));
  return { entries, merged, rows: { rows, order, ...joinedColumns(left.rows, right.rows, own, analysis) } };
}

function sidesOf(join: JoinRelation, context: FromContext, side: Parameters<typeof joinMeaning>[2]): Sides {
  const { analysis } = context;
  const left = side(join.left, context);
  const beside = {
    entries: [...context.left.entries, ...left.entries],
    merged: new Map([...context.left.merged, ...left.merged]),
  };
  const right = side(join.right, { ...context, left: beside });
  const names = join.natural ? sharedNames(left.rows, right.rows, analysis) : join.using.map(analysis.fold);
  const pairs = names.map((name) => ({
    name,
    pair: [left, right].map((each) => columnOf(name, each, analysis)),
  }));
  const merged = new Map([...left.merged, ...right.merged]);
  for (const { name, pair } of pairs) merged.set(name, analysis.terms.of('using', pair));
  return { left, right, pairs, entries: [...left.entries, ...right.entries], merged };
}

/** What ON decides by; where that cannot be told, all that both sides hold. */
function conditionOf(
  { on, type, natural }: JoinRelation,
  { left, right, entries, merged }: Sides,
  context: FromContext,
): readonly Term[] {
  const { analysis } = context;
  // What stands left of the whole join can be seen from its condition, as from a subquery.
  const outer = context.left.entries.length === 0 ? context.outer : leftScope(context);
  const inner = expressionContext(context, scopeOf(entries, outer, merged));
  const condition = on === null ? [] : [expressionMeaning(on, inner)];
  const isOpenNatural = natural && (left.rows.open !== null || right.rows.open !== null);
  const isOpaque = type === 'positional' || isOpenNatural || inner.seen.opaque;
  return isOpaque ? [...condition, ...wholeScope(inner.scope, analysis)] : condition;
}

function joinedColumns(
  left: RowsMeaning,
  right: RowsMeaning,
  merged: ReadonlyMap<string, Term>,
  { fold, terms }: Analysis,
): Pick<RowsMeaning, 'columns' | 'open'> {
  const columns: ColumnMeaning[] = [
    ...left.columns.map((column) => ({ ...column, value: merged.get(fold(column.name)) ?? column.value })),
    ...right.columns.map((column) => (merged.has(fold(column.name)) ? { ...column, hidden: true } : column)),
  ];
  const opens = [left.open, right.open].filter((open) => open !== null);
  const open = (name: string): Term => {
    const found = opens.map((each) => each(name));
    return found.length === 1 ? (found[0] as Term) : terms.of('either', found);
  };
  return { columns, open: opens.length === 0 ? null : open };
}

const sharedNames = (left: RowsMeaning, right: RowsMeaning, { fold }: Analysis): readonly string[] => {
  const own = new Set(left.columns.filter(({ hidden }) => hidden !== true).map(({ name }) => fold(name)));
  const others = right.columns.filter(({ hidden }) => hidden !== true).map(({ name }) => fold(name));
  return others.filter((name) => own.has(name));
};

function columnOf(name: string, { rows, merged }: FromMeaning, { fold, terms, problems }: Analysis): Term {
  const known = merged.get(name) ?? rows.columns.find((column) => fold(column.name) === name)?.value;
  if (known !== undefined) return known;
  if (rows.open !== null) return rows.open(name);
  problems.push({
    code: 'COLUMN_UNKNOWN',
    message: `There is no column ${name} on both sides of USING.`,
    candidates: rows.columns.map((column) => column.name),
    at: null,
  });
  return terms.of(`unknown ${name}`, [rows.rows]);
}

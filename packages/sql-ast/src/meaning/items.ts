import type { Expression, SelectItem, Star } from '../tree.ts';
import { expressionMeaning, nothingSeen, type ExpressionContext, type Seen } from './expression.ts';
import type { FromMeaning } from './from.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { expressionName } from './names.ts';
import type { Aliases } from './scope.ts';
import type { Term } from './terms.ts';

/** One output column of a SELECT; a star over unknown columns is one item with `open`. */
export interface Item {
  readonly name: string;
  /** Whether the name is an alias of the author. */
  readonly written: boolean;
  readonly value: Term;
  readonly open: RowsMeaning['open'];
  readonly seen: Seen;
  /** Stands for the item where ORDER BY names it by its number. */
  readonly stands: Expression;
}

/** The items of a SELECT with stars expanded. An item sees the aliases of those before it. */
export function itemsMeaning(
  items: readonly SelectItem[],
  from: FromMeaning,
  context: ExpressionContext,
): readonly Item[] {
  const { fold } = context.analysis;
  const found: Item[] = [];
  const aliases: Aliases = {
    first: false,
    find: (name) => found.find((item) => item.written && fold(item.name) === name)?.value,
  };
  for (const item of items) {
    const seen = nothingSeen();
    const own: ExpressionContext = { ...context, seen, scope: { ...context.scope, aliases } };
    found.push(...itemMeaning(item, from, own));
  }
  return found;
}

function itemMeaning({ alias, expression }: SelectItem, from: FromMeaning, context: ExpressionContext): readonly Item[] {
  const star = expression.kind === 'star' ? expression : starWithin(expression);
  if (star === null) {
    const value = expressionMeaning(expression, context);
    const name = alias ?? expressionName(expression, context);
    return [{ name, written: alias !== null, value, open: null, seen: context.seen, stands: standIn() }];
  }
  const expanded = expandStar(star, from, context);
  return expanded.flatMap(({ name, value, open }): readonly Item[] => {
    const inner = { ...context, star: value };
    const whole = expression === star ? value : expressionMeaning(expression, inner);
    return [{ name: alias ?? name, written: alias !== null, value: whole, open, seen: context.seen, stands: standIn() }];
  });
}

/** An expression of its own identity; what it means is looked up by that. */
const standIn = (): Expression => ({ kind: 'parameter', name: 'item', span: null });

/** COLUMNS(…) inside an expression makes an item for each column. */
function starWithin(piece: unknown): Star | null {
  if (Array.isArray(piece)) {
    for (const each of piece) {
      const found = starWithin(each);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof piece !== 'object' || piece === null) return null;
  const node = piece as Expression;
  if (node.kind === 'star') return node.columns && !node.unpacked ? node : null;
  // The stars of a subquery are its own.
  if (node.kind === 'subquery') return starWithin(node.operand);
  return starWithin(Object.values(piece));
}

interface Expanded {
  readonly name: string;
  readonly value: Term;
  readonly open: RowsMeaning['open'];
}

function expandStar(star: Star, from: FromMeaning, context: ExpressionContext): readonly Expanded[] {
  const { analysis, seen, scope } = context;
  const { fold, terms } = analysis;
  const sources = star.relation === null ? [from.rows] : qualifiedRows(star.relation, from, context);
  if (sources.length === 0 && star.relation !== null) {
    analysis.problems.push({
      code: 'RELATION_UNKNOWN',
      message: `There is nothing called ${star.relation.join('.')} in FROM.`,
      candidates: scope.entries.flatMap(({ name }) => name?.at(-1) ?? []),
      at: star.span?.start ?? null,
    });
    seen.opaque = true;
  }
  const excluded = new Set(star.exclude.map((path) => fold(path.at(-1) as string)));
  const replaced = new Map(star.replace.map(({ name, expression }) => [fold(name), expression]));
  const named = new Map(star.rename.map(({ from: path, to }) => [fold(path.at(-1) as string), to]));
  // EXCLUDE (t.a) leaves the a of another table; which it is, is not followed.
  const isSimple = [...star.exclude, ...star.rename.map(({ from: path }) => path)].every((path) => path.length === 1);
  const chosen = choice(star, context);
  if (!isSimple || chosen === null) {
    seen.opaque = true;
    analysis.opaque.add('a star with a choice of columns that is not followed');
  }
  const isAll = star.relation !== null;
  const columns = sources.flatMap((rows) => rows.columns.filter(({ hidden }) => isAll || hidden !== true));
  const listed = columns
    .filter(({ name }) => !excluded.has(fold(name)) && (chosen === null || chosen(name)))
    .map(({ name, value }: ColumnMeaning): Expanded => {
      const other = replaced.get(fold(name));
      return {
        name: named.get(fold(name)) ?? name,
        value: other === undefined ? value : expressionMeaning(other, context),
        open: null,
      };
    });
  const opens = sources.flatMap(({ open }) => (open === null ? [] : [open]));
  if (opens.length === 0) return listed;
  if (star.filter !== null || star.rename.length > 0) seen.opaque = true;
  const renamed = new Map(star.rename.map(({ from: path, to }) => [fold(to), fold(path.at(-1) as string)]));
  const open = (name: string): Term => {
    const before = renamed.get(name);
    // Which of the two is meant depends on columns that nobody listed.
    const found = opens.flatMap((each) => (before === undefined ? [each(name)] : [each(before), each(name)]));
    const other = replaced.get(fold(name));
    if (other !== undefined) return expressionMeaning(other, context);
    const label = name === '*' ? JSON.stringify([[...excluded], [...replaced.keys()], [...named]]) : '';
    return found.length === 1 && label.length <= 10 ? (found[0] as Term) : terms.of(`star ${label}`, found);
  };
  return [...listed, { name: '*', value: open('*'), open }];
}

function qualifiedRows(path: readonly string[], from: FromMeaning, { analysis, scope }: ExpressionContext): readonly RowsMeaning[] {
  const wanted = path.map(analysis.fold);
  const matching = scope.entries.filter(({ name }) => name !== null && wanted.every((part, index) => part === name[name.length - wanted.length + index]));
  return matching.slice(0, 1).map(({ rows }) => rows);
}

/** Which columns the filter of COLUMNS(…) takes; null: it cannot be told here. */
function choice({ filter, columns }: Star, { analysis }: ExpressionContext): ((name: string) => boolean) | null {
  if (filter === null) return () => true;
  // Only patterns that every engine of regular expressions reads alike.
  if (columns && filter.kind === 'literal' && filter.type === 'VARCHAR' && /^[\w .*+^$|()]*$/u.test(filter.value)) {
    const pattern = new RegExp(filter.value, 'u');
    return (name) => pattern.test(name);
  }
  if (columns && filter.kind === 'call' && filter.name === 'list_value') {
    const names = filter.arguments.map(({ value }) => (value.kind === 'literal' ? analysis.fold(value.value) : null));
    if (names.every((name) => name !== null)) return (name) => names.includes(analysis.fold(name));
  }
  return null;
}


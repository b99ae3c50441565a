import type { Expression, Star } from '../tree.ts';
import type { ExpressionContext, FromMeaning } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { isBoundIn, resolveName } from './scope.ts';
import type { Term } from './terms.ts';

/** A column that a star stands for; with `open` those that nobody can list. */
export interface Expanded {
  readonly name: string;
  readonly value: Term;
  readonly open: RowsMeaning['open'];
}

/** The first star in a piece of the tree; those of a subquery are its own. */
export function starWithin(piece: unknown): Star | null {
  if (Array.isArray(piece)) {
    for (const each of piece) {
      const found = starWithin(each);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof piece !== 'object' || piece === null) return null;
  const node = piece as Expression;
  if (node.kind === 'star') return node;
  if (node.kind === 'subquery') return starWithin(node.operand);
  return starWithin(Object.values(piece));
}

/** The columns that a star stands for; null: it cannot be told which. */
export function expandStar(
  star: Star,
  from: FromMeaning,
  context: ExpressionContext,
): readonly Expanded[] | null {
  const { fold } = context.analysis;
  // EXCLUDE (t.a) leaves the a of another table; which it is, is not followed.
  const isSimple = [...star.exclude, ...star.rename.map(({ from: path }) => path)].every(
    (path) => path.length === 1,
  );
  const chosen = choice(star, context);
  if (!isSimple || chosen === null) return null;
  const fields = star.relation === null ? null : structFields(star.relation, context);
  if (fields !== null)
    return star.exclude.length + star.replace.length + star.rename.length > 0 ? null : [fields];
  const sources = star.relation === null ? [from.rows] : qualifiedRows(star.relation, context);
  const edits = editsOf(star, context);
  const listed = sources
    .flatMap(({ columns }) => columns.filter(({ hidden }) => star.relation !== null || hidden !== true))
    .filter(({ name }) => chosen(name))
    .flatMap(({ name, value }: ColumnMeaning): readonly Expanded[] => {
      const edited = edits.of(fold(name), name, value);
      return edited === null ? [] : [{ ...edited, open: null }];
    });
  const opens = sources.flatMap(({ open }) => (open === null ? [] : [open]));
  if (opens.length === 0) return listed;
  if (star.filter !== null || star.rename.length > 0) context.seen.opaque = true;
  const open = edits.open(opens);
  return [...listed, { name: '*', value: open('*'), open }];
}

interface Edits {
  /** A column after EXCLUDE, REPLACE and RENAME; null: it is left out. */
  readonly of: (
    folded: string,
    name: string,
    value: Term,
  ) => { readonly name: string; readonly value: Term } | null;
  /** The same for columns that nobody can list. */
  readonly open: (opens: readonly NonNullable<RowsMeaning['open']>[]) => (name: string) => Term;
}

function editsOf(star: Star, context: ExpressionContext): Edits {
  const { fold, terms } = context.analysis;
  const excluded = new Set(star.exclude.map((path) => fold(path.at(-1) as string)));
  const replaced = new Map(star.replace.map(({ name, expression }) => [fold(name), expression]));
  const named = new Map(star.rename.map(({ from: path, to }) => [fold(path.at(-1) as string), to]));
  const done = new Set<string>();
  return {
    of: (folded, name, value) => {
      const other = replaced.get(folded);
      // Of several columns of one name REPLACE leaves only the first.
      if (excluded.has(folded) || done.has(folded)) return null;
      if (other === undefined) return { name: named.get(folded) ?? name, value };
      done.add(folded);
      return { name: named.get(folded) ?? name, value: expressionMeaning(other, context) };
    },
    open: (opens) => {
      const isEdited = excluded.size + replaced.size + named.size > 0;
      const earlier = new Map([...named].map(([from, to]) => [fold(to), [from]]));
      const label = isEdited ? JSON.stringify([[...excluded], [...replaced.keys()], [...named]]) : '';
      const others = (): readonly Term[] =>
        [...replaced.values()].map((each) => expressionMeaning(each, context));
      return (name) => {
        const other = replaced.get(name);
        if (other !== undefined) return expressionMeaning(other, context);
        // Whether a new name or an old one is meant depends on columns that nobody listed: both count.
        const found = [...(earlier.get(name) ?? []), name].flatMap((each) => opens.map((open) => open(each)));
        if (name === '*' && isEdited) return terms.of(`star ${label}`, [...found, ...others()]);
        return found.length === 1 ? (found[0] as Term) : terms.of('star', found);
      };
    },
  };
}

/** `s.*` where `s` is a column that holds structs. */
function structFields(path: readonly string[], context: ExpressionContext): Expanded | null {
  const { analysis, scope } = context;
  if (entriesNamed(path, context).length > 0) return null;
  const isColumn = isBoundIn(path, scope, analysis);
  if (!isColumn) {
    analysis.problems.push({
      code: 'RELATION_UNKNOWN',
      message: `There is nothing called ${path.join('.')} in FROM.`,
      candidates: scope.entries.flatMap(({ name }) => name?.at(-1) ?? []),
      at: null,
    });
    context.seen.opaque = true;
    return null;
  }
  const value = resolveName(path, scope, analysis, null);
  return { name: '*', value, open: (name) => analysis.terms.of(`field ${JSON.stringify([name])}`, [value]) };
}

const entriesNamed = (
  path: readonly string[],
  { analysis, scope }: ExpressionContext,
): readonly RowsMeaning[] => {
  const wanted = path.map(analysis.fold);
  return scope.entries
    .filter(
      ({ name }) =>
        name !== null && wanted.every((part, index) => part === name[name.length - wanted.length + index]),
    )
    .map(({ rows }) => rows);
};

const qualifiedRows = (path: readonly string[], context: ExpressionContext): readonly RowsMeaning[] =>
  entriesNamed(path, context).slice(0, 1);

/** Which columns the filter of COLUMNS(…) takes; null: it cannot be told here. */
function choice({ filter }: Star, { analysis }: ExpressionContext): ((name: string) => boolean) | null {
  if (filter === null) return () => true;
  if (filter.kind === 'literal' && filter.type === 'VARCHAR') return matching(filter.value);
  if (filter.kind !== 'call' || filter.name !== 'list_value') return null;
  const values = filter.arguments.map(({ value }) => value);
  if (!values.every((value) => value.kind === 'literal')) return null;
  const names = new Set(values.map(({ value }) => analysis.fold(value)));
  return (name) => names.has(analysis.fold(name));
}

/** Only patterns that every engine of regular expressions reads alike. */
function matching(text: string): ((name: string) => boolean) | null {
  if (!/^[\w .^$|]*(?:\.\*[\w .^$|]*)*$/u.test(text)) return null;
  const pattern = new RegExp(text, 'u');
  return (name) => pattern.test(name);
}

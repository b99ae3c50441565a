import type { Cte, OpaqueQuery, Query, QueryParts, RecursiveUnion, TableRelation } from '../tree.ts';
import type { Analysis } from './analysis.ts';
import { expressionMeaning, nothingSeen, orderMeaning, type ExpressionContext } from './expression.ts';
import { renamed } from './from.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { wholeOf, wholeScope, type Scope } from './scope.ts';
import { selectMeaning } from './select.ts';
import { setOperationMeaning } from './set-operation.ts';
import type { Term } from './terms.ts';

/** CTEs in reach, by folded name. */
export type CteScope = ReadonlyMap<string, RowsMeaning>;

/** Where a query stands: what is around it. */
export interface QueryContext {
  readonly outer: Scope | null;
  readonly ctes: CteScope;
  readonly analysis: Analysis;
}

/** What the rows of a query mean. Notes a block for every query in it. */
export function queryMeaning(query: Query, context: QueryContext): RowsMeaning {
  const { analysis } = context;
  // Inner blocks are noted before the outer one.
  const inner = { ...context, ctes: withCtes(query.ctes, context) };
  const meaning = bodyMeaning(query, inner);
  const unique = withUniqueNames(meaning, analysis);
  analysis.blocks.push(blockOf(unique, analysis));
  return unique;
}

function bodyMeaning(query: Query, context: QueryContext): RowsMeaning {
  switch (query.kind) {
    case 'select':
      return selectMeaning(query, context);
    case 'set-operation':
      return setOperationMeaning(query, context);
    case 'recursive-union':
      return recursiveMeaning(query, context);
    case 'opaque-query':
      return opaqueQueryMeaning(query, context);
  }
}

function withCtes(ctes: readonly Cte[], context: QueryContext): CteScope {
  if (ctes.length === 0) return context.ctes;
  const { analysis } = context;
  const known = new Map(context.ctes);
  for (const { name, columns, query } of ctes) {
    const rows = queryMeaning(query, { ...context, ctes: new Map(known) });
    known.set(analysis.fold(name), renamed(rows, columns, analysis));
  }
  return known;
}

/** Everything a reader of these rows could tell apart, spelling of the names included. */
const blockOf = ({ rows, columns, order, open }: RowsMeaning, { terms }: Analysis): Term =>
  terms.of(`block ${JSON.stringify(columns.map(({ name }) => name))}`, [
    rows,
    order,
    ...columns.map(({ value }) => value),
    ...(open === null ? [] : [open('*')]),
  ]);

/** A column whose name was taken gets a number, as the engine does it. */
function withUniqueNames(meaning: RowsMeaning, { fold, terms }: Analysis): RowsMeaning {
  const taken = new Set<string>();
  let isMended = false;
  const columns = meaning.columns.map((column): ColumnMeaning => {
    let name = column.name;
    for (let count = 1; taken.has(fold(name)); count += 1) name = `${column.name}_${count}`;
    taken.add(fold(name));
    if (name === column.name) return column;
    isMended = true;
    return { ...column, name };
  });
  if (!isMended) return meaning;
  const rows = terms.of(
    'rows with repeated names',
    [meaning.rows, terms.of(JSON.stringify(columns.map(({ name }) => name)), columns.map(({ value }) => value))],
  );
  return { ...meaning, rows, columns };
}

/**
 * Applies ORDER BY, LIMIT and OFFSET to rows. `terms` of ORDER BY are bound by `context`.
 *
 * @param also What else decides which rows a LIMIT leaves: the columns under DISTINCT ON.
 */
export function limited(
  rows: RowsMeaning,
  { orderBy, limit, offset }: Pick<QueryParts, 'orderBy' | 'limit' | 'offset'>,
  context: ExpressionContext,
): RowsMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  const by = orderBy.map((term) => orderMeaning(term, context));
  const order = by.length === 0 ? rows.order : terms.of('ordered', [...by, rows.order]);
  if (limit === null && offset === null) return { ...rows, order };
  analysis.unstable.add(
    by.length === 0 ? 'LIMIT without ORDER BY' : 'which of the rows with equal keys a LIMIT keeps is left to the engine',
  );
  const bounds = [
    terms.of(`limit ${limit?.percent ?? ''}`, limit === null ? [] : [expressionMeaning(limit.count, context)]),
    terms.of('offset', offset === null ? [] : [expressionMeaning(offset, context)]),
  ];
  return { ...rows, rows: terms.of('limited', [rows.rows, order, ...bounds]), order };
}


/** A CTE that reads itself: every column may depend on every other by way of the rows. */
function recursiveMeaning(query: RecursiveUnion, context: QueryContext): RowsMeaning {
  const { analysis, ctes } = context;
  const { terms } = analysis;
  const start = queryMeaning(query.start, context);
  const self: RowsMeaning = {
    rows: terms.of(`rows of itself ${analysis.fold(query.name)}`),
    columns: start.columns.map(({ name }, index) => ({ name, value: terms.of(`itself ${index}`) })),
    order: terms.of('no order'),
    open: start.open === null ? null : (name) => terms.of(`itself ${name}`),
  };
  const step = queryMeaning(query.step, {
    ...context,
    ctes: new Map(ctes).set(analysis.fold(query.name), self),
  });
  const all = [wholeOf(start, analysis), wholeOf(step, analysis)];
  const key = query.key.map((expression) => terms.of(analysis.keyOf(expression)));
  const itself = self.columns.map(({ value }) => value);
  /** The columns that one column is computed from, round by round. */
  const feeding = (index: number): readonly number[] => {
    const found = new Set([index]);
    for (const each of found) {
      const next = step.columns[each]?.value;
      const reached = next === undefined ? [] : terms.reached(next, new Set(itself));
      for (const term of reached) found.add(itself.indexOf(term));
    }
    return [...found].toSorted((a, b) => a - b);
  };
  const valuesOf = (index: number): readonly Term[] =>
    [start, step].flatMap(({ columns }) => columns[index]?.value ?? []);
  analysis.opaque.add('a recursive query');
  return {
    rows: terms.of(`recursive ${query.all}`, [...all, ...key]),
    columns: start.columns.map(({ name }, index) => ({
      name,
      value: terms.of(`recursive column ${index}`, feeding(index).flatMap(valuesOf)),
    })),
    order: terms.of('no order'),
    open: start.open === null ? null : (name) => terms.of(`recursive column ${name}`, all),
  };
}

function opaqueQueryMeaning(query: OpaqueQuery, context: QueryContext): RowsMeaning {
  const { analysis, outer } = context;
  const { terms } = analysis;
  analysis.opaque.add(query.reason);
  const inputs = opaqueInputs(query.tables, context);
  const around = outer === null ? [] : wholeScope(outer, analysis);
  const rows = terms.of(`opaque ${JSON.stringify(query.text)}`, [...inputs, ...around]);
  return {
    rows,
    columns: [],
    order: rows,
    open: (name) => terms.of(`opaque column ${name}`, [rows]),
  };
}

/** A column of something that the query does not name as a table: of a file, or of any table there is. */
export const outside = (column: string, { terms }: Analysis): Term => terms.source({ table: '?', column }, null);

/** Everything that the tables of an unread piece hold; where they are not known, everything there is. */
export function opaqueInputs(tables: readonly TableRelation[] | null, context: QueryContext): readonly Term[] {
  const { analysis, ctes } = context;
  if (tables === null) return [analysis.terms.fresh('unknown inputs', [outside('*', analysis)])];
  return [
    ...tables.map(({ name }) => {
      const known = analysis.table(name);
      return known === null
        ? analysis.terms.source({ table: name.map(analysis.fold).join('.'), column: '*' }, null)
        : wholeOf(known, analysis);
    }),
    ...[...ctes.values()].map((rows) => wholeOf(rows, analysis)),
  ];
}

/** The context of an expression that is in no SELECT: a LIMIT of a set operation. */
export const bareContext = (
  scope: Scope,
  { ctes, analysis }: QueryContext,
  over: Term,
  order: Term,
): ExpressionContext => ({
  scope,
  ctes,
  analysis,
  over,
  windowOver: over,
  order,
  input: null,
  star: null,
  seen: nothingSeen(),
});

import type {
  Call,
  Expression,
  FunctionRelation,
  JoinRelation,
  Relation,
  TableRelation,
  ValuesRelation,
} from '../tree.ts';
import type { Analysis, ExpressionContext, FromMeaning, QueryContext, Scope } from './analysis.ts';
import { expressionMeaning, nothingSeen } from './expression.ts';
import type { ColumnMeaning, RowsMeaning } from './meaning.ts';
import { pivotMeaning, unpivotMeaning } from './pivot.ts';
import { opaqueInputs, outside } from './opaque.ts';
import { scopeOf, wholeOf, wholeScope } from './scope.ts';
import type { Term } from './terms.ts';

/** Where a relation stands: `left` is what stands to its left, which it may refer to. */
interface FromContext extends QueryContext {
  readonly left: Pick<FromMeaning, 'entries' | 'merged'>;
  /** Counts the relations; null where there is only one, which then needs no number. */
  readonly count: { next: number } | null;
}

/** What stands behind FROM; nothing gives one row without columns. */
export function fromMeaning(relation: Relation | null, context: QueryContext): FromMeaning {
  const { terms } = context.analysis;
  if (relation === null) {
    const rows = { rows: terms.of('one row'), columns: [], order: terms.of('no order'), open: null };
    return { entries: [], merged: new Map(), rows };
  }
  const count = leaves(relation) > 1 ? { next: 0 } : null;
  return relationMeaning(relation, { ...context, left: { entries: [], merged: new Map() }, count });
}

const leaves = (relation: Relation): number =>
  relation.kind === 'join' ? leaves(relation.left) + leaves(relation.right) : 1;

function relationMeaning(relation: Relation, context: FromContext): FromMeaning {
  const { analysis } = context;
  if (relation.kind === 'join') {
    const joined = joinMeaning(relation, context);
    if (relation.alias === null) return joined;
    const rows = renamed(joined.rows, relation.columns, analysis);
    return { entries: [{ name: [analysis.fold(relation.alias)], rows }], merged: new Map(), rows };
  }
  const plain = leafMeaning(relation, context);
  const sampled = relation.sample === null ? plain : sampledRows(plain, relation.sample.text, analysis);
  const rows = placed(renamed(sampled, relation.columns, analysis), context);
  return { entries: [{ name: nameOf(relation, analysis), rows }], merged: new Map(), rows };
}

function leafMeaning(relation: Exclude<Relation, JoinRelation>, context: FromContext): RowsMeaning {
  switch (relation.kind) {
    case 'table':
      return tableMeaning(relation, context);
    case 'derived':
      return context.analysis.query(relation.query, { ...context, outer: leftScope(context) });
    case 'table-function':
      return functionMeaning(relation, context);
    case 'values':
      return valuesMeaning(relation, context);
    case 'pivot':
      return pivotMeaning(relation, fromMeaning(relation.source, context), expressionContext(context));
    case 'unpivot':
      return unpivotMeaning(relation, fromMeaning(relation.source, context), context.analysis);
    case 'opaque-relation': {
      const { analysis } = context;
      analysis.opaque.add(relation.reason);
      const around = wholeScope(leftScope(context), analysis);
      return openRows(
        analysis.terms.of(`opaque ${JSON.stringify(relation.text)}`, [
          ...opaqueInputs(relation.tables, context),
          ...around,
        ]),
        analysis,
      );
    }
  }
}

/** Rows of which only the whole is known. */
const openRows = (rows: Term, { terms }: Analysis): RowsMeaning => ({
  rows,
  columns: [],
  order: rows,
  open: (name) => terms.of(`output ${JSON.stringify(name)}`, [rows]),
});

const nameOf = (relation: Exclude<Relation, JoinRelation>, { fold }: Analysis): readonly string[] | null => {
  if (relation.alias !== null) return [fold(relation.alias)];
  if (relation.kind === 'table') return relation.name.map(fold);
  return relation.kind === 'table-function' && relation.call.kind === 'call' ? [relation.call.name] : null;
};

/** A relation beside others: its columns are told apart from theirs, also when it is the same table twice. */
function placed(meaning: RowsMeaning, { count, analysis: { terms } }: FromContext): RowsMeaning {
  if (count === null) return meaning;
  const place = `from ${count.next}`;
  count.next += 1;
  return {
    ...meaning,
    columns: meaning.columns.map((column) => ({ ...column, value: terms.marked(place, column.value) })),
    open: openThen(meaning.open, (value) => terms.marked(place, value)),
  };
}

const openThen = (open: RowsMeaning['open'], then: (value: Term) => Term): RowsMeaning['open'] =>
  open === null ? null : (name) => then(open(name));

/** Gives the first columns other names. */
export function renamed(
  meaning: RowsMeaning,
  names: readonly string[],
  { terms, problems }: Analysis,
): RowsMeaning {
  if (names.length === 0) return meaning;
  const { columns, open, rows } = meaning;
  if (names.length > columns.length && open === null) {
    problems.push({
      code: 'COLUMNS_MISMATCH',
      message: `There are ${names.length} names for ${columns.length} columns.`,
      candidates: [],
      at: null,
    });
  }
  return {
    ...meaning,
    columns: [
      ...names.map((name, index) => ({
        name,
        // Which column of an unknown list it is depends on the whole list.
        value:
          (open === null ? columns[index]?.value : undefined) ??
          terms.of(`column ${index} of`, [
            rows,
            ...columns.map(({ value }) => value),
            ...(open === null ? [] : [open('*')]),
          ]),
      })),
      ...columns.slice(names.length),
    ],
  };
}

/** Nobody can tell which rows a sample takes. */
export function sampledRows(meaning: RowsMeaning, sample: string, analysis: Analysis): RowsMeaning {
  analysis.unstable.add('SAMPLE takes other rows each time');
  const rows = analysis.terms.fresh(`sample ${sample}`, [wholeOf(meaning, analysis)]);
  return { ...meaning, rows };
}

function tableMeaning(
  relation: Pick<TableRelation, 'name' | 'at'>,
  { analysis, ctes }: FromContext,
): RowsMeaning {
  const { terms, fold } = analysis;
  const { name, at } = relation;
  const cte = name.length === 1 ? ctes.get(fold(name[0] as string)) : undefined;
  const known = cte ?? analysis.table(name) ?? openTable(name, analysis);
  return at === null ? known : { ...known, rows: terms.of(`at ${at}`, [known.rows]) };
}

/** A table of which nothing is known but its name. */
export function openTable(
  name: readonly string[],
  { terms, fold }: Pick<Analysis, 'terms' | 'fold'>,
): RowsMeaning {
  const table = name.map(fold).join('.');
  return {
    rows: terms.of(`table ${JSON.stringify(table)}`),
    columns: [],
    order: terms.of(`order of ${JSON.stringify(table)}`),
    open: (column) => terms.source({ table, column }, null),
  };
}

const leftScope = ({ left: { entries, merged }, outer }: FromContext): Scope =>
  scopeOf(entries, outer, merged);

function expressionContext(context: FromContext, scope: Scope = leftScope(context)): ExpressionContext {
  const { analysis, ctes } = context;
  const none = analysis.terms.of('no order');
  const over = analysis.terms.of('from');
  return { scope, ctes, analysis, over, order: none, input: null, star: null, seen: nothingSeen() };
}

/** The names that the engine gives to the one column of these functions. */
const OWN_COLUMN = new Set(['unnest', 'range', 'generate_series']);

/** Functions whose rows come from their arguments alone. */
const OF_ARGUMENTS = new Set([
  ...OWN_COLUMN,
  'generate_subscripts',
  'json_each',
  'json_tree',
  'regexp_split_to_table',
  'repeat',
  'repeat_row',
]);

/** Functions that may read any table. */
const OF_TABLES = new Set([
  'histogram',
  'histogram_values',
  'json_execute_serialized_sql',
  'query',
  'query_table',
  'ref',
  'seq_scan',
  'summary',
]);

function functionMeaning(
  { call, withOrdinality, columns }: FunctionRelation,
  context: FromContext,
): RowsMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  if (call.kind !== 'call') return strangeRows(call, context);
  const named = tableNamedBy(call, context);
  if (named !== null && !withOrdinality) return tableMeaning({ name: named, at: null }, context);
  const inner = expressionContext(context);
  const given = callTerm(call, inner);
  const isKnown = analysis.functionKind(call.name) !== 'unknown';
  if (!isKnown || inner.seen.opaque) {
    analysis.opaque.add(`the function ${call.name} is not known`);
  }
  const own = OWN_COLUMN.has(call.name) ? call.name : null;
  const readsTables = !isKnown || OF_TABLES.has(call.name);
  if (isKnown && readsTables) analysis.opaque.add(`the function ${call.name} may read any table`);
  // What it reads may change without any text that changes.
  const value = readsTables ? terms.fresh('any table', [given, outside('*', analysis)]) : given;
  const around = isKnown && !inner.seen.opaque ? [] : wholeScope(inner.scope, analysis);
  const rows = terms.of(`table function ${withOrdinality}`, [value, ...around]);
  if (own !== null && !withOrdinality) {
    const name = columns[0] ?? own;
    return { rows, columns: [{ name, value: terms.of('output', [value]) }], order: rows, open: null };
  }
  const isOutside = !isKnown || !OF_ARGUMENTS.has(call.name);
  const output = (name: string | number): Term =>
    terms.of(`output ${name}`, [
      value,
      ...(isOutside ? [outside(typeof name === 'string' ? name : '*', analysis)] : []),
    ]);
  return {
    rows,
    columns: columns.map((name, index) => ({ name, value: output(index) })),
    order: rows,
    open: output,
  };
}

/** What stands in FROM like a function and is none. */
function strangeRows(call: Expression, context: FromContext): RowsMeaning {
  const { analysis } = context;
  analysis.opaque.add('a table function that is no call');
  const inputs = [...opaqueInputs(null, context), ...wholeScope(leftScope(context), analysis)];
  return openRows(analysis.terms.of(`opaque ${analysis.keyOf(call)}`, inputs), analysis);
}

/** `ref('transform.orders')` and `query_table('orders')` are the table that they name. */
function tableNamedBy(
  { name, arguments: [first, ...others] }: Call,
  { analysis, ctes }: FromContext,
): readonly string[] | null {
  const value = first?.value;
  if (others.length > 0 || value?.kind !== 'literal' || value.type !== 'VARCHAR') return null;
  const dot = value.value.indexOf('.');
  if (name === 'ref' && dot > 0) return [value.value.slice(0, dot).trim(), value.value.slice(dot + 1).trim()];
  const isPlain = name === 'query_table' && /^[a-z_]\w*(?:\.[a-z_]\w*){0,2}$/iu.test(value.value);
  return isPlain && !ctes.has(analysis.fold(value.value)) ? value.value.split('.') : null;
}

/** The call of a table function, whose own kind says nothing about the rows of the SELECT around it. */
function callTerm(call: Call, context: ExpressionContext): Term {
  const { terms, isVolatile, volatile } = context.analysis;
  const values = call.arguments.map(({ value }) => expressionMeaning(value, context));
  const label = `table call ${JSON.stringify([call.schema, call.name, call.arguments.map(({ name }) => name)])}`;
  if (!isVolatile(call.name)) return terms.of(label, values);
  volatile.add(call.name);
  return terms.fresh(label, values);
}

function valuesMeaning({ rows }: ValuesRelation, context: FromContext): RowsMeaning {
  const { terms } = context.analysis;
  const inner = expressionContext(context);
  const values = rows.map((row) => row.map((each) => expressionMeaning(each, inner)));
  const count = terms.of(`${rows.length} rows`);
  const first = values[0] as readonly Term[];
  return {
    rows: count,
    columns: first.map((_, index) => ({
      name: `col${index}`,
      value: terms.of(
        'values',
        values.flatMap((row) => row.slice(index, index + 1)),
        [count],
      ),
    })),
    order: terms.of('no order'),
    open: null,
  };
}

function joinMeaning(join: JoinRelation, context: FromContext): FromMeaning {
  const { analysis } = context;
  const { terms } = analysis;
  const left = relationMeaning(join.left, context);
  const beside = {
    entries: [...context.left.entries, ...left.entries],
    merged: new Map([...context.left.merged, ...left.merged]),
  };
  const right = relationMeaning(join.right, { ...context, left: beside });
  const names = join.natural ? sharedNames(left.rows, right.rows, analysis) : join.using.map(analysis.fold);
  const pairs = names.map((name) => ({
    name,
    pair: [left, right].map((side) => columnOf(name, side, analysis)),
  }));
  const entries = [...left.entries, ...right.entries];
  const merged = new Map([...left.merged, ...right.merged]);
  for (const { name, pair } of pairs) merged.set(name, terms.of('using', pair));
  const around = leftScope(context);
  // What stands left of the whole join can be seen from its condition, as from a subquery.
  const scope = scopeOf(entries, context.left.entries.length === 0 ? context.outer : around, merged);
  const inner = expressionContext(context, scope);
  const on = join.on === null ? [] : [expressionMeaning(join.on, inner)];
  const isOpenNatural = join.natural && (left.rows.open !== null || right.rows.open !== null);
  if (join.type === 'positional' || isOpenNatural || inner.seen.opaque) {
    on.push(wholeOf(left.rows, analysis), wholeOf(right.rows, analysis));
  }
  const rows = terms.of(`join ${join.type} ${join.asof}`, [
    left.rows.rows,
    right.rows.rows,
    ...on,
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
  const both = joinedColumns(
    left.rows,
    right.rows,
    new Map(pairs.map(({ name }) => [name, merged.get(name) as Term])),
    analysis,
  );
  return { entries, merged, rows: { rows, order, ...both } };
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

import type { Call, Expression, FunctionRelation } from '../tree.ts';
import type { ExpressionContext } from './analysis.ts';
import { expressionMeaning } from './expression.ts';
import { expressionContext, leftScope, type FromContext } from './from-context.ts';
import type { RowsMeaning } from './meaning.ts';
import { opaqueInputs, outside } from './opaque.ts';
import { wholeScope } from './scope.ts';
import { openRows, tableMeaning } from './tables.ts';
import type { Term } from './terms.ts';

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

/** A function in FROM: what it is given, which may stand to its left, decides its rows and values. */
export function functionMeaning(
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

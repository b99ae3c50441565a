import type { Expression, GroupBy, Query, Select, SetOperation } from '../tree.ts';
import { plainText } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { peek, readable, readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import { lowerCtes } from './lower-ctes.ts';
import { lowerModifiers } from './lower-modifiers.ts';
import { lowerSample } from './lower-sample.ts';
import type { Lowering } from './lowering.ts';
import { keywordSpan, querySpan, selectItemSpans } from './query-spans.ts';
import { locationsIn, tablesOf } from './tables-of.ts';

/** Any query; an `OpaqueQuery` where it holds something that is opaque and reads tables. */
export function lowerQuery(lowering: Lowering, node: Json): Query {
  return readable<Query>(
    () => readFields(node, (fields) => lowerNode(lowering, fields)),
    (reason) => ({
      kind: 'opaque-query',
      reason,
      text: plainText(node),
      tables: tablesOf(lowering, node),
      ctes: [],
      orderBy: [],
      limit: null,
      offset: null,
      span: lowering.spans.hull(...locationsIn(node).map((place) => lowering.spans.around(place))),
    }),
  );
}

function lowerNode(lowering: Lowering, fields: Fields): Query {
  const type = fields.text('type');
  switch (type) {
    case 'SELECT_NODE':
      return lowerSelect(lowering, fields);
    case 'SET_OPERATION_NODE':
      return lowerSetOperation(lowering, fields);
    case 'RECURSIVE_CTE_NODE':
      return lowerRecursion(lowering, fields);
    default:
      throw new Unreadable(`a query of type ${type}`);
  }
}

/** `{node, named_param_map}`; the map only numbers the parameters. */
export function lowerStatement(lowering: Lowering, json: Json): Query {
  return readFields(json, (fields) => {
    fields.list('named_param_map');
    return lowering.query(fields.take('node'));
  });
}

function lowerSelect(lowering: Lowering, fields: Fields): Select {
  const ctes = lowerCtes(lowering, fields);
  const { distinct, ...modifiers } = lowerModifiers(lowering, fields.list('modifiers'));
  const plain = fields.list('select_list').map((item) => lowering.aliased(item));
  const source = fields.take('from_table');
  const isEmpty = peek(source, 'type') === 'EMPTY';
  if (isEmpty) readFields(source, expectNothing);
  const from = isEmpty ? null : lowering.relation(source);
  const where = lowering.optional(fields.take('where_clause'));
  const groupBy = lowerGroupBy(lowering, fields);
  const having = lowering.optional(fields.take('having'));
  const qualify = lowering.optional(fields.take('qualify'));
  const sampled = fields.take('sample');
  const spans = selectItemSpans(lowering.spans, plain);
  const items = plain.map((item, at) => ({ ...item, span: spans[at] ?? null }));
  const sample = sampled === null ? null : lowerSample(sampled);
  const body = { distinct, items, from, where, groupBy, having, qualify, sample, ctes, ...modifiers };
  return { kind: 'select', ...body, span: querySpan(lowering.spans, body) };
}

function expectNothing(empty: Fields): void {
  empty.expect('type', 'EMPTY');
  empty.expect('alias', '');
  empty.expect('sample', null);
  empty.location();
}

function lowerGroupBy(lowering: Lowering, fields: Fields): GroupBy | null {
  const terms = lowering.expressions(fields.list('group_expressions'));
  const sets = fields.lists('group_sets').map((set) => set.map((term) => termIndex(term, terms)));
  const handling = fields.text('aggregate_handling');
  const span = keywordSpan(
    lowering.spans,
    'group',
    terms.map(({ span }) => span),
  );
  if (handling === 'FORCE_AGGREGATES' && terms.length === 0 && sets.length === 0) {
    return { all: true, terms, sets: null, span };
  }
  if (handling !== 'STANDARD_HANDLING') throw new Unreadable(`a query with ${handling}`);
  if (sets.length === 0 && terms.length === 0) return null;
  const isOne = sets.length === 1 && sets[0]!.length === terms.length;
  return { all: false, terms, sets: isOne ? null : sets, span };
}

function termIndex(json: Json, terms: readonly Expression[]): number {
  if (typeof json === 'number' && terms[json] !== undefined) return json;
  throw new Unreadable(`a grouping set of ${JSON.stringify(json)}`);
}

const setOperators = new Map<string, Pick<SetOperation, 'operator' | 'byName'>>([
  ['UNION', { operator: 'union', byName: false }],
  ['UNION_BY_NAME', { operator: 'union', byName: true }],
  ['EXCEPT', { operator: 'except', byName: false }],
  ['INTERSECT', { operator: 'intersect', byName: false }],
]);

function lowerSetOperation(lowering: Lowering, fields: Fields): SetOperation {
  const ctes = lowerCtes(lowering, fields);
  const modifiers = lowerModifiers(lowering, fields.list('modifiers'));
  const { operator, byName } = fields.word('setop_type', setOperators);
  const all = fields.flag('setop_all');
  const left = lowering.query(fields.take('left'));
  const right = lowering.query(fields.take('right'));
  // DuckDB makes one list of a chain of UNION, wherever its brackets stand, and writes that as a tree again.
  const branches = [left, right].flatMap((branch) =>
    operator === 'union' && isBareUnion(branch, all, byName) ? branch.branches : [branch],
  );
  const body = { operator, all, byName, ...modifiers, branches, ctes };
  return { kind: 'set-operation', ...body, span: querySpan(lowering.spans, body) };
}

const isBareUnion = (query: Query, all: boolean, byName: boolean): query is SetOperation =>
  query.kind === 'set-operation' &&
  query.operator === 'union' &&
  query.all === all &&
  query.byName === byName &&
  query.distinct === null &&
  query.ctes.length === 0 &&
  query.orderBy.length === 0 &&
  query.limit === null &&
  query.offset === null;

function lowerRecursion(lowering: Lowering, fields: Fields): Query {
  const ctes = lowerCtes(lowering, fields);
  const { distinct, ...modifiers } = lowerModifiers(lowering, fields.list('modifiers'));
  if (distinct !== null) throw new Unreadable('a recursion with DISTINCT');
  const name = fields.text('cte_name');
  const all = fields.flag('union_all');
  const start = lowering.query(fields.take('left'));
  const step = lowering.query(fields.take('right'));
  // The CTE has the same column names.
  fields.texts('aliases');
  const key = lowering.expressions(fields.list('key_targets'));
  const body = { name, all, key, start, step, ctes, ...modifiers };
  return {
    kind: 'recursive-union',
    ...body,
    span: querySpan(lowering.spans, { ...body, branches: [start, step] }),
  };
}

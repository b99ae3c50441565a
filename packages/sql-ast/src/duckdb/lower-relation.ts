import type { Expression, Query, Relation, Select, TableRelation, ValuesRelation } from '../tree.ts';
import { plainText } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { peek, readable, readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import { lowerPivot } from './lower-pivot.ts';
import { lowerJoin } from './lower-join.ts';
import { lowerSample } from './lower-sample.ts';
import type { Lowering, RelationParts } from './lowering.ts';
import { relationSpan } from './relation-span.ts';
import { locationsIn, tablesOf } from './tables-of.ts';

/** What stands behind FROM; an `OpaqueRelation`, with its tables, where it cannot be read. */
export function lowerRelation(lowering: Lowering, json: Json): Relation {
  return readable<Relation>(
    () => readFields(json, (fields) => lowerFields(lowering, fields)),
    (reason) => {
      const alias = peek(json, 'alias');
      const columns = peek(json, 'column_name_alias');
      return {
        kind: 'opaque-relation',
        reason,
        text: plainText(json),
        tables: tablesOf(lowering, json),
        alias: typeof alias === 'string' && alias !== '' ? alias : null,
        columns: Array.isArray(columns) ? columns.map(String) : [],
        sample: null,
        span: lowering.spans.hull(...locationsIn(json).map((place) => lowering.spans.around(place))),
      };
    },
  );
}

function lowerFields(lowering: Lowering, fields: Fields): Relation {
  const type = fields.text('type');
  const spelt = fields.text('alias');
  const sampled = fields.take('sample');
  const sample = sampled === null ? null : lowerSample(sampled);
  const alias = spelt === '' ? null : spelt;
  const location = fields.location();
  const { spans } = lowering;
  switch (type) {
    case 'BASE_TABLE':
      return lowerTable(lowering, fields, { alias, sample, location });
    case 'SUBQUERY': {
      const columns = fields.texts('column_name_alias');
      const written = lowering.statement(fields.take('subquery'));
      // DuckDB makes a query of a join in brackets that has a name, and places it where the join is.
      const isJoin = location !== null && written.kind === 'select';
      const query = isJoin ? { ...written, span: written.from?.span ?? null } : written;
      const span = relationSpan(spans, { location, alias, columns, sample, parts: [query.span] });
      const values = onlyValues(query);
      if (values !== null) return { ...values, alias, columns, sample, span };
      return { kind: 'derived', query, alias, columns, sample, span };
    }
    case 'TABLE_FUNCTION': {
      const columns = fields.texts('column_name_alias');
      const withOrdinality = fields.word('with_ordinality', ordinality);
      const call = tableFunction(lowering, fields.take('function'));
      const span = relationSpan(spans, { location, alias, columns, sample, parts: [call.span] });
      return { kind: 'table-function', call, withOrdinality, alias, columns, sample, span };
    }
    case 'EXPRESSION_LIST': {
      fields.expect('expected_types', []);
      const columns = fields.texts('expected_names');
      const rows = fields.lists('values').map((row) => lowering.expressions(row));
      const parts = rows.flat().map(({ span }) => span);
      const span = relationSpan(spans, { location, alias: null, columns: [], sample, parts });
      // DuckDB's own name for rows without one.
      return { kind: 'values', rows, alias: alias === 'valueslist' ? null : alias, columns, sample, span };
    }
    case 'JOIN':
      return lowerJoin(lowering, fields, { alias, sample, location });
    case 'PIVOT':
      return lowerPivot(lowering, fields, { alias, sample, location });
    case 'SHOW_REF':
      throw new Unreadable('DESCRIBE, SUMMARIZE or SHOW');
    default:
      throw new Unreadable(`a relation of type ${type}`);
  }
}

const ordinality = new Map([
  ['WITH_ORDINALITY', true],
  ['WITHOUT_ORDINALITY', false],
]);

function lowerTable(
  lowering: Lowering,
  fields: Fields,
  { alias, sample, location }: RelationParts,
): TableRelation {
  const name = ['catalog_name', 'schema_name', 'table_name']
    .map((key) => fields.text(key))
    .filter((part) => part !== '');
  const columns = fields.texts('column_name_alias');
  const clause = fields.take('at_clause');
  const at =
    clause === null
      ? null
      : readFields(
          clause,
          (clause) => `${clause.text('unit')} => ${pointInTime(lowering, clause.take('expr'))}`,
        );
  const span = relationSpan(lowering.spans, { location, alias, columns, sample, parts: [], name });
  return { kind: 'table', name, at, alias, columns, sample, span };
}

/** Only a constant: anything else could read tables. */
function pointInTime(lowering: Lowering, json: Json): string {
  const value = lowering.expression(json);
  if (value.kind !== 'literal') throw new Unreadable('AT with more than a constant');
  return `${value.type} ${value.value}`;
}

/** A named argument may be written as a comparison there: `sep = ','`. */
function tableFunction(lowering: Lowering, json: Json): Expression {
  const call = lowering.expression(json);
  if (call.kind !== 'call') return call;
  const values = call.arguments.map((given) => {
    const { name, value } = given;
    if (name !== null || value.kind !== 'operation' || value.operator !== '=') return given;
    const [left, right] = value.operands;
    if (left?.kind !== 'column' || left.path.length !== 1 || right === undefined) return given;
    return { name: left.path[0]!, value: right };
  });
  return { ...call, arguments: values };
}

/** `(VALUES …)` comes as `SELECT * FROM (VALUES …)`, with a star that stands nowhere. */
function onlyValues(query: Query): ValuesRelation | null {
  if (query.kind !== 'select' || query.from?.kind !== 'values') return null;
  const [item, ...others] = query.items;
  const isBare =
    item?.alias === null && others.length === 0 && isMadeUpStar(item.expression) && isPlain(query);
  const isNamed = query.from.alias !== null || query.from.columns.length > 0 || query.from.sample !== null;
  return isBare && !isNamed ? query.from : null;
}

const isMadeUpStar = (star: Expression): boolean =>
  star.kind === 'star' &&
  star.span === null &&
  star.relation === null &&
  star.filter === null &&
  !star.columns &&
  star.exclude.length + star.replace.length + star.rename.length === 0;

const isPlain = (query: Select): boolean =>
  query.distinct === null &&
  query.where === null &&
  query.groupBy === null &&
  query.having === null &&
  query.qualify === null &&
  query.ctes.length === 0 &&
  query.orderBy.length === 0 &&
  query.limit === null &&
  query.offset === null &&
  query.sample === null;

import type { PivotColumn, PivotEntry, PivotRelation, UnpivotRelation } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering, RelationParts } from './lowering.ts';
import { pivotSpan, relationSpan } from './relation-span.ts';
import { readValue } from './value-text.ts';

/** PIVOT and UNPIVOT, which DuckDB tells apart by what they hold. */
export function lowerPivot(
  lowering: Lowering,
  fields: Fields,
  { alias, sample, location }: RelationParts,
): PivotRelation | UnpivotRelation {
  const source = lowering.relation(fields.take('source'));
  const aggregates = fields.list('aggregates').map((json) => {
    const item = lowering.aliased(json);
    return { ...item, span: item.expression.span };
  });
  const valueNames = fields.texts('unpivot_names');
  const on = fields.list('pivots').map((json) => readFields(json, (pivot) => readColumn(lowering, pivot)));
  const groups = fields.texts('groups');
  const columns = fields.texts('column_name_alias');
  const includeNulls = fields.flag('include_nulls');
  const parts = [
    source.span,
    ...aggregates.map(({ span }) => span),
    ...on.flatMap(({ column }) => column.expressions.map(({ span }) => span)),
  ];
  parts.push(pivotSpan(lowering.spans, location));
  const span = relationSpan(lowering.spans, { location, alias, columns, sample, parts });
  const named = { source, alias, columns, sample, span };
  if (valueNames.length === 0) {
    if (includeNulls || on.some(({ names }) => names.length > 0))
      throw new Unreadable('a PIVOT with parts of UNPIVOT');
    const pivots = on.map(({ column }) => column);
    return { kind: 'pivot', aggregates, on: pivots, groups: groups.length === 0 ? null : groups, ...named };
  }
  const [only] = on;
  const [nameColumn, ...otherNames] = only?.names ?? [];
  const entries = only?.column.entries ?? null;
  const isPlain = on.length === 1 && otherNames.length === 0 && only!.column.expressions.length === 0;
  if (nameColumn === undefined || !isPlain || entries === null || aggregates.length + groups.length > 0) {
    throw new Unreadable('an UNPIVOT with more than one list of columns');
  }
  return { kind: 'unpivot', includeNulls, valueNames, nameColumn, entries, ...named };
}

interface Column {
  readonly column: PivotColumn;
  readonly names: readonly string[];
}

function readColumn(lowering: Lowering, pivot: Fields): Column {
  const expressions = lowering.expressions(pivot.list('pivot_expressions'));
  const names = pivot.texts('unpivot_names');
  const list = pivot.list('entries').map((json) => readFields(json, readEntry));
  const other = pivot.text('pivot_enum');
  const isList = other === '';
  if (isList !== list.length > 0) throw new Unreadable('a PIVOT without a list of values');
  const span = lowering.spans.hull(...expressions.map(({ span }) => span));
  return {
    column: { expressions, entries: isList ? list : null, other: isList ? null : other, span },
    names,
  };
}

function readEntry(fields: Fields): PivotEntry {
  if (fields.take('star_expr') !== null) throw new Unreadable('UNPIVOT of an expression');
  const alias = fields.text('alias');
  return { values: fields.list('values').map(entryText), alias: alias === '' ? null : alias };
}

/** A string as it is, anything else with its type: 2 is not '2'. */
function entryText(json: Json): string {
  const { type, value } = readValue(json);
  return type === 'VARCHAR' && !value.includes('::') ? value : `${value}::${type}`;
}

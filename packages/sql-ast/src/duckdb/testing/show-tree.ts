import type {
  Expression,
  Frame,
  FrameBound,
  Named,
  OrderTerm,
  PivotEntry,
  Query,
  Relation,
  SelectItem,
} from '../../tree.ts';

/** A tree on few lines, every field that says something in it: two trees that print alike are alike. */
export function show(query: Query): string {
  const { orderBy, limit, offset } = query;
  return [
    ...query.ctes.map(
      (cte) =>
        `with ${cte.name}${names(cte.columns)}${materialized(cte.materialized)} = {${show(cte.query)}}`,
    ),
    body(query),
    ...(orderBy.length > 0 ? [`order ${orderBy.map(order).join(', ')}`] : []),
    ...(limit ? [`limit ${expression(limit.count)}${limit.percent ? '%' : ''}`] : []),
    ...(offset ? [`offset ${expression(offset)}`] : []),
  ].join(' ');
}

const names = (list: readonly string[]): string => (list.length > 0 ? `(${list.join(' ')})` : '');
const materialized = (asked: boolean | null): string =>
  asked === null ? '' : asked ? ' materialized' : ' not materialized';
const list = (expressions: readonly Expression[]): string => expressions.map(expression).join(', ');
const order = ({ expression: by, descending, nullsFirst }: OrderTerm): string =>
  `${expression(by)}${descending ? ' desc' : ''}${nullsFirst === null ? '' : nullsFirst ? ' nulls first' : ' nulls last'}`;
const item = ({ alias, expression: value }: SelectItem): string =>
  `${expression(value)}${alias === null ? '' : ` as ${alias}`}`;

function body(query: Query): string {
  switch (query.kind) {
    case 'select': {
      const { distinct, from, where, groupBy, having, qualify, sample } = query;
      return [
        'select',
        ...(distinct ? [`distinct${distinct.on ? ` on (${list(distinct.on)})` : ''}`] : []),
        query.items.map(item).join(', '),
        ...(from ? [`from ${relation(from)}`] : []),
        ...(where ? [`where ${expression(where)}`] : []),
        ...(groupBy ? [`group ${groupBy.all ? 'all' : `by (${list(groupBy.terms)})`}`] : []),
        ...(groupBy?.sets ? [`sets ${JSON.stringify(groupBy.sets)}`] : []),
        ...(having ? [`having ${expression(having)}`] : []),
        ...(qualify ? [`qualify ${expression(qualify)}`] : []),
        ...(sample ? [`sample <${sample.text}>`] : []),
      ].join(' ');
    }
    case 'set-operation': {
      const how = `${query.all ? ' all' : ''}${query.byName ? ' by name' : ''}${query.distinct ? ' distinct' : ''}`;
      return `${query.operator}${how} ${query.branches.map((branch) => `{${show(branch)}}`).join(' ')}`;
    }
    case 'recursive-union':
      return `recursive ${query.name}${query.all ? ' all' : ''} key (${list(query.key)}) {${show(query.start)}} {${show(query.step)}}`;
    case 'opaque-query':
      return `OPAQUE ${query.reason} tables ${query.tables === null ? 'unknown' : query.tables.map(relation).join(' ')}`;
  }
}

const named = ({ alias, columns, sample }: Named): string =>
  `${alias === null ? '' : ` as ${alias}`}${names(columns)}${sample ? ` sample <${sample.text}>` : ''}`;
const entry = ({ values, alias }: PivotEntry): string =>
  `${values.join('+')}${alias === null ? '' : ` as ${alias}`}`;

function relation(from: Relation): string {
  return plainRelation(from) + named(from);
}

function plainRelation(from: Relation): string {
  switch (from.kind) {
    case 'table':
      return `${from.name.join('.')}${from.at === null ? '' : ` at <${from.at}>`}`;
    case 'derived':
      return `{${show(from.query)}}`;
    case 'table-function':
      return `rows of ${expression(from.call)}${from.withOrdinality ? ' with ordinality' : ''}`;
    case 'values':
      return `values ${from.rows.map((row) => `(${list(row)})`).join(' ')}`;
    case 'join': {
      const how = `${from.asof ? 'asof ' : ''}${from.natural ? 'natural ' : ''}${from.type}`;
      const on = `${from.using.length > 0 ? ` using ${names(from.using)}` : ''}${from.on ? ` on ${expression(from.on)}` : ''}`;
      return `[${relation(from.left)} ${how} ${relation(from.right)}${on}]`;
    }
    case 'pivot': {
      const on = from.on.map(
        (column) => `${list(column.expressions)} in ${column.entries?.map(entry).join(' ') ?? column.other}`,
      );
      return `pivot ${relation(from.source)} (${from.aggregates.map(item).join(', ')} for ${on.join('; ')} groups ${from.groups?.join(' ') ?? 'rest'})`;
    }
    case 'unpivot':
      return `unpivot ${relation(from.source)} (${from.valueNames.join('+')} for ${from.nameColumn} in ${from.entries.map(entry).join(' ')}${from.includeNulls ? ' with nulls' : ''})`;
    case 'opaque-relation':
      return `OPAQUE ${from.reason} tables ${from.tables === null ? 'unknown' : from.tables.map(relation).join(' ')}`;
  }
}

export function expression(node: Expression): string {
  switch (node.kind) {
    case 'column':
      return node.path.join('.');
    case 'literal':
      return `${node.type}:${node.value}`;
    case 'parameter':
      return `$${node.name}`;
    case 'position':
      return `#${node.index}`;
    case 'star': {
      const parts = [
        node.exclude.map((path) => path.join('.')).join(' '),
        node.replace.map(({ name, expression: value }) => `${name}=${expression(value)}`).join(' '),
        node.rename.map(({ from, to }) => `${from.join('.')}>${to}`).join(' '),
        node.filter ? expression(node.filter) : '',
      ];
      const head = `${node.unpacked ? '*' : ''}${node.columns ? 'columns' : ''}${node.relation ? `${node.relation.join('.')}.` : ''}*`;
      return parts.some((part) => part !== '') ? `${head}<${parts.join('|')}>` : head;
    }
    case 'call': {
      const values = node.arguments.map(
        ({ name, value }) => (name === null ? '' : `${name}:=`) + expression(value),
      );
      return [
        `${node.schema === null ? '' : `${node.schema}.`}${node.name}(${node.distinct ? 'distinct ' : ''}${values.join(', ')})`,
        ...(node.orderBy.length > 0 ? [`order (${node.orderBy.map(order).join(', ')})`] : []),
        ...(node.filter ? [`filter ${expression(node.filter)}`] : []),
        ...(node.nulls === null ? [] : [`${node.nulls} nulls`]),
        ...(node.exportState ? ['export_state'] : []),
        ...(node.over
          ? [
              `over (${list(node.over.partitionBy)}; ${node.over.orderBy.map(order).join(', ')}${node.over.frame ? `; ${frame(node.over.frame)}` : ''})`,
            ]
          : []),
      ].join(' ');
    }
    case 'operation':
      return `(${node.operator} ${list(node.operands)})`;
    case 'cast':
      return `${node.isTry ? 'try_' : ''}cast(${expression(node.operand)} as ${node.type})`;
    case 'case':
      return `case ${node.branches.map((branch) => `${expression(branch.when)} => ${expression(branch.then)}`).join(', ')} else ${expression(node.otherwise)}`;
    case 'subquery':
      return `${node.operand ? `${expression(node.operand)} ${node.operator} ` : ''}${node.form}{${show(node.query)}}`;
    case 'lambda':
      return `${node.parameters.join(' ')} -> ${expression(node.body)}`;
    case 'opaque-expression':
      return `OPAQUE<${node.reason}>`;
  }
}

const frame = ({ unit, start, end, exclude }: Frame): string =>
  `${unit} ${bound(start)} ${bound(end)}${exclude === null ? '' : ` exclude ${exclude}`}`;
const bound = ({ kind, distance }: FrameBound): string =>
  `${kind}${distance ? ` ${expression(distance)}` : ''}`;

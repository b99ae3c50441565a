import type { Star } from '../tree.ts';
import type { Fields } from './fields.ts';
import { readFields } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { starSpan } from './expression-spans.ts';

/** The lists come out of DuckDB's sets and maps, so their order says nothing: they are sorted. */
export function lowerStar(lowering: Lowering, fields: Fields, location: number | null): Star {
  const relation = fields.text('relation_name');
  const plain = fields.texts('exclude_list').map((name) => [name]);
  const exclude = [
    ...plain,
    ...fields.list('qualified_exclude_list').map((json) => readFields(json, columnPath)),
  ];
  const replace = fields.list('replace_list').map((json) =>
    readFields(json, (pair) => ({
      name: pair.text('key'),
      expression: lowering.expression(pair.take('value')),
    })),
  );
  const rename = fields.list('rename_list').map((json) =>
    readFields(json, (pair) => ({
      from: readFields(pair.take('key'), columnPath),
      to: pair.text('value'),
    })),
  );
  const columns = fields.flag('columns');
  const filter = lowering.optional(fields.take('expr'));
  const inside = [filter, ...replace.map(({ expression }) => expression)].map((part) => part?.span ?? null);
  return {
    kind: 'star',
    relation: relation === '' ? null : [relation],
    exclude: sortedBy(exclude, (path) => JSON.stringify(path)),
    replace: sortedBy(replace, ({ name }) => name),
    rename: sortedBy(rename, ({ from }) => JSON.stringify(from)),
    columns,
    unpacked: false,
    filter,
    span: starSpan(lowering.spans, location, inside),
  };
}

const columnPath = (name: Fields): readonly string[] =>
  ['catalog', 'schema', 'table', 'column'].map((key) => name.text(key)).filter((part) => part !== '');

const sortedBy = <T>(list: readonly T[], key: (item: T) => string): readonly T[] =>
  list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

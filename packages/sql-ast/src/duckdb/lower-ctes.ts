import type { Cte } from '../tree.ts';
import { plainText } from './exact-json.ts';
import type { Json } from './exact-json.ts';
import { peek, readFields, Unreadable } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { cteSpan } from './query-spans.ts';

const materialized = new Map<string, boolean | null>([
  ['CTE_MATERIALIZE_DEFAULT', null],
  ['CTE_MATERIALIZE_ALWAYS', true],
  ['CTE_MATERIALIZE_NEVER', false],
]);

/** The WITH clause, in its order. MATERIALIZED is read off the text: DuckDB does not tell. */
export function lowerCtes(lowering: Lowering, fields: Fields): readonly Cte[] {
  const entries = readFields(fields.take('cte_map'), (map) => map.list('map'));
  return entries.map((json) =>
    readFields(json, (entry) => {
      const name = entry.text('key');
      return readFields(entry.take('value'), (fields) => {
        const columns = fields.texts('aliases');
        const keys = fields.list('key_targets');
        const asked = fields.word('materialized', materialized);
        const statement = fields.take('query');
        if (!isRepeated(statement, columns, keys)) throw new Unreadable(`${name} with another recursion`);
        const query = lowering.statement(statement);
        const { span, written } = cteSpan(lowering.spans, name, query);
        return { name, columns, materialized: asked ?? written, query, span };
      });
    }),
  );
}

/** What a recursion needs of its CTE stands in its query again; nothing else has a key. */
function isRepeated(statement: Json, columns: readonly string[], keys: readonly Json[]): boolean {
  const node = peek(statement, 'node');
  if (peek(node, 'type') !== 'RECURSIVE_CTE_NODE') return keys.length === 0;
  const sameKeys = plainText(peek(node, 'key_targets')) === plainText(keys);
  return sameKeys && plainText(peek(node, 'aliases')) === plainText(columns);
}

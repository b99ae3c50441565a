import { foldCase } from '../keywords.ts';
import type { TableRelation } from '../tree.ts';
import type { Json } from './exact-json.ts';
import { peek } from './fields.ts';
import type { Lowering } from './lowering.ts';
import { relationSpan } from './relation-span.ts';

/** The tables that a node of DuckDB's reads, whatever else it holds: those its own WITH clauses make left out. */
export function tablesOf({ spans }: Pick<Lowering, 'spans'>, node: Json): readonly TableRelation[] {
  const found: TableRelation[] = [];
  const walk = (json: Json, known: ReadonlySet<string>): void => {
    if (json === null || typeof json !== 'object') return;
    if (peek(json, 'type') === 'BASE_TABLE') {
      const table = tableOf(spans, json);
      const [first, second] = table.name.map(foldCase);
      // What a recursion with a key has gathered so far is called recurring.name.
      const isGathered = table.name.length === 2 && first === 'recurring';
      const isCte = isGathered ? known.has(second!) : table.name.length === 1 && known.has(first!);
      if (!isCte) found.push(table);
    }
    // A CTE is known to those after it, and to itself where it is a recursion.
    let visible = known;
    const learn = (name: Json): void => {
      if (typeof name === 'string') visible = new Set([...visible, foldCase(name)]);
    };
    learn(peek(json, 'cte_name'));
    const ctes = peek(peek(json, 'cte_map'), 'map');
    for (const cte of Array.isArray(ctes) ? (ctes as readonly Json[]) : []) {
      walk(cte, visible);
      learn(peek(cte, 'key'));
    }
    for (const [key, value] of Object.entries(json)) if (key !== 'cte_map') walk(value, visible);
  };
  walk(node, new Set());
  return found;
}

function tableOf(spans: Lowering['spans'], json: Json): TableRelation {
  const parts = ['catalog_name', 'schema_name', 'table_name'].map((key) => peek(json, key));
  const name = parts.filter((part) => typeof part === 'string' && part !== '') as string[];
  const place = peek(json, 'query_location');
  const location = typeof place === 'number' ? place : null;
  const none = { alias: null, columns: [], sample: null };
  return {
    kind: 'table',
    name,
    at: null,
    ...none,
    span: relationSpan(spans, { location, ...none, parts: [], name }),
  };
}

/** Every place in the author's text that a node of DuckDB's and those below it give, in bytes. */
export function locationsIn(node: Json): readonly number[] {
  const found: number[] = [];
  JSON.stringify(node, (key, value: Json) => {
    if (key === 'query_location' && typeof value === 'number') found.push(value);
    return value;
  });
  return found;
}

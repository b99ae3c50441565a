import type { Session } from './session.ts';
import { quoteText } from './sql-text.ts';

/**
 * Names by which a SELECT reaches tables other than through its places: `transform.orders`, `ref(…)`. What
 * the engine cannot serialise (PIVOT) counts as one.
 */
export async function directReferences(
  session: Session,
  sql: string,
  places: readonly string[],
): Promise<readonly string[]> {
  const [text] = await session.row(`SELECT json_serialize_sql(${quoteText(sql)})::VARCHAR`);
  const tree = JSON.parse(String(text)) as { readonly error?: boolean };
  if (tree.error === true) return ['something that cannot be read'];
  const known = new Set([...places, '__THIS__'].map((place) => place.toLowerCase()));
  const found = new Set<string>();
  const tables: string[] = [];
  walk(tree, (node) => {
    if (node['type'] === 'BASE_TABLE') {
      const schema = node['schema_name'] as string;
      const table = node['table_name'] as string;
      if (schema === '') tables.push(table);
      else found.add(`${schema}.${table}`);
    }
    if (node['type'] === 'FUNCTION' && node['function_name'] === 'ref') found.add('ref(…)');
    // The map of common table expressions: their names hide tables.
    if (Array.isArray(node['map']))
      for (const { key } of node['map'] as { key?: unknown }[]) known.add(String(key).toLowerCase());
  });
  for (const table of tables) if (!known.has(table.toLowerCase())) found.add(table);
  return [...found].toSorted();
}

function walk(value: unknown, visit: (node: { readonly [key: string]: unknown }) => void): void {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next === null || typeof next !== 'object') continue;
    if (!Array.isArray(next)) visit(next as { readonly [key: string]: unknown });
    waiting.push(...(Array.isArray(next) ? (next as unknown[]) : Object.values(next)));
  }
}

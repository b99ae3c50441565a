import { parseSql } from './parse-sql.ts';
import type { Session } from './session.ts';

/** Part of a tree as DuckDB serialises it; of whoever asked for it, to change. */
export interface SerializedNode {
  [field: string]: unknown;
}

/** DuckDB's own reading of a text of SELECTs; null where it does not serialise it (PIVOT, anything that writes). */
export async function serializedSql(session: Session, sql: string): Promise<SerializedNode | null> {
  const [text] = await parseSql(session, [sql]);
  const tree = JSON.parse(String(text)) as SerializedNode;
  return tree['error'] === true ? null : tree;
}

/** Visits every object of a tree, whatever its depth. */
export function walkSerialized(tree: unknown, visit: (node: SerializedNode) => void): void {
  const waiting: unknown[] = [tree];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next === null || typeof next !== 'object') continue;
    if (!Array.isArray(next)) visit(next as SerializedNode);
    for (const part of Array.isArray(next) ? (next as unknown[]) : Object.values(next)) waiting.push(part);
  }
}

import type { Column, Json, JsonObject } from '@seeknal/manifest';

import { columnType, nearestType } from './column-types.ts';
import type { RawNode } from './raw-node.ts';

/**
 * The columns a node declares with a type, from `schema` or `columns`. A text under `columns` that is no type
 * is a description, unless it is nearly one.
 */
export function declaredColumns(node: RawNode): readonly Column[] {
  const columns = new Map<string, Column>();
  const add = (
    name: string,
    text: string,
    path: readonly (string | number)[],
    isSurelyType: boolean,
  ): void => {
    const type = columnType(text);
    const near = nearestType(text);
    if (type !== null) {
      const key = name.toLowerCase();
      if (columns.has(key))
        node.report(
          path,
          'VALUE_INVALID',
          `The column "${name}" is declared twice.`,
          'Remove one of the two.',
        );
      columns.set(key, { name, type });
    } else if (isSurelyType || near !== null) {
      const hint =
        near === null
          ? 'Write integer, double, string, date, timestamp, decimal(18,3), …'
          : `Did you mean "${near}"?`;
      node.report(path, 'VALUE_INVALID', `Unknown type "${text}" of column "${name}".`, hint);
    }
  };
  const { schema, columns: map } = node.config;
  (schema as readonly { name: string; data_type: string }[] | undefined)?.forEach(
    ({ name, data_type }, i) => {
      add(name, data_type, ['schema', i, 'data_type'], true);
    },
  );
  if (schema !== undefined && map !== undefined) return [...columns.values()];
  for (const [name, value] of Object.entries((map ?? {}) as JsonObject)) {
    const [type, step] = typeOf(value);
    if (type !== null) add(name, type, ['columns', name, ...step], step.length > 0);
  }
  return [...columns.values()];
}

function typeOf(value: Json): [string | null, readonly string[]] {
  if (typeof value === 'string') return [value, []];
  const { dtype, type } = (value ?? {}) as { dtype?: string; type?: string };
  return dtype === undefined ? [type ?? null, ['type']] : [dtype, ['dtype']];
}

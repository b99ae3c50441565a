import type { TransformSpec, UpsertKeys } from '@seeknal/manifest';

import { mannerOf } from './node-timing.ts';
import type { RawNode } from './raw-node.ts';

const KEYS = ['unique_keys', 'order_by', 'version_column'];

/** The keys of an upsert; null for every other mode, and without `unique_keys`, which then is a finding. */
export function upsertKeysOf(raw: RawNode, mode: TransformSpec['mode']): UpsertKeys | null {
  if (mode !== 'upsert_by_key') {
    const nested = (raw.config['materialization'] ?? {}) as { readonly [key: string]: unknown };
    for (const key of KEYS) {
      const isAtTop = raw.config[key] !== undefined;
      if (!isAtTop && nested[key] === undefined) continue;
      raw.report(
        isAtTop ? [key] : ['materialization', key],
        'VALUE_INVALID',
        `"${key}" means nothing with the mode ${mode}.`,
        'Set mode: upsert_by_key, or remove it.',
      );
    }
    return null;
  }
  const keys = mannerOf<readonly string[]>(raw, 'unique_keys');
  if (keys === undefined) {
    raw.report(
      raw.config['mode'] === undefined ? ['materialization', 'mode'] : ['mode'],
      'KEY_MISSING',
      `${raw.id} does not say which columns are the key of its rows.`,
      'Add it: unique_keys: [order_id].',
    );
    return null;
  }
  return {
    keys,
    orderBy: mannerOf<readonly string[]>(raw, 'order_by') ?? [],
    version: mannerOf<string>(raw, 'version_column') ?? null,
  };
}

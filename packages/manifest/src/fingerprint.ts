import { createHash } from 'node:crypto';

import type { Json, NodeId } from './node.ts';

/** JSON with sorted keys and no spaces: equal values give equal text, whatever order they were written in. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as { readonly [key: string]: Json })
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Hex SHA-256 of a text. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The fingerprint of a node: the hash of its id, its definition and, place by place, the fingerprints of
 * what it reads. The leading "1" is the version of this rule: raising it rebuilds every table.
 */
export function fingerprint(
  id: NodeId,
  definition: Json,
  inputs: readonly { readonly place: string; readonly fingerprint: string }[],
): string {
  const d = sha256(canonicalJson(definition));
  return sha256(canonicalJson(['1', id, d, inputs.map((input) => [input.place, input.fingerprint])]));
}

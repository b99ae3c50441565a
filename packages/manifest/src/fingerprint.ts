import { createHash } from 'node:crypto';

import type { Json, NodeId } from './node.ts';

/** JSON with sorted keys and no spaces: equal values give equal text, whatever order they were written in. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const of = value as { readonly [key: string]: Json };
  for (const key of Object.keys(of).toSorted()) {
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(of[key] as Json)}`;
  }
  return `{${text}}`;
}

/** Most keys are plain words: to write those takes a quarter of the time. */
const quoted = (key: string): string => (/^[\w.]*$/u.test(key) ? `"${key}"` : JSON.stringify(key));

/** Whether two values have the same `canonicalJson`, without writing it. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, at) => sameJson(item, b[at] as Json))
    );
  }
  const [one, other] = [a as { readonly [key: string]: Json }, b as { readonly [key: string]: Json }];
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key] as Json, other[key] as Json))
  );
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

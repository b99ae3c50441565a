import type { Json } from '@seeknal/manifest';

/** Texts longer than this belong to values that are too likely to change to be worth keeping. */
const LONGEST_KEPT = 100_000;
const SHORTEST_KEPT = 200;

const texts = new WeakMap<object, string>();

/**
 * The text of `canonicalJson`, remembering those of objects: a document that shares nearly everything with
 * the one written before costs what is new in it. Values must not be changed once they were given here.
 */
export function canonicalText(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = Array.isArray(value)
    ? listText(value as readonly Json[])
    : objectText(value as { readonly [key: string]: Json });
  if (text.length >= SHORTEST_KEPT && text.length <= LONGEST_KEPT) texts.set(value, text);
  return text;
}

const listText = (list: readonly Json[]): string => `[${joined(list.map(canonicalText))}]`;

function objectText(object: { readonly [key: string]: Json }): string {
  const parts: string[] = [];
  for (const key of Object.keys(object).toSorted()) {
    const value = object[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalText(value)}`);
  }
  return `{${joined(parts)}}`;
}

/**
 * Long texts are hung together and not copied: in a document of megabytes every level would copy nearly all
 * of it again.
 */
function joined(parts: readonly string[]): string {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length <= LONGEST_KEPT) return parts.join(',');
  let text = '';
  for (const part of parts) text += text === '' ? part : `,${part}`;
  return text;
}

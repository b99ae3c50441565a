import { canonicalJson } from './fingerprint.ts';
import type { ChangeCategory, ChangeDetail } from './node-change.ts';
import type { Json, JsonObject } from './node.ts';

/** What part of a node differs, and what that is to its rows. */
export interface Finding {
  readonly category: ChangeCategory;
  readonly details: readonly ChangeDetail[];
  readonly reason: string;
}

export const sameJson = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);

/** The keys that one of two objects lacks, or that have another value in it; in order of the alphabet. */
export function differingKeys(old: JsonObject, now: JsonObject): readonly string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  const text = (of: JsonObject, key: string): string =>
    key in of ? canonicalJson(of[key] as Json) : 'absent';
  return [...keys].filter((key) => text(old, key) !== text(now, key)).toSorted();
}

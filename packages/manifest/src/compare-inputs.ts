import { inputsOf } from './assemble.ts';
import type { ChangeDetail } from './node-change.ts';
import { sameJson, type Finding } from './node-finding.ts';
import type { Json, JsonObject, ManifestNode } from './node.ts';
import { plainSql } from './sql-change.ts';

/** What stands in which place, and how it is read. */
export const placesOf = ({ spec }: ManifestNode): JsonObject =>
  Object.fromEntries(inputsOf(spec).map(({ place, ref, reads }) => [place, { ref, reads }]));

/**
 * What a node reads. A place that is new or gone does nothing to the rows by itself: what the SQL does with it
 * is found there, and without SQL everything an input is there for decides rows.
 */
export function inputFindings(
  old: ManifestNode,
  now: ManifestNode,
  isOtherList: boolean,
): readonly Finding[] {
  const [before, after] = [placesOf(old), placesOf(now)];
  const kept = Object.keys(after).filter((place) => place in before);
  const moved = kept.filter((place) => !sameJson(before[place] as Json, after[place] as Json));
  const [gone, come] = [refsBeyond(before, after), refsBeyond(after, before)];
  const details: readonly ChangeDetail[] = [
    ...gone.map(
      (ref) => ({ type: 'TABLE_REMOVED', subject: ref, sentence: `It no longer reads ${ref}.` }) as const,
    ),
    ...come.map((ref) => ({ type: 'TABLE_ADDED', subject: ref, sentence: `It reads ${ref} now.` }) as const),
    ...(gone.length + come.length === 0 && (moved.length > 0 || isOtherList)
      ? [
          {
            type: 'CONFIG_CHANGED',
            subject: 'inputs',
            sentence: 'Its inputs are read otherwise, or in other places.',
          } as const,
        ]
      : []),
  ];
  if (details.length === 0) return [];
  const isLeftToSql =
    moved.length === 0 && gone.length + come.length > 0 && plainSql(now.definition) !== null;
  return [
    {
      category: isLeftToSql ? 'METADATA' : 'BREAKING',
      details,
      reason: details.map(({ sentence }) => sentence).join(' '),
    },
  ];
}

const refsOf = (places: JsonObject): readonly string[] =>
  Object.values(places).map((place) => String((place as JsonObject)['ref']));

function refsBeyond(places: JsonObject, other: JsonObject): readonly string[] {
  const known = new Set(refsOf(other));
  return [...new Set(refsOf(places))].filter((ref) => !known.has(ref));
}

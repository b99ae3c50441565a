import type { Json, JsonObject, NodeInput } from '@seeknal/manifest';

/** Keys that never decide rows: nothing else may be left out of a definition unseen. */
const METADATA = new Set([
  'kind',
  'name',
  'description',
  'owner',
  'tags',
  'renamed_from',
  'audits',
  'start',
  'end',
  'batch_size',
  'concurrency',
  'retry',
  'lookback',
  'timeout',
  // Inputs come in through the fingerprint; how they are read is added below.
  'inputs',
  'depends_on',
]);

/**
 * Everything of a node that decides its rows: what was resolved, and every other key it has but metadata.
 *
 * @param config As written.
 * @param resolved In place of the keys in `replaces`.
 */
export function definitionOf(
  config: JsonObject,
  replaces: readonly string[],
  resolved: JsonObject,
  inputs: readonly NodeInput[],
): JsonObject {
  const rest: [string, Json][] = Object.entries(config).filter(
    ([key, value]) => value !== null && !METADATA.has(key) && !replaces.includes(key),
  );
  return {
    ...Object.fromEntries(rest),
    ...resolved,
    ...(inputs.length === 0 ? {} : { inputs: inputs.map(({ place, reads }) => ({ place, reads })) }),
  };
}

import type { Query } from '../../tree.ts';
import { lowerDuckDb } from '../lower-duckdb.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Changes every object of an answer of DuckDB's in every way that DuckDB might one day: a field more, a field
 * less, another value. What comes of it has to differ from the tree: nothing is lost in silence.
 *
 * @param stride Every how manieth change is tried.
 * @returns The changes that make no difference.
 */
export function overlookedChanges(sql: string, json: string, stride: number): readonly string[] {
  // Large numbers are rounded, which is all the same to what is tested.
  const answer = JSON.parse(json.replace('Infinity', '"Infinity"')) as { statements: Json };
  const reference = plain(lowerDuckDb(sql, JSON.stringify(answer)));
  const overlooked = new Set<string>();
  let changes = 0;
  const compare = (what: string): void => {
    if ((changes += 1) % stride !== 0) return;
    if (plain(lowerDuckDb(sql, JSON.stringify(answer))) === reference) overlooked.add(what);
  };
  for (const object of objectsOf(answer.statements)) {
    const kind = String(object['type'] ?? Object.keys(object).join());
    object['novelty'] = 1;
    compare(`${kind} with a field more`);
    delete object['novelty'];
    for (const [key, value] of Object.entries(object)) {
      delete object[key];
      compare(`${kind} without ${key}`);
      for (const other of saysNothing.has(key) ? [] : otherValues(value)) {
        object[key] = other;
        compare(`${kind}.${key} = ${JSON.stringify(other)}`);
      }
      object[key] = value;
    }
  }
  return [...overlooked];
}

/** Only where something stands; only how parameters are numbered. */
const saysNothing = new Set(['query_location', 'named_param_map']);

const plain = (query: Query): string =>
  JSON.stringify(query, (key, value: unknown) => (key === 'span' ? undefined : value));

/** Every object in the answer that says something. */
function objectsOf(json: Json): { [key: string]: Json }[] {
  if (json === null || typeof json !== 'object') return [];
  if (Array.isArray(json)) return json.flatMap(objectsOf);
  const inside = Object.entries(json).flatMap(([key, value]) =>
    saysNothing.has(key) ? [] : objectsOf(value),
  );
  return [json, ...inside];
}

function otherValues(value: Json): readonly Json[] {
  if (typeof value === 'boolean') return [!value, null];
  if (typeof value === 'number') return [value === 0 ? 1 : value * 2, 'text', null];
  if (typeof value === 'string') return [`${value}_`, 7, null];
  if (value === null) return ['text', {}, []];
  if (!Array.isArray(value)) return [{}, [], null, 'text'];
  const fewer = value.length > 0 ? [value.slice(1), [...value, value[0]!]] : [];
  return [[...value, {}], [...value, 'text'], ...fewer, {}, null];
}

import { createHash } from 'node:crypto';

import type { Json, JsonObject } from '@seeknal/manifest';

/** The keys of a node's YAML that the Python seeknal hashes, by kind, beside its inputs, `table` and `source`. */
const HASHED: { readonly [kind: string]: readonly string[] } = {
  source: ['params', 'freshness'],
  transform: ['transform', 'params'],
  aggregation: ['id_col', 'feature_date_col', 'application_date_col', 'features'],
  feature_group: ['transform', 'features', 'entity', 'materialization'],
  model: ['aggregation', 'training', 'output_columns'],
  rule: ['rule', 'params'],
};

/** Stands before a number in `readNumbersAsText`; no text of a YAML file begins so. */
const NUMBER = '\u0000';

/** The file of a source, as the system tells it. */
export interface PythonFile {
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

/** JSON with each number as the text it has in the file: `1.0` and `1` are not the same to Python. */
export const readNumbersAsText = (json: string): Json =>
  JSON.parse(
    json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
      token.startsWith('"') ? token : `"\\u0000${token}"`,
    ),
  ) as Json;

/**
 * The hash by which the Python seeknal tells whether a node changed. It is blind to the order of inputs,
 * `group_by` and more.
 *
 * @param config The node's YAML as Python read it, by `readNumbersAsText`.
 * @param file Of a source over a file that is there; else null.
 */
export function pythonHash(kind: string, config: JsonObject, file: PythonFile | null): string {
  const { inputs } = config;
  const hashed: Record<string, Json> = {};
  if (Array.isArray(inputs)) {
    hashed['inputs'] = (inputs as readonly Json[])
      .map((input) => (typeof input === 'string' ? input : String((input as JsonObject)['ref'])))
      .toSorted();
  }
  for (const key of ['table', 'source', ...(HASHED[kind] ?? [])]) {
    const value = config[key];
    if (value !== undefined) hashed[key] = value;
  }
  if (file !== null) {
    hashed['_file_mtime'] = `${NUMBER}${pythonSeconds(file.mtimeNs)}`;
    hashed['_file_size'] = `${NUMBER}${file.size}`;
  }
  return createHash('sha256').update(pythonJson(hashed)).digest('hex');
}

/** `st_mtime` as Python spells it: seconds as a float, computed as CPython does. */
function pythonSeconds(mtimeNs: bigint): string {
  const seconds = Number(mtimeNs / 1_000_000_000n) + 1e-9 * Number(mtimeNs % 1_000_000_000n);
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}

/** `json.dumps(value, sort_keys=True)`. */
function pythonJson(value: Json): string {
  if (typeof value === 'string') return value.startsWith(NUMBER) ? value.slice(1) : pythonText(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(pythonJson).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as JsonObject).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${pythonText(key)}: ${pythonJson(each)}`).join(', ')}}`;
}

const pythonText = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

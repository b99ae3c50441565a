import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import type { Json, JsonObject, NodeId } from '@seeknal/manifest';

import { codeOf } from './disk.ts';
import { pythonHash, readNumbersAsText, type PythonFile } from './python-hash.ts';
import { objectOf, readObject, textOf } from './python-state.ts';

/** A node whose rows, as the Python seeknal left them, are those of its YAML as Python last read it. */
export interface PythonNode {
  /** That YAML. */
  readonly config: JsonObject;
  /** The Parquet file of its rows, absolute; null: it keeps none, or the file is gone. */
  readonly rows: string | null;
}

/** Kinds whose file at its path counts, by its time and size. */
const FILE_SOURCES = new Set(['csv', 'parquet', 'json', 'jsonl']);

/**
 * The nodes of a Python project that succeeded and have not changed since, by its own hash, which looks at
 * sources' files. Empty where there is no such project. Reads and stats, writes nothing.
 *
 * @param folder The project's; relative paths of sources are taken from there.
 */
export function unchangedPythonNodes(folder: string): { readonly [id: NodeId]: PythonNode } {
  const target = join(folder, 'target');
  const state = readObject(join(target, 'run_state.json'));
  const text = readText(join(target, 'manifest.json'));
  if (state === null || text === null) return {};
  const remembered = objectOf(state['nodes']);
  const asText = nodesOf(readNumbersAsText(text));
  const found: Record<NodeId, PythonNode> = {};
  for (const [id, node] of Object.entries(nodesOf(JSON.parse(text) as Json))) {
    const kind = textOf(objectOf(node)['type']) ?? '';
    const config = objectOf(objectOf(node)['config']);
    const { hash, status } = objectOf(remembered[id]);
    if (status !== 'success' && status !== 'cached') continue;
    const file = kind === 'source' ? sourceFile(folder, config) : null;
    if (hash !== pythonHash(kind, objectOf(objectOf(asText[id])['config']), file)) continue;
    const rows = rowsPath(target, kind, id.slice(kind.length + 1));
    found[id] = { config, rows: rows !== null && statOf(rows) !== null ? rows : null };
  }
  return found;
}

const nodesOf = (manifest: Json): JsonObject => objectOf(objectOf(manifest)['nodes']);

/** Where the Python seeknal keeps the rows of a kind of node. */
function rowsPath(target: string, kind: string, name: string): string | null {
  if (kind === 'aggregation') return join(target, 'aggregation', name, 'result.parquet');
  if (kind === 'transform' || kind === 'feature_group')
    return join(target, 'intermediate', `${kind}_${name}.parquet`);
  return null;
}

function sourceFile(folder: string, config: JsonObject): PythonFile | null {
  const path = textOf(config['table']);
  if (path === null || !FILE_SOURCES.has(textOf(config['source']) ?? '')) return null;
  return statOf(isAbsolute(path) ? path : join(folder, path));
}

function statOf(path: string): PythonFile | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() === true ? found : null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

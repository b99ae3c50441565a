import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Instant } from '@seeknal/intervals';
import type { Json, JsonObject, NodeId } from '@seeknal/manifest';
import { StateError, type NodeState } from '@seeknal/state';

import { codeOf } from './disk.ts';
import { readPythonIntervals, readPythonTime } from './python-time.ts';

/** What a Python project remembers of its last run. */
export interface PythonState {
  /** The file it was read from. */
  readonly path: string;
  readonly runId: string | null;
  readonly lastRun: Instant | null;
  readonly config: JsonObject;
  readonly nodes: { readonly [id: NodeId]: NodeState };
  /** What could not be read and was left out, a sentence each. */
  readonly notes: readonly string[];
}

const STATUSES = new Set(['pending', 'running', 'success', 'failed', 'skipped', 'cached']);

/** Keys of a node that have a field of their own; the rest goes to `metadata`. */
const READ_KEYS = new Set([
  'hash',
  'last_run',
  'status',
  'duration_ms',
  'duration',
  'row_count',
  'fingerprint',
  'completed_intervals',
  'completed_partitions',
  'restatement_intervals',
  'metadata',
]);

/**
 * Reads the state a Python seeknal left in `target/`: `run_state.json` of every version, else
 * `state/execution_state.json`. Null when there is neither. The file is left as it is.
 *
 * @throws `STATE_DAMAGED` when the file is not a JSON object.
 */
export function readPythonState(folder: string): PythonState | null {
  const runState = join(folder, 'run_state.json');
  const newer = readObject(runState);
  if (newer) return fromRunState(runState, newer);
  const executionState = join(folder, 'state', 'execution_state.json');
  const oldest = readObject(executionState);
  // The oldest form is a bare map of nodes, durations in seconds.
  return oldest && fromRunState(executionState, { nodes: oldest });
}

function fromRunState(path: string, file: JsonObject): PythonState {
  const notes: string[] = [];
  const nodes = Object.entries(objectOf(file['nodes'])).map(([id, node]) => {
    const read = readNode(objectOf(node));
    notes.push(...read.refused.map((pair) => `${path}: ${id} has an interval that cannot be read: ${pair}`));
    return [id, read.node] as const;
  });
  return {
    path,
    runId: textOf(file['run_id']),
    lastRun: readPythonTime(file['last_run']) ?? null,
    config: objectOf(file['config']),
    nodes: Object.fromEntries(nodes),
    notes,
  };
}

function readNode(node: JsonObject): { readonly node: NodeState; readonly refused: readonly string[] } {
  const completed = readPythonIntervals(node['completed_intervals']);
  const restated = readPythonIntervals(node['restatement_intervals']);
  const status = textOf(node['status']) ?? '';
  const others = Object.entries(node).filter(([key]) => !READ_KEYS.has(key));
  const fingerprint = node['fingerprint'];
  return {
    node: {
      hash: textOf(node['hash']) ?? '',
      lastRun: readPythonTime(node['last_run']) ?? null,
      status: STATUSES.has(status) ? (status as NodeState['status']) : 'pending',
      durationMs: numberOf(node['duration_ms']) ?? (numberOf(node['duration']) ?? 0) * 1000,
      rowCount: numberOf(node['row_count']) ?? 0,
      fingerprint: isObject(fingerprint) ? fingerprint : null,
      completedIntervals: completed.set.map(({ start, end }) => [start, end]),
      completedPartitions: listOf(node['completed_partitions']).filter((item) => typeof item === 'string'),
      restatementIntervals: restated.set.map(({ start, end }) => [start, end]),
      metadata: { ...Object.fromEntries(others), ...objectOf(node['metadata']) },
    },
    refused: [...completed.refused, ...restated.refused],
  };
}

/** Null when there is no such file. */
export function readObject(path: string): JsonObject | null {
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return null;
    if (codeOf(cause) !== undefined) throw cause;
    throw notPython(path, cause);
  }
  if (isObject(value)) return value;
  throw notPython(path);
}

const notPython = (path: string, cause?: unknown): StateError =>
  new StateError(
    'STATE_DAMAGED',
    `The Python state ${path} is damaged: it is not a JSON object`,
    'Restore it from a backup, or move it away to begin without what the Python project remembers.',
    { cause },
  );

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

export const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

const numberOf = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);

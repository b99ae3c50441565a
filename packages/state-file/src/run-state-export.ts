import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Instant } from '@seeknal/intervals';
import type { Json, JsonObject, NodeId } from '@seeknal/manifest';
import type { NodeState } from '@seeknal/state';

import { codeOf, unwritable } from './disk.ts';
import { objectOf, readObject, textOf } from './python-state.ts';
import { pythonTime } from './python-time.ts';

/** Says in the file who wrote it, so that a file of the Python seeknal is backed up before it is converted. */
const WRITTEN_BY = '@seeknal/state-file';

/** The keys of the Python format that have no counterpart here, with the values of a new node. */
const PYTHON_DEFAULTS: JsonObject = {
  version: 1,
  iceberg_snapshot_id: null,
  iceberg_snapshot_timestamp: null,
  iceberg_table_ref: null,
  iceberg_schema_version: null,
  last_watermark: null,
  pg_last_watermark: null,
  pg_time_column: null,
};

export interface RunStateExport {
  readonly runId: string;
  readonly finishedAt: Instant;
  readonly config: JsonObject;
  /** Nodes of this run; others in the file stay as they are. What is left out of a node stays too. */
  readonly nodes: { readonly [id: NodeId]: Partial<NodeState> };
}

/**
 * Writes `run_state.json` in the Python format, as a superset of what is there: unknown keys and other nodes
 * are kept. A file that this program did not write is copied to `run_state.json.bak.<run id>` first; one
 * that cannot be read is copied too, and then replaced.
 *
 * @returns The path of the backup, when one was made.
 * @throws `STATE_UNWRITABLE`
 */
export function exportRunState(folder: string, run: RunStateExport): string | null {
  const path = join(folder, 'run_state.json');
  try {
    mkdirSync(folder, { recursive: true });
    const before = readBefore(path);
    const isOurs = before !== null && before['written_by'] === WRITTEN_BY;
    const backup = isOurs ? null : backUp(path, textOf(before?.['run_id']) ?? run.runId);
    replaceFile(folder, path, `${JSON.stringify(merged(before ?? {}, run), null, 2)}\n`);
    return backup;
  } catch (error) {
    throw unwritable(path, error);
  }
}

function merged(before: JsonObject, { runId, finishedAt, config, nodes }: RunStateExport): JsonObject {
  const known = objectOf(before['nodes']);
  const written = Object.entries(nodes).map(([id, node]) => {
    const old = Object.hasOwn(known, id) ? objectOf(known[id]) : {};
    return [id, { ...PYTHON_DEFAULTS, ...old, ...pythonNode(node, objectOf(old['metadata'])) }];
  });
  return {
    ...before,
    schema_version: '2.0',
    seeknal_version: textOf(before['seeknal_version']) ?? '2.0.0',
    written_by: WRITTEN_BY,
    last_run: pythonTime(finishedAt),
    run_id: runId,
    config,
    nodes: { ...known, ...(Object.fromEntries(written) as JsonObject) },
  };
}

function pythonNode(node: Partial<NodeState>, metadata: JsonObject): JsonObject {
  const times = (pairs: NodeState['completedIntervals'] | undefined): Json | undefined =>
    pairs?.map(([start, end]) => [pythonTime(start), pythonTime(end)]);
  const fields: { readonly [key: string]: Json | undefined } = {
    hash: node.hash,
    last_run: typeof node.lastRun === 'number' ? pythonTime(node.lastRun) : node.lastRun,
    status: node.status,
    duration_ms: node.durationMs,
    row_count: node.rowCount,
    metadata: { ...metadata, ...node.metadata },
    // Python leaves the key out where there is none.
    fingerprint: node.fingerprint ?? undefined,
    completed_intervals: times(node.completedIntervals),
    completed_partitions: node.completedPartitions,
    restatement_intervals: times(node.restatementIntervals),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as JsonObject;
}

/** Null when there is no file, or none that can be read. */
function readBefore(path: string): JsonObject | null {
  try {
    return readObject(path);
  } catch (error) {
    if (codeOf(error) === 'STATE_DAMAGED') return null;
    throw error;
  }
}

/** Null when there is nothing to back up. A backup that is there already is the older one, and stays. */
function backUp(path: string, runId: string): string | null {
  const backup = `${path}.bak.${runId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 100)}`;
  try {
    copyFileSync(path, backup, constants.COPYFILE_EXCL);
    return backup;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EEXIST') return null;
    throw error;
  }
}

function replaceFile(folder: string, path: string, text: string): void {
  const draft = join(folder, 'run_state.tmp');
  const file = openSync(draft, 'w');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

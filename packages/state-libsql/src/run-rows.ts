import type { NodeState, RunRecord } from '@seeknal/state';
import type { JsonObject } from '@seeknal/manifest';

import { jsonOf, numberOf, textOf, type Row } from './statement.ts';

export const runOf = (row: Row): RunRecord => ({
  runId: textOf(row, 'run_id'),
  status: textOf(row, 'status') as RunRecord['status'],
  startedAt: numberOf(row, 'started_at'),
  finishedAt: row['finished_at'] === null ? null : numberOf(row, 'finished_at'),
  config: jsonOf<JsonObject>(row, 'config'),
});

export const nodeOf = (row: Row): NodeState => ({
  hash: textOf(row, 'hash'),
  lastRun: row['last_run'] === null ? null : numberOf(row, 'last_run'),
  status: textOf(row, 'status') as NodeState['status'],
  durationMs: numberOf(row, 'duration_ms'),
  rowCount: numberOf(row, 'row_count'),
  fingerprint: row['fingerprint'] === null ? null : jsonOf<JsonObject>(row, 'fingerprint'),
  completedIntervals: jsonOf(row, 'completed_intervals'),
  completedPartitions: jsonOf(row, 'completed_partitions'),
  restatementIntervals: jsonOf(row, 'restatement_intervals'),
  metadata: jsonOf<JsonObject>(row, 'metadata'),
});

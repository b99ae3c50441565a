import type { RunEvent, RunReport } from '@seeknal/sdk';

import { errorJson } from './coded-error.ts';
import type { Task } from './progress.ts';
import { rangeJson } from './ranges.ts';
import { nodeCounts } from './run-text.ts';

/** The first line of every stream of events: a reader refuses a major version that it does not know. */
export const STREAM_VERSION = { type: 'version', ui: '1.0' } as const;

/** An event of a run as one line of NDJSON. */
export function eventJson(event: RunEvent): object {
  switch (event.type) {
    case 'planned':
      return { type: 'planned', plan: event.plan };
    case 'moved':
    case 'difference':
    case 'recovered':
    case 'repaired':
    case 'fresh_warehouse':
    case 'taken_over':
      return event;
    case 'started':
      return { type: 'task_started', ...taskJson(event.task), attempt: event.attempt };
    case 'retrying':
      return { type: 'task_retrying', ...taskJson(event.task), reason: event.reason, inMs: event.inMs };
    case 'skipped':
      return { type: 'task_skipped', ...taskJson(event.task), because: event.because };
    case 'added':
      return { type: 'tasks_added', tasks: event.tasks.map(taskJson) };
    case 'finished':
      return {
        type: 'task_finished',
        ...taskJson(event.task),
        durationMs: Math.round(event.durationMs),
        ...outcomeJson(event.outcome),
      };
  }
}

/** The last line of a run. */
export const summaryJson = (report: RunReport, exitCode: number): object => ({
  type: 'summary',
  status: report.status,
  runId: report.runId,
  nodes: nodeCounts(report),
  tasks: {
    done: report.job?.done.length ?? 0,
    unchanged: report.job?.unchanged.length ?? 0,
    failed: report.job?.failed.length ?? 0,
    skipped: report.job?.skipped.length ?? 0,
    cancelled: report.job?.cancelled.length ?? 0,
  },
  switched: report.switched,
  held: report.held,
  durationMs: Math.round(report.durationMs),
  exitCode,
});

const taskJson = ({ id, node, action, range, intervals }: Task): object => ({
  task: id,
  node,
  action,
  range: rangeJson(range),
  intervals,
});

type Outcome = Extract<RunEvent, { readonly type: 'finished' }>['outcome'];

function outcomeJson(outcome: Outcome): object {
  switch (outcome.status) {
    case 'unchanged':
      return { status: 'unchanged' };
    case 'again':
      return { status: 'again', reason: outcome.reason };
    case 'failed':
      return { status: 'failed', mayPass: outcome.mayPass, error: errorJson(outcome.error) };
    case 'done':
      return {
        status: 'done',
        rows: outcome.rows,
        dropped: outcome.dropped,
        isChanged: outcome.isChanged,
        warnings: outcome.warnings,
      };
  }
}

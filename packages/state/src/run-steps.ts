import type { Instant } from '@seeknal/intervals';
import { canonicalJson, type JsonObject } from '@seeknal/manifest';

import type { RunRecord } from './backend.ts';
import { StateError } from './errors.ts';
import type { StateDocument } from './state-document.ts';
import type { Step } from './step.ts';

/** Runs remembered at most; when one more begins, the oldest that has finished is forgotten with its nodes. */
export const RUNS_KEPT = 50;

export function createRun(
  runId: string,
  run: { readonly startedAt?: Instant; readonly config?: JsonObject },
): Step<RunRecord> {
  return (document, { now }) => {
    const config = run.config ?? {};
    const known = findRun(document, runId);
    if (known) {
      // Without a start of its own the call cannot be told from another that chose the same id.
      const repeated =
        run.startedAt === known.startedAt && canonicalJson(config) === canonicalJson(known.config);
      if (repeated) return { document, answer: known, events: [] };
      throw new StateError(
        'STATE_RUN_EXISTS',
        `The run ${runId} exists already, started ${new Date(known.startedAt).toISOString()}`,
        'Choose another run id.',
      );
    }
    const answer: RunRecord = {
      runId,
      status: 'pending',
      startedAt: run.startedAt ?? now,
      finishedAt: null,
      config,
    };
    return { document: withoutOldest({ ...document, runs: [...document.runs, answer] }), answer, events: [] };
  };
}

export function updateRun(
  runId: string,
  patch: Partial<Pick<RunRecord, 'status' | 'finishedAt' | 'config'>>,
): Step<RunRecord> {
  return (document) => {
    const known = requireRun(document, runId);
    const answer = { ...known, ...patch };
    if (canonicalJson({ ...answer }) === canonicalJson({ ...known }))
      return { document, answer: known, events: [] };
    const runs = document.runs.map((run) => (run === known ? answer : run));
    return { document: { ...document, runs }, answer, events: [] };
  };
}

export const findRun = (document: StateDocument, runId: string): RunRecord | undefined =>
  document.runs.find((run) => run.runId === runId);

export function requireRun(document: StateDocument, runId: string): RunRecord {
  const run = findRun(document, runId);
  if (run) return run;
  throw new StateError('STATE_RUN_UNKNOWN', `There is no run ${runId}`, 'Create the run first.');
}

/** Newest first; of those started at the same moment, the one recorded last. */
export const newestRuns = (document: StateDocument, limit: number): readonly RunRecord[] =>
  document.runs
    .toReversed()
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, limit);

function withoutOldest(document: StateDocument): StateDocument {
  if (document.runs.length <= RUNS_KEPT) return document;
  const oldest = document.runs.find((run) => run.finishedAt !== null);
  if (!oldest) return document;
  const { [oldest.runId]: _forgotten, ...nodes } = document.nodes;
  return { ...document, runs: document.runs.filter((run) => run !== oldest), nodes };
}

import { covers, difference, slice, union, type IntervalSet } from '@seeknal/intervals';
import type { Invalidation, SnapshotRecord } from '@seeknal/plan';

import { folded, reach } from './claim-steps.ts';
import { invalidateBelow, invalidatedEvent } from './invalidation-steps.ts';
import { highest, noted } from './notes.ts';
import type { CommitRecord, IntervalEvent, Need, Recorded } from './scoped-state.ts';
import { requireSnapshot, withSnapshots } from './snapshot-steps.ts';
import { entry, type ScopeDocument, type SnapshotState } from './state-document.ts';
import { answered, type ScopeStep, type ScopeStepped } from './step.ts';

/**
 * Whatever the answer, the warehouse holds the commit's rows: where they changed is noted and what lies
 * below is invalidated even when the range does not count as done. Otherwise rows made from those replaced
 * would pass for current once the range is made again.
 */
export function record(
  commit: CommitRecord,
  needs: readonly Need[],
  below: readonly Invalidation[],
): ScopeStep<Recorded> {
  return (scope) => {
    const before = requireSnapshot(scope, commit.snapshot);
    if (commit.fence <= (before.bornFence ?? -1)) return ofDroppedTable(scope, commit, below);
    const again = answerBefore(before, commit.seq);
    if (again) return answered(scope, again);

    const newer = supersededBy(before, commit);
    const stale = newer ?? invalidatedSince(before, commit) ?? changedInput(scope, commit, needs);
    const tick = scope.tick + 1;
    const written =
      newer === null
        ? noted(before.commits, reach(before, commit.range), commit.fence, tick)
        : before.commits;
    const state: SnapshotState = {
      ...before,
      record: { ...withNewest(before.record, commit), done: doneAfter(before, commit, newer, stale) },
      changes: commit.changed.reduce((notes, part) => noted(notes, part, commit.seq, tick), before.changes),
      commits: written,
      seqs: union(before.seqs, [seqPoint(commit.seq)]),
      staleSeqs: stale === null ? before.staleSeqs : union(before.staleSeqs, [seqPoint(commit.seq)]),
    };

    const { scope: after, taken } = invalidateBelow({ ...withSnapshots(scope, [state]), tick }, below);
    const answer: Recorded =
      stale === null
        ? { status: 'recorded', invalidated: taken }
        : { status: 'stale', reason: stale, invalidated: taken };
    const latest = requireSnapshot(after, commit.snapshot);
    const answers = [...latest.answers, { seq: commit.seq, fence: commit.fence, answer }];
    return {
      scope: withSnapshots(after, [folded(after, { ...latest, answers })]),
      answer,
      events: [
        ...ownEvents(after, before, state, commit, stale),
        ...taken.map((part) => invalidatedEvent(after, part, commit.finishedAt, commit.run)),
      ],
    };
  };
}

/**
 * The work began before the table was dropped. Its numbers are not of the table there is now; its rows may be,
 * if they were published after it was made anew.
 */
function ofDroppedTable(
  scope: ScopeDocument,
  { finishedAt, run }: CommitRecord,
  below: readonly Invalidation[],
): ScopeStepped<Recorded> {
  const { scope: after, taken } = invalidateBelow(scope, below);
  return {
    scope: after,
    answer: { status: 'stale', reason: 'its table was dropped meanwhile', invalidated: taken },
    events: taken.map((part) => invalidatedEvent(after, part, finishedAt, run)),
  };
}

function answerBefore(state: SnapshotState, seq: number): Recorded | undefined {
  if (!covers(state.seqs, seqPoint(seq))) return undefined;
  const kept = state.answers.find((given) => given.seq === seq);
  if (kept) return kept.answer;
  return covers(state.staleSeqs, seqPoint(seq))
    ? { status: 'stale', reason: 'it did not count when it was first recorded', invalidated: [] }
    : { status: 'recorded', invalidated: [] };
}

function supersededBy(state: SnapshotState, { range, fence, seq }: CommitRecord): string | null {
  if (state.record.materialization === 'full' && seq < state.record.seq) {
    return `commit ${state.record.seq} has replaced the table since`;
  }
  const newest = highest(state.commits, reach(state, range));
  return newest > fence
    ? `a commit with fence ${newest} is recorded over it, this one has fence ${fence}`
    : null;
}

function invalidatedSince(state: SnapshotState, { range, generation }: CommitRecord): string | null {
  const newest = highest(state.invalidations, range);
  return newest > generation
    ? `the range was invalidated in generation ${newest}, the work began in generation ${generation}`
    : null;
}

function changedInput(scope: ScopeDocument, { seen }: CommitRecord, needs: readonly Need[]): string | null {
  for (const { snapshot, range } of needs) {
    const input = entry(scope.snapshots, snapshot);
    const newest = input ? highest(input.changes, range) : 0;
    const read = entry(seen, snapshot) ?? 0;
    if (input && newest > read) {
      return `${input.record.node} was committed with other rows (commit ${newest}) after it was read (commit ${read})`;
    }
  }
  return null;
}

function doneAfter(
  { record }: SnapshotState,
  { range }: CommitRecord,
  newer: string | null,
  stale: string | null,
): IntervalSet {
  if (newer !== null) return record.done;
  const isWhole = record.materialization === 'full';
  if (stale === null) return isWhole ? [{ start: range.start, end: range.end }] : union(record.done, [range]);
  // The rows that were done there are no longer in the table.
  return isWhole ? [] : difference(record.done, [range]);
}

const withNewest = (record: SnapshotRecord, { seq, columns, rows, version }: CommitRecord): SnapshotRecord =>
  seq > record.seq ? { ...record, seq, columns, rows, version } : record;

function ownEvents(
  scope: ScopeDocument,
  before: SnapshotState,
  after: SnapshotState,
  { snapshot, range, run, task, finishedAt }: CommitRecord,
  stale: string | null,
): readonly IntervalEvent[] {
  if (stale !== null) {
    return difference(before.record.done, after.record.done).map((part) =>
      invalidatedEvent(scope, { snapshot, range: part, reason: stale }, finishedAt, run),
    );
  }
  const { node } = after.record;
  return slice(after.record.done, range).map((part) => ({
    at: finishedAt,
    snapshot,
    node,
    range: part,
    kind: 'done',
    run,
    reason: task,
  }));
}

const seqPoint = (seq: number): { readonly start: number; readonly end: number } => ({
  start: seq,
  end: seq + 1,
});

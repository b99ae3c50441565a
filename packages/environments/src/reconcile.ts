import type { Commit, Engine } from '@seeknal/engine';
import { difference, union, type IntervalSet } from '@seeknal/intervals';
import { recordCommit } from '@seeknal/orchestrator-adapter';
import { affected, hasIntervals, readsSeen, type SnapshotId, type SnapshotRecord } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

import { inRecordingOrder } from './recording-order.ts';

/** What had to be put right between the warehouse and the state. */
export interface Reconciled {
  /** Commits that a process made and died before it could tell the state. */
  readonly recorded: number;
  /** Snapshots whose done intervals were read anew from the ledger. */
  readonly rebuilt: number;
}

/**
 * Makes the state agree with the ledger, which is the truth: commits that the state missed are recorded, in
 * order, with all that follows from them. Where the state knows nothing of a table, or the warehouse is
 * behind it or is not the file that this project last wrote (`isSameFile`), done is read from the ledger.
 *
 * @param records The snapshots to look at, and whatever they read.
 */
export async function reconcile(
  engine: Engine,
  state: ScopedState,
  records: readonly SnapshotRecord[],
  isSameFile: boolean,
): Promise<Reconciled> {
  const heads = await engine.heads();
  const strange = records.filter(({ id, seq }) => {
    const head = heads[id] ?? 0;
    return head < seq || (seq === 0 && head > 0) || (!isSameFile && head > 0);
  });
  const rebuilt = new Set(strange.map(({ id }) => id));
  if (strange.length > 0) {
    const ledger = bySnapshot(await engine.commits());
    const byId = new Map(records.map((record) => [record.id, record]));
    for (const record of strange) await state.rebuild(record.id, fromLedger(record, ledger, byId));
  }
  const ahead = records.filter(({ id, seq }) => !rebuilt.has(id) && (heads[id] ?? 0) > seq);
  if (ahead.length === 0) return { recorded: 0, rebuilt: strange.length };
  const commits = await engine.commits({
    snapshots: ahead.map(({ id }) => id),
    after: Object.fromEntries(ahead.map(({ id, seq }) => [id, seq])),
  });
  const inOrder = inRecordingOrder(commits);
  for (const commit of inOrder) await recordCommit(commit, { state, snapshots: records });
  return { recorded: inOrder.length, rebuilt: strange.length };
}

/**
 * What the ledger alone proves to be done. The newest commit over an instant decides; it counts when
 * nothing that it read was committed with other rows since. Where the state still knows of invalidations,
 * only commits of the snapshot's present generation count: at worst something is run again.
 */
function fromLedger(
  record: SnapshotRecord,
  ledger: ReadonlyMap<SnapshotId, readonly Commit[]>,
  byId: ReadonlyMap<SnapshotId, SnapshotRecord>,
): Parameters<ScopedState['rebuild']>[1] {
  const commits = ledger.get(record.id) ?? [];
  const newest = commits.at(-1);
  let done: IntervalSet = [];
  for (const commit of commits) {
    const before = hasIntervals(record) ? difference(done, [commit.range]) : [];
    const counts = commit.generation >= record.generation && isFresh(commit, record, ledger, byId);
    done = counts ? union(before, [commit.range]) : before;
  }
  return {
    done,
    seq: newest?.seq ?? 0,
    columns: newest?.columns ?? null,
    version: newest?.version ?? null,
    generation: Math.max(0, ...commits.map(({ generation }) => generation)),
    fence: Math.max(0, ...commits.map(({ fence }) => fence)),
  };
}

function isFresh(
  commit: Commit,
  record: SnapshotRecord,
  ledger: ReadonlyMap<SnapshotId, readonly Commit[]>,
  byId: ReadonlyMap<SnapshotId, SnapshotRecord>,
): boolean {
  return readsSeen(record.reads, commit.seen).every((read) => {
    const input = byId.get(read.snapshot);
    if (input === undefined) return false;
    const seen = commit.seen[read.snapshot] ?? 0;
    const since = (ledger.get(read.snapshot) ?? []).filter(({ seq }) => seq > seen);
    return since.every(({ changed }) =>
      changed.every((stretch) => {
        const reached = affected(read, input, record, stretch);
        return reached === null || reached.start >= commit.range.end || reached.end <= commit.range.start;
      }),
    );
  });
}

function bySnapshot(commits: readonly Commit[]): ReadonlyMap<SnapshotId, readonly Commit[]> {
  const found = new Map<SnapshotId, Commit[]>();
  for (const commit of commits) {
    const own = found.get(commit.snapshot);
    if (own === undefined) found.set(commit.snapshot, [commit]);
    else own.push(commit);
  }
  return found;
}

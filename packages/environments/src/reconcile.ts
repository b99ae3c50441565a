import type { Commit, Engine } from '@seeknal/engine';
import { intervalSet } from '@seeknal/intervals';
import { hasIntervals, type SnapshotRecord, type StateView } from '@seeknal/plan';
import { recordCommit } from '@seeknal/orchestrator-adapter';
import type { ScopedState } from '@seeknal/state';

/** What had to be put right between the warehouse and the state. */
export interface Reconciled {
  /** Commits that a process made and died before it could tell the state. */
  readonly recorded: number;
  /** Snapshots whose done intervals were read anew from the ledger, because the warehouse is an older or another copy. */
  readonly rebuilt: number;
}

/**
 * Makes the state agree with the ledger, which is the truth: commits that the state missed are recorded, in
 * order, with all that follows from them; where the warehouse is behind the state, or is not the file that
 * this project last wrote (`isSameFile`), done is read from the ledger alone.
 */
export async function reconcile(
  engine: Engine,
  state: ScopedState,
  view: StateView,
  isSameFile: boolean,
): Promise<Reconciled> {
  const heads = await engine.heads();
  const records = Object.values(view.snapshots);
  const behind = records.filter(({ id, seq }) => (heads[id] ?? 0) < seq || (!isSameFile && seq > 0));
  for (const record of behind) {
    await state.rebuild(record.id, fromLedger(record, await engine.commits({ snapshots: [record.id] })));
  }
  const done = new Set(behind.map(({ id }) => id));
  const ahead = records.filter(({ id, seq }) => !done.has(id) && (heads[id] ?? 0) > seq);
  if (ahead.length === 0) return { recorded: 0, rebuilt: behind.length };
  const commits = await engine.commits({
    snapshots: ahead.map(({ id }) => id),
    after: Object.fromEntries(ahead.map(({ id, seq }) => [id, seq])),
  });
  // In the order in which they were made, so that what one makes stale is known before the next is judged.
  const inOrder = commits.toSorted((a, b) => a.finishedAt - b.finishedAt || a.seq - b.seq);
  for (const commit of inOrder) await recordCommit(commit, { state, snapshots: records });
  return { recorded: inOrder.length, rebuilt: behind.length };
}

/**
 * Rows of an earlier generation may have been invalidated since, and the notes of that may be gone: only
 * commits of the snapshot's present generation count. At worst something is run again.
 */
function fromLedger(record: SnapshotRecord, commits: readonly Commit[]): Parameters<ScopedState['rebuild']>[1] {
  const newest = commits.at(-1);
  const counted = commits.filter(({ generation }) => generation >= record.generation);
  const ranges = hasIntervals(record) ? counted : counted.filter((commit) => commit === newest);
  return {
    done: intervalSet(ranges.map(({ range }) => range)),
    seq: newest?.seq ?? 0,
    columns: newest?.columns ?? null,
    version: newest?.version ?? null,
  };
}

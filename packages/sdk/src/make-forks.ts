import type { Engine } from '@seeknal/engine';
import type { Plan, SnapshotId, SnapshotRecord, StateView } from '@seeknal/plan';
import type { ScopedState } from '@seeknal/state';

/**
 * Makes the copies of a plan: tables and ledger rows in one transaction, then what the state says of them.
 * A process that dies in between leaves copies that the next command reads from their ledger.
 */
export async function makeForks(
  { forks }: Plan,
  { snapshots }: StateView,
  engine: Engine,
  state: ScopedState,
): Promise<void> {
  if (forks.length === 0) return;
  await state.addSnapshots(forks.map(({ to }) => snapshotOf(snapshots[to] as SnapshotRecord)));
  await engine.fork(forks.map(({ from, to }) => ({ from, to })));
  const [heads, now] = [await engine.heads(), await state.read()];
  const fences = new Map<SnapshotId, number>();
  for (const { snapshot, fence } of await engine.commits({ snapshots: forks.map(({ to }) => to) })) {
    fences.set(snapshot, Math.max(fence, fences.get(snapshot) ?? 0));
  }
  for (const { from, to } of forks) {
    const original = now.snapshots[from];
    if (original === undefined || heads[to] === undefined) continue;
    const { done, columns, version, generation } = original;
    await state.rebuild(to, {
      done,
      columns,
      version,
      generation,
      seq: heads[to],
      fence: fences.get(to) ?? 0,
    });
  }
}

/** Without what only the state says of it. */
const snapshotOf = ({
  generation: _,
  done: __,
  seq: ___,
  columns: ____,
  rows: _____,
  version: ______,
  ...snapshot
}: SnapshotRecord) => snapshot;

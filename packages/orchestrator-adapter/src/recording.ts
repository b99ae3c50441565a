import type { Commit } from '@seeknal/engine';
import { intersection } from '@seeknal/intervals';
import {
  affected,
  cut,
  hasIntervals,
  needed,
  taskOf,
  type Invalidation,
  type ResolvedNode,
  type Task,
} from '@seeknal/plan';
import type { Need, Recorded } from '@seeknal/state';

import type { ExecutionContext } from './execution-context.ts';

/** What a record needs of the context; a repair after a crash has no more than this. */
export type RecordingContext = Pick<ExecutionContext, 'state' | 'snapshots'>;

/**
 * Records a commit of the ledger in the state, together with the stretches below that it makes stale.
 * Repeating it is harmless.
 */
export async function recordCommit(
  commit: Commit,
  { state, snapshots }: RecordingContext,
): Promise<Recorded> {
  const own = snapshots.find(({ id }) => id === commit.snapshot);
  if (own === undefined)
    return { status: 'stale', reason: `the state does not know ${commit.node}`, invalidated: [] };
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  // It saw all that it read: what the table was made from besides, under whatever name, changes none of its rows.
  const isTold = Object.keys(commit.seen).length > 0;
  const seen = own.reads.filter(({ snapshot }) => !isTold || snapshot in commit.seen);
  const needs: Need[] = seen.flatMap((read) => {
    const input = byId.get(read.snapshot);
    return input === undefined
      ? []
      : [{ snapshot: read.snapshot, range: needed(read, input, own, commit.range) }];
  });
  const below: Invalidation[] = snapshots.flatMap((reader) =>
    reader.reads
      .filter(({ snapshot }) => snapshot === own.id)
      .flatMap((read) =>
        commit.changed.flatMap((changed) => {
          const range = affected(read, own, reader, changed);
          return range === null
            ? []
            : [{ snapshot: reader.id, range, reason: `${commit.node} has other rows` }];
        }),
      ),
  );
  const { node: _, tableId: __, dropped: ___, digest: ____, checks: _____, ...record } = commit;
  return state.record(record, needs, below);
}

/** The tasks that run invalidated stretches again, as far as the run has anything to do with them. */
export function tasksFor(
  invalidated: readonly Invalidation[],
  context: Pick<ExecutionContext, 'resolved' | 'wanted' | 'isSelected'>,
): readonly Task[] {
  const bySnapshot = new Map<string, ResolvedNode>();
  for (const resolved of context.resolved.values()) bySnapshot.set(resolved.snapshot.id, resolved);
  return invalidated.flatMap(({ snapshot, range }) => {
    const resolved = bySnapshot.get(snapshot);
    if (resolved === undefined || !context.isSelected(resolved.node.id)) return [];
    const wanted = context.wanted(resolved.node.id);
    // A node that is built whole runs for what is wanted now, whatever it had been built for before.
    const again = hasIntervals(resolved.snapshot) ? intersection([range], wanted) : wanted;
    return cut(resolved, again).map((stretch) => taskOf(resolved, stretch));
  });
}

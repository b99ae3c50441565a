import { intervalSet, type Interval, type IntervalSet } from '@seeknal/intervals';
import type { Column, JsonObject } from '@seeknal/manifest';
import type { Snapshot, SnapshotId, SnapshotRecord, StateView } from '@seeknal/plan';

import { StateError } from './errors.ts';
import { NO_NOTES } from './notes.ts';
import { setEntry, entry, type ScopeDocument, type SnapshotState } from './state-document.ts';
import { answered, type ScopeStep } from './step.ts';

export function addSnapshots(snapshots: readonly Snapshot[]): ScopeStep<void> {
  return (scope) => {
    for (const { id } of snapshots) refuseDropping(entry(scope.snapshots, id));
    const added = snapshots
      .filter(({ id }) => !entry(scope.snapshots, id))
      .map((snapshot) => fresh(snapshot, scope.fence ?? null));
    if (added.length === 0) return answered(scope, undefined);
    return answered(withSnapshots(scope, added), undefined);
  };
}

/** What the ledger of the warehouse says about a snapshot. */
export interface LedgerFacts {
  readonly done: readonly Interval[];
  readonly seq: number;
  readonly columns: readonly Column[] | null;
  readonly version: JsonObject | null;
  /** Newest in the ledger: the state's own are raised to it, never lowered. */
  readonly generation?: number;
  readonly fence?: number;
}

export function rebuildSnapshot(id: SnapshotId, from: LedgerFacts): ScopeStep<void> {
  return (scope) => {
    const state = requireSnapshot(scope, id);
    const record: SnapshotRecord = {
      ...state.record,
      done: intervalSet(from.done),
      seq: from.seq,
      columns: from.columns,
      version: from.version,
      generation: Math.max(state.record.generation, from.generation ?? 0),
    };
    const rebuilt: SnapshotState = {
      ...state,
      record,
      fence: Math.max(state.fence, from.fence ?? 0),
      // Numbers of the warehouse as it was would refuse the commits of the warehouse as it is.
      changes: NO_NOTES,
      commits: NO_NOTES,
      seqs: [{ start: 0, end: from.seq + 1 }],
      staleSeqs: [],
      answers: [],
    };
    return answered(withSnapshots(scope, [rebuilt]), undefined);
  };
}

const views = new WeakMap<ScopeDocument, StateView>();

/** The same object for the same document. */
export function viewOf(scope: ScopeDocument): StateView {
  const known = views.get(scope);
  if (known) return known;
  const records = Object.entries(scope.snapshots).map(([id, { record }]) => [id, record] as const);
  const view = {
    snapshots: Object.fromEntries(records),
    environments: scope.environments,
    proofs: scope.proofs ?? {},
  };
  views.set(scope, view);
  return view;
}

/** @throws `STATE_SNAPSHOT_UNKNOWN` */
export function requireSnapshot(scope: ScopeDocument, id: SnapshotId): SnapshotState {
  const state = entry(scope.snapshots, id);
  if (state) return state;
  throw new StateError(
    'STATE_SNAPSHOT_UNKNOWN',
    `The state has no snapshot ${id}`,
    'Record the snapshots of the plan before its first task.',
  );
}

/** @throws `STATE_SNAPSHOT_UNKNOWN`, `STATE_SNAPSHOT_DROPPING` */
export function requireKept(scope: ScopeDocument, id: SnapshotId): SnapshotState {
  const state = requireSnapshot(scope, id);
  refuseDropping(state);
  return state;
}

function refuseDropping(state: SnapshotState | undefined): void {
  if (state?.record.dropping !== true) return;
  const { id, node } = state.record;
  throw new StateError(
    'STATE_SNAPSHOT_DROPPING',
    `The snapshot ${id} of ${node} is being dropped`,
    'Finish that with: seeknal env cleanup. Then run the command again.',
  );
}

export function withSnapshots(scope: ScopeDocument, states: readonly SnapshotState[]): ScopeDocument {
  const snapshots: { [id: SnapshotId]: SnapshotState } = { ...scope.snapshots };
  for (const state of states) setEntry(snapshots, state.record.id, state);
  return { ...scope, snapshots };
}

export const withDone = (state: SnapshotState, done: IntervalSet): SnapshotState => ({
  ...state,
  record: { ...state.record, done },
});

/**
 * @param bornFence Fences up to this were given out for snapshots that are gone, maybe for one of this very id.
 */
export const fresh = (snapshot: Snapshot, bornFence: number | null): SnapshotState => ({
  record: {
    ...definitionOf(snapshot),
    generation: 0,
    done: [],
    seq: 0,
    columns: null,
    rows: null,
    version: null,
  },
  fence: bornFence ?? 0,
  ...(bornFence === null ? {} : { bornFence }),
  changes: NO_NOTES,
  invalidations: NO_NOTES,
  commits: NO_NOTES,
  seqs: [],
  staleSeqs: [],
  answers: [],
});

/** Without what the state itself remembers. */
function definitionOf(snapshot: Snapshot): Snapshot {
  const { dropping: _, ...definition } = snapshot as SnapshotRecord;
  return definition;
}

import type { Instant, Interval } from '@seeknal/intervals';
import { ALL_TIME, type Pointer, type Proof, type Snapshot, type SnapshotId } from '@seeknal/plan';

import type { StateBackend } from '../backend.ts';
import type { Claim, ClaimRequest, CommitRecord, ScopedState } from '../scoped-state.ts';

/** Opens a new, empty backend whose clock is the one given. The kit closes it. */
export type OpenBackend = (options: { readonly clock: () => Instant }) => Promise<StateBackend>;

export const DAY_MS = 86_400_000;

/** Some moment, for whatever only has to be told apart. */
export const NOON: Instant = Date.UTC(2026, 0, 1, 12);

export const SCOPE = { project: 'shop', warehouse: 'w-1' } as const;

/** The days from the first to, not including, the second: `days(0, 2)` is two days. */
export const days = (from: number, to: number): Interval => ({ start: from * DAY_MS, end: to * DAY_MS });

/** Reads days written as a picture, one character a day: `picture('##..#')` is two stretches. */
export const picture = (text: string): readonly Interval[] =>
  [...text.matchAll(/#+/g)].map(({ index, 0: run }) => days(index, index + run.length));

/** The opposite of `picture`, over the first days. */
export const drawn = (set: readonly Interval[], width: number): string =>
  Array.from({ length: width }, (_, day) =>
    set.some(({ start, end }) => start <= day * DAY_MS && day * DAY_MS < end) ? '#' : '.',
  ).join('');

export function snapshot(id: SnapshotId, more: Partial<Snapshot> = {}): Snapshot {
  return {
    id,
    node: `transform.${id}`,
    kind: 'transform',
    fingerprint: id,
    definition: { sql: `SELECT * FROM ${id}` },
    materialization: 'incremental_by_time',
    inputs: [],
    reads: [],
    schedule: { expression: '0 0 * * *', timeZone: 'UTC' },
    timeColumn: 'day',
    start: 0,
    createdAt: NOON,
    ...more,
  };
}

/** What reads the snapshot `p` interval by interval. */
export const READS_P: Snapshot['reads'] = [
  { node: 'transform.p', snapshot: 'p', reads: { kind: 'interval' }, onChange: 'keep' },
];

/** A snapshot without a schedule: its one interval is `ALL_TIME`. */
export const whole = (id: SnapshotId): Snapshot =>
  snapshot(id, { materialization: 'full', schedule: null, timeColumn: null, start: null });

/** A pointer to a snapshot of its own fingerprint, unless another is given. */
export const pointer = (to: SnapshotId, fingerprint: string = to): Pointer => ({
  snapshot: to,
  fingerprint,
  metadata: { owner: 'ann' },
});

/** That a fingerprint may use the rows of a snapshot. */
export const proof = (fingerprint: string, of: SnapshotId, more: Partial<Proof> = {}): Proof => ({
  fingerprint,
  snapshot: of,
  from: of,
  analyser: '1',
  reason: 'only columns were added',
  evidence: { edits: ['+ x'] },
  madeAt: NOON,
  ...more,
});

export const WHOLE: Interval = ALL_TIME;

export const wish = (
  snapshot: SnapshotId,
  range: Interval,
  more: Partial<ClaimRequest> = {},
): ClaimRequest => ({
  snapshot,
  range,
  run: 'run-1',
  task: `${snapshot}@${range.start}`,
  holder: 'somewhere:1',
  leaseMs: 60_000,
  ...more,
});

export const commit = (
  snapshot: SnapshotId,
  range: Interval,
  seq: number,
  more: Partial<CommitRecord> = {},
): CommitRecord => ({
  snapshot,
  range,
  generation: 0,
  fence: seq,
  seq,
  run: 'run-1',
  task: `${snapshot}@${range.start}`,
  rows: 10 * seq,
  changed: [range],
  seen: {},
  columns: [{ name: 'day', type: 'DATE' }],
  version: null,
  finishedAt: NOON,
  ...more,
});

/** Takes a claim that must be free. */
export async function claimed(
  state: ScopedState,
  request: ClaimRequest,
): Promise<Extract<Claim, { readonly status: 'claimed' }>> {
  const claim = await state.claim(request);
  if (claim.status !== 'claimed') throw new Error(`Expected a claim, got ${JSON.stringify(claim)}`);
  return claim;
}

/** Claims, commits and records in one go, as a task does whose inputs are current. */
export async function finished(
  state: ScopedState,
  id: SnapshotId,
  range: Interval,
  seq: number,
): Promise<void> {
  const { fence, generation } = await claimed(state, wish(id, range));
  const recorded = await state.record(commit(id, range, seq, { fence, generation }), [], []);
  if (recorded.status !== 'recorded') throw new Error(`Expected it recorded, got ${recorded.reason}`);
  await state.release(id, fence);
}

import { difference, overlaps, type Interval } from '@seeknal/intervals';
import { ALL_TIME, type SnapshotId } from '@seeknal/plan';

import { StateError } from './errors.ts';
import { foldedUpTo } from './notes.ts';
import type { Claim, ClaimRequest } from './scoped-state.ts';
import { requireKept, requireSnapshot, withSnapshots } from './snapshot-steps.ts';
import { entry, type ClaimEntry, type ScopeDocument, type SnapshotState } from './state-document.ts';
import { answered, type ScopeStep, type StepContext } from './step.ts';

/** How long a claim nobody renewed, released or replaced is remembered, so that its work can be recorded. */
const ABANDONED_MS = 24 * 3_600_000;

export function claim(request: ClaimRequest): ScopeStep<Claim> {
  return (scope, context) => {
    const state = requireKept(scope, request.snapshot);
    const missing = difference([request.range], state.record.done);
    if (missing.length === 0) return answered(scope, { status: 'done' });
    const inTheWay = scope.claims.filter(
      (held) =>
        held.snapshot === request.snapshot &&
        overlaps([reach(state, held.range)], reach(state, request.range)),
    );
    const held = inTheWay.find((other) => !isOwn(other, request) && !isOver(other, context));
    if (held) {
      return answered(scope, {
        status: 'held',
        holder: held.holder,
        run: held.run,
        expiresAt: held.expiresAt,
      });
    }
    const fence = state.fence + 1;
    const expiresAt = context.now + request.leaseMs;
    const given: ClaimEntry = {
      snapshot: request.snapshot,
      node: state.record.node,
      fence,
      range: request.range,
      run: request.run,
      task: request.task,
      holder: request.holder,
      expiresAt,
      // Work left behind by the claims replaced may still be recorded under this one, judged by what was
      // noted since they began.
      tick: Math.min(scope.tick, ...inTheWay.map((other) => other.tick)),
    };
    const kept = scope.claims.filter(
      (other) => !inTheWay.includes(other) && context.now - other.expiresAt < ABANDONED_MS,
    );
    const claimed = { ...withSnapshots(scope, [{ ...state, fence }]), claims: [...kept, given] };
    const { generation } = state.record;
    return answered(claimed, { status: 'claimed', fence, generation, missing, expiresAt });
  };
}

export function renewClaim(snapshot: SnapshotId, fence: number, leaseMs: number): ScopeStep<void> {
  return (scope, { now }) => {
    requireSnapshot(scope, snapshot);
    const held = scope.claims.find((other) => other.snapshot === snapshot && other.fence === fence);
    if (!held) {
      throw new StateError(
        'STATE_CLAIM_LOST',
        `The claim ${fence} on snapshot ${snapshot} was lost: it expired and another took its place, or it was released`,
        'Stop the task: what it writes would be refused.',
      );
    }
    const renewed = { ...held, expiresAt: now + leaseMs };
    return answered(
      { ...scope, claims: scope.claims.map((other) => (other === held ? renewed : other)) },
      undefined,
    );
  };
}

export function releaseClaim(snapshot: SnapshotId, fence: number): ScopeStep<void> {
  return (scope) => {
    const held = scope.claims.find((other) => other.snapshot === snapshot && other.fence === fence);
    if (!held) return answered(scope, undefined);
    const released = { ...scope, claims: scope.claims.filter((other) => other !== held) };
    const reads = entry(scope.snapshots, snapshot)?.record.reads.map((read) => read.snapshot) ?? [];
    const touched = [snapshot, ...reads].flatMap((id) => entry(released.snapshots, id) ?? []);
    return answered(
      withSnapshots(
        released,
        touched.map((state) => folded(released, state)),
      ),
      undefined,
    );
  };
}

/** Folds the notes of a snapshot that no claim under way can need exactly. */
export function folded(scope: ScopeDocument, state: SnapshotState): SnapshotState {
  const { id } = state.record;
  const own = scope.claims.filter((held) => held.snapshot === id);
  const readers = scope.claims.filter((held) => {
    const reads = entry(scope.snapshots, held.snapshot)?.record.reads ?? [];
    return held.snapshot === id || reads.some((read) => read.snapshot === id);
  });
  const fences = new Set(own.map((held) => held.fence));
  return {
    ...state,
    changes: foldedUpTo(state.changes, oldestTick(readers)),
    invalidations: foldedUpTo(state.invalidations, oldestTick(own)),
    commits: foldedUpTo(state.commits, oldestTick(own)),
    answers: state.answers.filter(({ fence }, at) => fences.has(fence) || at === state.answers.length - 1),
  };
}

/** What a claim or commit for a range concerns: the table of a full node is replaced whole. */
export const reach = (state: SnapshotState, range: Interval): Interval =>
  state.record.materialization === 'full' ? ALL_TIME : range;

const oldestTick = (claims: readonly ClaimEntry[]): number =>
  Math.min(Infinity, ...claims.map(({ tick }) => tick));

const isOwn = (held: ClaimEntry, { task, run }: ClaimRequest): boolean =>
  held.task === task && held.run === run;

const isOver = ({ holder, expiresAt }: ClaimEntry, { now, isGone }: StepContext): boolean =>
  expiresAt <= now || isGone(holder);

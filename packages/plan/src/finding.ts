import { difference, intersection, intervalSet, overlaps, union, type IntervalSet } from '@seeknal/intervals';
import { canonicalJson, type JsonObject, type NodeId } from '@seeknal/manifest';

import { metadataOf, type Change } from './change.ts';
import { affected, hasIntervals, needed } from './dependency.ts';
import { due, type Due, type Outside } from './due.ts';
import type { PlanRequest } from './plan-request.ts';
import type { ResolvedNode } from './resolve.ts';
import { ALL_TIME, hasTable, isOutput } from './snapshot.ts';

/** Everything the planner found out about one node; it becomes one line of the plan. */
export interface Finding {
  readonly resolved: ResolvedNode;
  readonly change: Change;
  readonly due: Due;
  readonly missing: IntervalSet;
  readonly maybe: IntervalSet;
  readonly blocked: string | null;
  /** An input that has no rows and is not to have any yet: nothing is run before it has. */
  readonly waitsFor: NodeId | null;
  /** Whether rows that are there have to pass audits that they have not met. */
  readonly audits: boolean;
  /** What is due and is not run, because rows of `prod` that it is, or reads, are behind. */
  readonly behind: IntervalSet;
  /** Inputs that change while the done intervals stay, as the author asked. */
  readonly keptOver: readonly NodeId[];
  /** What the caller knows of it. */
  readonly known: readonly string[];
}

/** Finds out about one node, given what was found of everything that it reads. */
export function find(
  id: NodeId,
  resolved: ResolvedNode,
  change: Change,
  above: ReadonlyMap<NodeId, Finding>,
  request: PlanRequest,
): Finding {
  const isSelected = request.select === null || request.select.has(id);
  const isOwned = request.owned?.has(resolved.snapshot.id) ?? false;
  const { now, range } = request;
  const isFull = request.full && isSelected && !isOwned;
  const dueNow = due(resolved, { now, range, full: isFull }, readsOthers(resolved) ?? request.outside[id]);
  const behind = isOwned ? dueNow.missing : behindOf(resolved, dueNow.missing, above);
  const wished = isSelected ? difference(dueNow.missing, behind) : [];
  const waitsFor = wished.length === 0 ? null : emptyInput(resolved, above);
  const blocked = wished.length === 0 || waitsFor !== null ? null : blockedBy(resolved, wished, above);
  const missing = waitsFor === null ? wished : [];
  const maybe = isSelected && !isOwned && blocked === null ? maybeOf(resolved, missing, above) : [];
  const audits = isSelected && blocked === null && meetsNewAudits(resolved, request);
  return {
    resolved,
    change,
    due: dueNow,
    missing,
    maybe,
    blocked,
    waitsFor,
    audits,
    behind,
    keptOver: keptOver(resolved, above),
    known: request.notes?.[id] ?? [],
  };
}

/**
 * What a result or a file was made from, where that is another table than the one that is read now; null: the
 * same. Whoever has rows of its own is compared with the new ones; these cannot be.
 */
export function otherTable({ snapshot, record }: Pick<ResolvedNode, 'snapshot' | 'record'>): NodeId | null {
  if (record === null || !isOutput(snapshot.materialization)) return null;
  const inputs = new Set(record.inputs.map((input) => `${input.place} ${input.snapshot}`));
  const reads = new Set(record.reads.map((read) => read.snapshot));
  const other =
    snapshot.inputs.find((input) => !inputs.has(`${input.place} ${input.snapshot}`)) ??
    snapshot.reads.find((read) => !reads.has(read.snapshot));
  return other?.node ?? null;
}

function readsOthers(resolved: ResolvedNode): Outside | undefined {
  const other = otherTable(resolved);
  return other === null ? undefined : { isChanged: true, reason: `${other} is another table now` };
}

/** Audits decide no rows, but whether they may be shown: changed ones run before the environment points there. */
function meetsNewAudits(
  { node, snapshot, record }: ResolvedNode,
  { state, environment }: PlanRequest,
): boolean {
  if (node.spec.kind !== 'transform' || node.spec.checks.length === 0) return false;
  if (record === null || record.done.length === 0) return false;
  const pointer = state.environments[environment]?.pointers[node.id];
  if (pointer?.snapshot !== snapshot.id) return true;
  return auditsIn(pointer.metadata) !== auditsIn(metadataOf(node));
}

const auditsIn = ({ audits = null }: JsonObject): string => canonicalJson(audits);

/** The first input that has no rows for what is needed and gets none from this plan, as a sentence. */
function blockedBy(
  { snapshot }: ResolvedNode,
  missing: IntervalSet,
  above: ReadonlyMap<NodeId, Finding>,
): string | null {
  for (const { node } of snapshot.inputs) {
    const input = above.get(node) as Finding;
    if (input.blocked !== null) return `${node} cannot run: ${input.blocked}`;
  }
  for (const read of snapshot.reads) {
    const input = above.get(read.node) as Finding;
    const gaps = difference(difference(input.due.missing, input.missing), input.behind);
    if (gaps.length === 0) continue;
    for (const range of missing) {
      const need = needed(read, input.resolved.snapshot, snapshot, range);
      if (overlaps(gaps, need))
        return `${read.node} lacks rows that it reads; select it too: +${snapshot.node}`;
    }
  }
  return null;
}

/**
 * What of the due has to wait for rows that are behind: the intervals that read them. A node without
 * intervals takes what is there, and runs again when there is more; where nothing is there, it waits.
 */
function behindOf(
  { snapshot, timing }: ResolvedNode,
  due: IntervalSet,
  above: ReadonlyMap<NodeId, Finding>,
): IntervalSet {
  const waiting = snapshot.reads.flatMap((read) => {
    const input = above.get(read.node) as Finding;
    if (input.behind.length === 0) return [];
    if (isEmpty(input)) return due;
    if (!hasIntervals(snapshot)) return [];
    const reached = input.behind.map((range) => affected(read, input.resolved.snapshot, snapshot, range));
    return reached.filter((range) => range !== null);
  });
  const behind = intersection(intervalSet(waiting), due);
  const [first] = behind;
  if (timing?.dependsOnPast !== true || first === undefined) return behind;
  return intersection([{ start: first.start, end: ALL_TIME.end }], due);
}

/** Whether a table has no rows to count on, and gets none from this plan. */
const isEmpty = ({ resolved: { snapshot, record }, missing }: Finding): boolean =>
  hasTable(snapshot.materialization) && (record === null || record.done.length === 0) && missing.length === 0;

/** The first input that has no rows and is not to have any yet: a query over it has nothing to bind to. */
function emptyInput({ snapshot }: ResolvedNode, above: ReadonlyMap<NodeId, Finding>): NodeId | null {
  for (const { node } of snapshot.inputs) {
    const input = above.get(node) as Finding;
    if (input.waitsFor !== null) return input.waitsFor;
    const { snapshot: parent, record } = input.resolved;
    if (
      hasTable(parent.materialization) &&
      input.due.missing.length === 0 &&
      (record?.done ?? []).length === 0
    )
      return node;
  }
  return null;
}

/** Done stretches that run again if what runs above turns out to change rows. */
function maybeOf(
  { snapshot, record }: ResolvedNode,
  missing: IntervalSet,
  above: ReadonlyMap<NodeId, Finding>,
): IntervalSet {
  if (record === null || record.done.length === 0) return [];
  const touched = snapshot.reads.flatMap((read) => {
    const input = above.get(read.node) as Finding;
    return union(input.missing, input.maybe).flatMap(
      (range) => affected(read, input.resolved.snapshot, snapshot, range) ?? [],
    );
  });
  return difference(intersection(intervalSet(touched), record.done), missing);
}

/** Inputs without intervals of their own that are built or loaded again, and leave the done intervals alone. */
function keptOver(
  { snapshot, record }: ResolvedNode,
  above: ReadonlyMap<NodeId, Finding>,
): readonly NodeId[] {
  if (record === null || record.done.length === 0) return [];
  return snapshot.reads.flatMap((read) => {
    const input = above.get(read.node) as Finding;
    if (input.resolved.record === null) return [];
    const isKept = input.missing.some(
      (range) => affected(read, input.resolved.snapshot, snapshot, range) === null,
    );
    return isKept ? [read.node] : [];
  });
}

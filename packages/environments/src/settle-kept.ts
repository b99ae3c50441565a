import type { Engine } from '@seeknal/engine';
import {
  difference,
  intersection,
  intervalSet,
  splitBySchedule,
  schedule,
  type Interval,
  type IntervalSet,
} from '@seeknal/intervals';
import type { Column, NodeId } from '@seeknal/manifest';
import {
  affected,
  hasIntervals,
  hasTable,
  isProved,
  proofKey,
  type Invalidation,
  type ResolvedNode,
  type SnapshotRead,
  type SnapshotRecord,
  type StateView,
} from '@seeknal/plan';
import { foldCase } from '@seeknal/sql-ast/text';
import type { ScopedState, SnapshotLinks } from '@seeknal/state';

/** What became of kept tables whose inputs were made anew. */
export interface Settled {
  /** Nodes that have to run again, because the data above moved meanwhile. */
  readonly moved: readonly NodeId[];
}

export interface SettleOptions {
  /** Names this step, so that a repetition changes nothing more. */
  readonly key: string;
  readonly now: number;
  /** Whether the environment may write a table: what `prod` shows, others leave alone. */
  readonly isOwn: (node: NodeId) => boolean;
}

interface Unsettled {
  readonly node: ResolvedNode;
  readonly record: SnapshotRecord;
  readonly read: SnapshotRead;
  readonly old: SnapshotRecord | null;
  readonly now: SnapshotRecord;
}

/**
 * A table may be kept although what it was made from is made anew, because the columns that it reads are
 * proved to be the same. Data may have moved all the same: a source was corrected between the two builds, or
 * a query gives other rows each time. So the columns that are read are compared, old table against new,
 * interval by interval. Equal: from now on the kept table is read over the new one. Different: those
 * intervals run again; where they may not be written, the proof is taken back, and the next plan builds.
 *
 * An input that is not complete yet is left for the next time. One scan of both tables for each such input.
 */
export async function settleKept(
  resolved: ReadonlyMap<NodeId, ResolvedNode>,
  view: StateView,
  engine: Engine,
  state: ScopedState,
  options: SettleOptions,
): Promise<Settled> {
  const moved: NodeId[] = [];
  const links: SnapshotLinks[] = [];
  const invalidations: Invalidation[] = [];
  const revoked: string[] = [];
  /** Nodes that get rows of their own after all: what was proved of those below leant on the ones they had. */
  const rebuilt = new Set<NodeId>();
  const revoke = (node: ResolvedNode): void => {
    revoked.push(keyOf(node));
    moved.push(node.node.id);
    rebuilt.add(node.node.id);
  };
  for (const [id, node] of resolved) {
    const record = view.snapshots[node.snapshot.id];
    if (record === undefined || !hasTable(record.materialization)) continue;
    const unsettled = unsettledReads(node, record, view);
    if (isProved(node, view) && node.snapshot.reads.some((read) => rebuilt.has(read.node))) {
      revoke(node);
      continue;
    }
    if (unsettled.length === 0) continue;
    if (unsettled.some((each) => !isComplete(each))) {
      // A word is believed once the rows are seen: until then the node is built like any other.
      if (isOnWord(node, view)) revoke(node);
      continue;
    }
    const stale: Interval[] = [];
    for (const each of unsettled) stale.push(...(await movedIn(each, readColumns(each, view), engine)));
    const again = intersection(intervalSet(stale), record.done);
    if (!options.isOwn(id)) {
      if (again.length === 0) continue;
      revoke(node);
      continue;
    }
    const reads = [...formerReads(record, unsettled), ...node.snapshot.reads];
    links.push({ snapshot: record.id, inputs: node.snapshot.inputs, reads });
    if (again.length === 0) continue;
    moved.push(id);
    const reason = `data moved: ${unsettled.map(({ read }) => read.node).join(', ')} has other rows than before`;
    invalidations.push(...again.map((range) => ({ snapshot: record.id, range, reason })));
  }
  // Invalidated before it is linked: should the process die in between, it is compared again.
  if (invalidations.length > 0) await state.invalidate(options.key, invalidations, options.now);
  if (links.length > 0) await state.link(links);
  if (revoked.length > 0) await state.removeProofs(revoked);
  return { moved };
}

/** What a table is to be read over, and was not made from. */
function unsettledReads(node: ResolvedNode, record: SnapshotRecord, view: StateView): readonly Unsettled[] {
  const known = new Set(record.reads.map(({ snapshot }) => snapshot));
  return node.snapshot.reads.flatMap((read): readonly Unsettled[] => {
    const now = view.snapshots[read.snapshot];
    if (known.has(read.snapshot) || now === undefined) return [];
    // The newest of those it was made from: the one that its inputs name, or any other of that node.
    const madeFrom = [...record.inputs, ...record.reads];
    const before = madeFrom.find(({ node: name }) => name === read.node) ?? madeFrom.find(ofNode(read, now));
    return [{ node, record, read, old: view.snapshots[before?.snapshot ?? ''] ?? null, now }];
  });
}

/** Whether something is said of the node of an input, by whichever of its names. */
const ofNode =
  ({ node }: SnapshotRead, { node: made, formerNodes = [] }: SnapshotRecord) =>
  ({ node: name }: { readonly node: NodeId }): boolean =>
    name === node || name === made || formerNodes.includes(name);

/**
 * What was read of an input under another name, under the name that it has now: of what is read of one node
 * only one table counts, the one that a commit says it saw.
 */
const formerReads = ({ reads }: SnapshotRecord, unsettled: readonly Unsettled[]): readonly SnapshotRead[] =>
  unsettled.flatMap(({ read, now }) =>
    reads.filter(ofNode(read, now)).map((former) => ({ ...former, node: read.node })),
  );

/** Whether the new input has every row that the old one had; before, there is nothing to compare. */
const isComplete = ({ old, now }: Unsettled): boolean =>
  now.done.length > 0 && (old === null || difference(old.done, now.done).length === 0);

/** Under which name it is noted that a node may use the rows that it has. */
const keyOf = ({ node, identity, snapshot }: ResolvedNode): string => proofKey(node, identity, snapshot.id);

/** Whether its rows stay because somebody said that those of an input do. */
const isOnWord = (node: ResolvedNode, { proofs }: StateView): boolean =>
  proofs[keyOf(node)]?.evidence['onWord'] !== undefined;

/** Columns of the input that the proof says are read; where it does not say, all that both have. */
function readColumns({ node, read, old, now }: Unsettled, { proofs }: StateView): readonly string[] {
  const reads = proofs[keyOf(node)]?.evidence['reads'] as
    | { readonly [id: string]: readonly string[] }
    | undefined;
  const columns = reads?.[read.node];
  const names = (of: readonly Column[] | null): readonly string[] =>
    (of ?? []).map(({ name }) => foldCase(name));
  const both = names(now.columns).filter((name) => names(old?.columns ?? null).includes(name));
  return columns === undefined || columns.includes('*')
    ? both
    : both.filter((name) => columns.includes(name));
}

/** The stretches of the kept table that read rows which differ between the two inputs. */
async function movedIn(
  { node, record, read, old, now }: Unsettled,
  columns: readonly string[],
  engine: Engine,
): Promise<readonly Interval[]> {
  const stretches =
    old === null || !hasTable(old.materialization) || !hasTable(now.materialization)
      ? now.done
      : await differing(old, now, columns, engine);
  return stretches.flatMap(
    (stretch) =>
      affected(
        { ...read, onChange: 'rebuild' },
        now,
        { ...node.snapshot, materialization: record.materialization },
        stretch,
      ) ?? [],
  );
}

/** Where two tables of one node have other rows, as far as these columns tell. */
async function differing(
  old: SnapshotRecord,
  now: SnapshotRecord,
  columns: readonly string[],
  engine: Engine,
): Promise<IntervalSet> {
  const more = difference(now.done, old.done);
  const both = intersection(old.done, now.done);
  const coarse = await unequal(both, old, now, columns, engine);
  const fine =
    hasIntervals(now) && now.schedule !== null
      ? coarse.flatMap((range) => [
          ...splitBySchedule(
            [range],
            schedule((now.schedule as { expression: string }).expression, {
              timeZone: now.schedule?.timeZone ?? 'UTC',
            }),
          ),
        ])
      : coarse;
  const found = fine === coarse ? coarse : await unequal(fine, old, now, columns, engine);
  return intervalSet([...more, ...found]);
}

async function unequal(
  ranges: readonly Interval[],
  old: SnapshotRecord,
  now: SnapshotRecord,
  columns: readonly string[],
  engine: Engine,
): Promise<readonly Interval[]> {
  if (ranges.length === 0) return [];
  const before = await engine.digestColumns(old.id, columns, ranges);
  const after = await engine.digestColumns(now.id, columns, ranges);
  return ranges.filter(
    (_, index) =>
      before[index]?.rows !== after[index]?.rows || before[index]?.digest !== after[index]?.digest,
  );
}

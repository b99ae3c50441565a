import { ahead, alignOutward, back, schedule, type Interval, type Schedule } from '@seeknal/intervals';

import { ALL_TIME, isByInterval, type Snapshot, type SnapshotRead } from './snapshot.ts';

/** What the relation between two snapshots needs to know of either. */
export type Related = Pick<Snapshot, 'materialization' | 'schedule' | 'timeColumn'>;

/** Whether the snapshot's rows come interval by interval, so that one of them can change alone. */
export const hasIntervals = ({ materialization }: Pick<Related, 'materialization'>): boolean =>
  isByInterval(materialization);

/** Parsed anew each time; the parser remembers. A snapshot with intervals always has a schedule. */
function scheduleOf({ schedule: of }: Related): Schedule {
  const { expression, timeZone } = of as NonNullable<Related['schedule']>;
  return schedule(expression, { timeZone });
}

/**
 * The schedule an input is counted in. A file with a time column has none of its own and is cut by its
 * reader's; an input without intervals has none at all.
 */
function countedIn(input: Related, reader: Schedule): Schedule | null {
  if (hasIntervals(input)) return scheduleOf(input);
  return input.materialization === 'source' && input.timeColumn !== null ? reader : null;
}

/**
 * The stretch of an input that a stretch of its reader needs: what the query may see of it, and where a
 * later change makes the reader's rows stale. `ALL_TIME` where either has no intervals.
 */
export function needed(read: SnapshotRead, input: Related, reader: Related, range: Interval): Interval {
  const own = hasIntervals(reader) ? scheduleOf(reader) : null;
  const counted = own === null ? null : countedIn(input, own);
  if (counted === null) return ALL_TIME;
  const matching = alignOutward(range, counted);
  switch (read.reads.kind) {
    case 'interval':
      return matching;
    case 'back':
      return back(matching, counted, read.reads.count);
    case 'all':
      return { start: ALL_TIME.start, end: matching.end };
  }
}

/**
 * The stretch of a reader whose rows may differ because a stretch of an input has other rows: the relation
 * of `needed` run backwards, in whole intervals of the reader. Null where the reader keeps its rows.
 */
export function affected(
  read: SnapshotRead,
  input: Related,
  reader: Related,
  changed: Interval,
): Interval | null {
  const own = hasIntervals(reader) ? scheduleOf(reader) : null;
  if (own === null) return ALL_TIME;
  const counted = countedIn(input, own);
  if (counted === null) return read.onChange === 'rebuild' ? ALL_TIME : null;
  // A change without bounds (a file that lost its time column, say) has no ticks to align to.
  if (changed.start <= ALL_TIME.start || changed.end >= ALL_TIME.end) return ALL_TIME;
  const whole = alignOutward(changed, counted);
  switch (read.reads.kind) {
    case 'interval':
      return alignOutward(whole, own);
    case 'back':
      return alignOutward(ahead(whole, counted, read.reads.count), own);
    case 'all':
      return { start: alignOutward(whole, own).start, end: ALL_TIME.end };
  }
}

/**
 * Of everything that a table was ever made from, what one commit of it read: a table that is kept over inputs
 * made anew has reads of both, and `seen` says which they were. Where it says nothing of a node, all count.
 */
export function readsSeen(
  reads: readonly SnapshotRead[],
  seen: { readonly [id: string]: number },
): readonly SnapshotRead[] {
  const told = new Set(reads.filter(({ snapshot }) => snapshot in seen).map(({ node }) => node));
  return reads.filter(({ node, snapshot }) => snapshot in seen || !told.has(node));
}

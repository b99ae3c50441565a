import { difference, intervalSet, overlaps, union } from '@seeknal/intervals';
import type { Interval, IntervalSet } from '@seeknal/intervals';

/** That something numbered `value` happened to a stretch, at the scope's tick `tick`. */
export interface Note extends Interval {
  readonly value: number;
  readonly tick: number;
}

/**
 * The highest number that happened to each instant. `exact` holds disjoint stretches in order of time;
 * what nobody under way can ask about exactly any more is folded: the stretches run together, and the
 * highest of their numbers stands for all of them, so an answer from there errs towards "something newer
 * happened", never the other way.
 */
export interface Notes {
  readonly exact: readonly Note[];
  readonly folded: { readonly set: IntervalSet; readonly value: number };
}

export const NO_NOTES: Notes = { exact: [], folded: { set: [], value: 0 } };

/** Stretches that stay exact although nobody under way needs them: small histories are answered exactly. */
const KEPT = 4;

/** The highest number noted for an instant of the range; 0 where nothing was. O(n). */
export function highest({ exact, folded }: Notes, range: Interval): number {
  const values = exact.filter((note) => overlaps([note], range)).map(({ value }) => value);
  return Math.max(0, ...values, overlaps(folded.set, range) ? folded.value : 0);
}

/** Notes that `value` happened to the range; stretches where something higher did keep theirs. O(n). */
export function noted(notes: Notes, range: Interval, value: number, tick: number): Notes {
  const higher = notes.exact.filter((note) => note.value > value);
  const lower = notes.exact.filter((note) => note.value <= value);
  const kept = lower.flatMap((note) =>
    difference([bounds(note)], [range]).map((part) => ({ ...note, ...part })),
  );
  const added = difference([range], intervalSet(higher.map(bounds))).map((part) => ({
    ...part,
    value,
    tick,
  }));
  return { ...notes, exact: joined([...higher, ...kept, ...added]) };
}

/** Folds what was noted up to `tick`, except the newest few. */
export function foldedUpTo(notes: Notes, tick: number): Notes {
  if (notes.exact.length <= KEPT) return notes;
  const newest = notes.exact.toSorted((a, b) => b.tick - a.tick || b.value - a.value || b.start - a.start);
  const old = new Set(newest.slice(KEPT).filter((note) => note.tick <= tick));
  if (old.size === 0) return notes;
  const set = union(notes.folded.set, intervalSet([...old].map(bounds)));
  const value = Math.max(notes.folded.value, ...[...old].map((note) => note.value));
  return { exact: notes.exact.filter((note) => !old.has(note)), folded: { set, value } };
}

const bounds = ({ start, end }: Interval): Interval => ({ start, end });

/** In order of time, neighbours that say the same made one. */
function joined(notes: readonly Note[]): readonly Note[] {
  const result: Note[] = [];
  for (const note of notes.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && last.end === note.start && last.value === note.value) {
      result[result.length - 1] = { ...last, end: note.end, tick: Math.max(last.tick, note.tick) };
    } else {
      result.push(note);
    }
  }
  return result;
}

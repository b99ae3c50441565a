import type { Instant } from './interval.ts';

/** Where a schedule fires, either way along the line. */
export interface Ticks {
  /** The first tick after an instant; null when none comes within 400 years. */
  readonly next: (after: Instant) => Instant | null;
  /** The last tick before an instant; null when there was none within 400 years. */
  readonly prev: (before: Instant) => Instant | null;
  /** How many ticks lie from `start` on and before `end`. */
  readonly count: (start: Instant, end: Instant) => number;
  /** The distance between any two consecutive ticks, in ms; null where it varies. */
  readonly periodMs: number | null;
}

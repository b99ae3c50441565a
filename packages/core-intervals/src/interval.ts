/** Milliseconds since the epoch, UTC. */
export type Instant = number;

/** The instants from `start` up to, not including, `end`. Plain JSON. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

/** Whether a number of ms lies where the language has dates: 275 000 years either way, and not NaN. */
export const isInstant = (ms: number): boolean => Math.abs(ms) <= 8.64e15;

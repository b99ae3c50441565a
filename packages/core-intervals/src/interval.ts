/** Milliseconds since the epoch, UTC. */
export type Instant = number;

/** The instants from `start` up to, not including, `end`. Plain JSON. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

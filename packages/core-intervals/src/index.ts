export type { Instant, Interval } from './interval.ts';

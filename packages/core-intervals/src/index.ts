export { alignInward, alignOutward } from './align.ts';
export { batches } from './batches.ts';
export { createIntervalCalculator, IntervalCalculator } from './calculator.ts';
export type { MissingIntervalsOptions, RunStateIntervals } from './calculator.ts';
export type { CalculateOptions, EndRule, PendingOptions } from './calculator-range.ts';
export { parseCronSchedule } from './cron-schedule.ts';
export type { CronFields, CronSchedule } from './cron-schedule.ts';
export { IntervalError } from './errors.ts';
export type { IntervalErrorCode } from './errors.ts';
export type { Instant, Interval } from './interval.ts';
export { covers, difference, intersection, intervalSet, overlaps, slice, union } from './interval-set.ts';
export type { IntervalSet } from './interval-set.ts';
export {
  dateStarting,
  formatInstant,
  formatInterval,
  intervalToString,
  namedInterval,
  stringToInterval,
} from './interval-text.ts';
export { missing, withLookback } from './missing.ts';
export type { MissingOptions } from './missing.ts';
export { partitionKey, partitionKeys } from './partition.ts';
export { resolveRange } from './range.ts';
export type { RangeOptions, ResolvedRange } from './range.ts';
export { ahead, back } from './reach.ts';
export { schedule } from './schedule.ts';
export type { Schedule, ScheduleOptions } from './schedule.ts';
export { countIntervals, listIntervals, splitBySchedule } from './split.ts';
export { interval, readInterval, readIntervals } from './stored-interval.ts';
export type { IntervalInput } from './stored-interval.ts';
export { parseInstant, readTime } from './time-text.ts';
export type { Moment, TimeInput, TimeOptions } from './time-text.ts';
export { instantAt, wallClock } from './wall-clock.ts';
export type { WallClock } from './wall-clock.ts';

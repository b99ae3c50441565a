import { formatInstant, formatInterval, type Instant, type Interval } from '@seeknal/intervals';
import { ALL_TIME } from '@seeknal/plan';

/** Whether this is the one interval of a node without a schedule. */
export const isAllTime = ({ start, end }: Interval): boolean =>
  start <= ALL_TIME.start && end >= ALL_TIME.end;

/** `2024-01-01 to 2024-01-02`, in UTC, the end not included; empty for all of time. */
export const rangeText = (range: Interval): string => (isAllTime(range) ? '' : formatInterval(range));

/** The range a command is about, in words. */
export function scopeText(range: Interval | null, now: Instant): string {
  if (range === null) return `everything up to ${formatInstant(now - (now % 1000))} (UTC)`;
  if (range.start <= ALL_TIME.start) return `everything up to ${formatInstant(range.end)} (UTC)`;
  return `${formatInterval(range)} (UTC, end not included)`;
}

/** As JSON has it: two instants in UTC; null for all of time. */
export const rangeJson = (range: Interval): readonly [string, string] | null =>
  isAllTime(range) ? null : [formatInstant(range.start), formatInstant(range.end)];

/** The first few of many stretches, one a line, and how many there are more. */
export function rangeLines(ranges: readonly Interval[], most = 5): readonly string[] {
  const shown = ranges.filter((range) => !isAllTime(range)).map(rangeText);
  return shown.length <= most
    ? shown
    : [...shown.slice(0, most), `and ${shown.length - most} more stretches`];
}

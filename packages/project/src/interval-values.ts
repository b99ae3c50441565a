import type { Instant, Interval } from '@seeknal/intervals';

import type { ClockCall } from './template-forms.ts';

/** The names an interval run gives a value, whatever params say. */
export const INTERVAL_NAMES: ReadonlySet<string> = new Set([
  'start',
  'end',
  'start_date',
  'end_date',
  'start_ts',
  'end_ts',
]);

const DAY_MS = 86_400_000;
const zones = new Map<string, Intl.DateTimeFormat>();

/**
 * The interval as templates see it: `start` and `end` as dates when both are midnights in the zone, else as
 * UTC date-times; `start_date` and `end_date` as dates in the zone, a part of a day at the end counted as the
 * whole day; `start_ts` and `end_ts` as typed UTC literals. Every end is exclusive.
 */
export function intervalValues(
  { start, end }: Interval,
  timeZone: string,
): { readonly [name: string]: string } {
  const from = wallClock(start, timeZone);
  const to = wallClock(end, timeZone);
  const areDates = from % DAY_MS === 0 && to % DAY_MS === 0;
  return {
    start: areDates ? date(from) : utc(start),
    end: areDates ? date(to) : utc(end),
    start_date: date(from),
    end_date: date(Math.ceil(to / DAY_MS) * DAY_MS),
    start_ts: `TIMESTAMP '${utc(start)}'`,
    end_ts: `TIMESTAMP '${utc(end)}'`,
  };
}

/** `today(-1)`, `month_start(1)` and so on, as a date: shifted by days, months or years. */
export function clockValue(call: ClockCall, shift: number, now: Instant, timeZone: string): string {
  const today = new Date(wallClock(now, timeZone));
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  switch (call) {
    case 'today':
      return date(Date.UTC(year, month, day + shift));
    case 'yesterday':
      return date(Date.UTC(year, month, day - 1 + shift));
    case 'month_start':
      return date(Date.UTC(year, month + shift, 1));
    case 'year_start':
      return date(Date.UTC(year + shift, 0, 1));
  }
}

const date = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

/** `YYYY-MM-DD hh:mm:ss`, with milliseconds only where there are some. */
const utc = (at: Instant): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');

/** What a clock on the wall of the zone shows, as if it were UTC. */
function wallClock(at: Instant, timeZone: string): number {
  if (timeZone === 'UTC') return at;
  let format = zones.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      calendar: 'gregory',
      numberingSystem: 'latn',
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zones.set(timeZone, format);
  }
  const part: { [type: string]: number } = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
  return wall + (((at % 1000) + 1000) % 1000);
}

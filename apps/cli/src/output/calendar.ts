import {
  dateStarting,
  instantAt,
  intersection,
  schedule,
  splitBySchedule,
  union,
  wallClock,
  type Interval,
  type IntervalSet,
} from '@seeknal/intervals';

import type { Style } from './style.ts';

/** What a calendar shows: what a node should have, and what it has. */
export interface CalendarSets {
  readonly wanted: IntervalSet;
  readonly done: IntervalSet;
  /** Whose days these are. */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;
/** ` `, `1        10        20        30`: where the days of a month are. */
const RULER = `1${'10'.padStart(9)}${'20'.padStart(10)}${'30'.padStart(10)}`;

/**
 * A line a month, a mark a day: done, missing, some of both, or blank where nothing is wanted. Behind a month
 * with gaps stands how many of its days have one. O(days + intervals).
 *
 * @returns No lines where nothing is wanted or done.
 */
export function calendarLines({ wanted, done, timeZone }: CalendarSets, style: Style): readonly string[] {
  const asked = union(wanted, done);
  const [first, last] = [asked[0], asked.at(-1)];
  if (first === undefined || last === undefined) return [];
  const days = daysAround({ start: first.start, end: last.end }, timeZone);
  const shares = overlaps(days, asked);
  const dones = overlaps(days, intersection(asked, done));
  const months = new Map<string, string[]>();
  days.forEach(({ start }, i) => {
    const date = dateStarting(start, timeZone) ?? new Date(wallClock(start, timeZone)).toISOString();
    const month = date.slice(0, 7);
    const marks = months.get(month) ?? [];
    if (!months.has(month)) months.set(month, marks);
    marks[Number(date.slice(8, 10)) - 1] = markOf(shares[i] as number, dones[i] as number, style);
  });
  return [
    style.color.dim(`         ${RULER}`),
    ...[...months].map(([month, marks]) => monthLine(month, marks, style)),
  ];
}

/** `# done, . missing, + some of a day`. */
export const calendarLegend = ({ mark }: Style): string =>
  `${mark.done} done, ${mark.missing} missing, ${mark.partly} some of a day`;

function markOf(asked: number, done: number, { mark }: Style): string {
  if (asked === 0) return ' ';
  if (done === 0) return mark.missing;
  return done === asked ? mark.done : mark.partly;
}

function monthLine(month: string, marks: readonly string[], { color, mark }: Style): string {
  const gaps = marks.filter((each) => each === mark.missing || each === mark.partly).length;
  const text = Array.from(marks, (each) => each ?? ' ')
    .join('')
    .trimEnd();
  const shown = text.replaceAll(/[^ ]+/gu, (run) => coloured(run, { color, mark }));
  return gaps === 0
    ? `  ${month}  ${shown}`
    : `  ${month}  ${shown}${' '.repeat(31 - [...text].length)}  ${color.yellow(`${gaps} to do`)}`;
}

const coloured = (run: string, { color, mark }: Pick<Style, 'color' | 'mark'>): string =>
  run.replaceAll(new RegExp(`[${mark.missing}${mark.partly}]+`, 'gu'), (gap) => color.yellow(gap));

/** The whole days of a zone that a stretch touches. */
function daysAround({ start, end }: Interval, timeZone: string): readonly Interval[] {
  const midnight = (at: number): number => Math.floor(wallClock(at, timeZone) / DAY_MS) * DAY_MS;
  const around = {
    start: instantAt(midnight(start), timeZone),
    end: instantAt(midnight(end - 1) + DAY_MS, timeZone),
  };
  return [...splitBySchedule([around], schedule('@daily', { timeZone }))];
}

/** How many milliseconds of each of some adjoining intervals lie in a set. */
function overlaps(days: readonly Interval[], set: IntervalSet): readonly number[] {
  let from = 0;
  return days.map(({ start, end }) => {
    while (from < set.length && (set[from] as Interval).end <= start) from += 1;
    let sum = 0;
    for (let i = from; i < set.length && (set[i] as Interval).start < end; i += 1) {
      const each = set[i] as Interval;
      sum += Math.min(end, each.end) - Math.max(start, each.start);
    }
    return sum;
  });
}

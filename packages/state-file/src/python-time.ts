import { intervalSet, type Instant, type IntervalSet } from '@seeknal/intervals';
import type { Json } from '@seeknal/manifest';

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Reads an ISO date or time; one without a zone is UTC. Undefined when it is neither. */
export function readPythonTime(text: Json | undefined): Instant | undefined {
  const [, date, time = '00:00', fraction = '', zone = 'Z'] =
    (typeof text === 'string' && TIME.exec(text)) || [];
  if (date === undefined) return undefined;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  const instant = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}.${millis}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** A time as Python prints one without a zone: `2024-01-05T08:00:00`, with microseconds where there are any. */
export function pythonTime(instant: Instant): string {
  const text = new Date(instant).toISOString().slice(0, -1);
  return text.endsWith('.000') ? text.slice(0, -4) : `${text}000`;
}

/**
 * Reads pairs of times. An end at second 59 names the last second that is included, since no schedule has a
 * tick there: `23:59:59` is the midnight that follows.
 *
 * @returns `refused` are the pairs that cannot be read, as text.
 */
export function readPythonIntervals(pairs: Json | undefined): {
  readonly set: IntervalSet;
  readonly refused: readonly string[];
} {
  const read: { start: Instant; end: Instant }[] = [];
  const refused: string[] = [];
  for (const pair of Array.isArray(pairs) ? (pairs as readonly Json[]) : []) {
    const [from, to] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
    const start = readPythonTime(from);
    const last = readPythonTime(to);
    const end =
      last === undefined || Math.floor(last / 1000) % 60 !== 59 ? last : (Math.floor(last / 1000) + 1) * 1000;
    if (start === undefined || end === undefined || end < start) refused.push(JSON.stringify(pair));
    else read.push({ start, end });
  }
  return { set: intervalSet(read), refused };
}

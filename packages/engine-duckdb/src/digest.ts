import type { Interval } from '@seeknal/intervals';
import type { Column } from '@seeknal/manifest';

import type { FailureContext } from './failures.ts';
import type { Scalar, Session } from './session.ts';
import { quoteName, type TimeType } from './sql-text.ts';

export const DAY_MS = 86_400_000;

/** Rows and their order-free hash. */
export interface Digest {
  readonly rows: number;
  /** `rows:sum of row hashes:engine version`; comparable as text, since the version is in it. */
  readonly text: string;
}

/** The digest of each UTC day that has rows; `null` stands for rows without a finite time. */
export type DayDigests = ReadonlyMap<number | null, string>;

/** The hash does not depend on the order of columns: they are taken by name. Of none only the count tells. */
const rowHash = (columns: readonly Column[]): string =>
  columns.length === 0
    ? '0'
    : `hash(${columns
        .map(({ name }) => name)
        .toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
        .map(quoteName)
        .join(', ')})`;

/** Whether a row is among the one in so many that its hash chooses. */
export const isChosen = (columns: readonly Column[], oneIn: number): string =>
  oneIn <= 1 ? 'true' : `${rowHash(columns)} % ${Math.floor(oneIn)} = 0`;

/** Count and hash, of the rows that fulfil `where`. */
export const digestText = (columns: readonly Column[], where = 'true'): string =>
  `count(*) FILTER (${where})::VARCHAR, coalesce((sum(${rowHash(columns)}) FILTER (${where}))::HUGEINT, 0)::VARCHAR`;

export const digest = (rows: Scalar | undefined, sum: Scalar | undefined, version: string): Digest => ({
  rows: Number(rows),
  text: `${String(rows)}:${String(sum)}:${version}`,
});

/** One scan of `from`, which may carry a WHERE. */
export async function digestOf(
  session: Session,
  from: string,
  columns: readonly Column[],
  version: string,
  context?: FailureContext,
): Promise<Digest> {
  const [rows, sum] = await session.row(`SELECT ${digestText(columns)} FROM ${from}`, context);
  return digest(rows, sum, version);
}

/** One scan of `from`, by UTC day of the time column. */
export async function dayDigestsOf(
  session: Session,
  from: string,
  columns: readonly Column[],
  time: { readonly name: string; readonly type: TimeType },
  version: string,
  context?: FailureContext,
): Promise<DayDigests> {
  const name = quoteName(time.name);
  const utc = time.type === 'TIMESTAMPTZ' ? `timezone('UTC', ${name})` : name;
  const day = `CASE WHEN isfinite(${name}) THEN epoch_ms(CAST(CAST(${utc} AS DATE) AS TIMESTAMP)) END`;
  const rows = await session.rows(
    `SELECT ${day} AS day, ${digestText(columns)} FROM ${from} GROUP BY ALL`,
    context,
  );
  return new Map(
    rows.map(([at, count, sum]) => [
      at === null || at === undefined ? null : Number(at),
      `${String(count)}:${String(sum)}:${version}`,
    ]),
  );
}

/** The days inside `range` whose digests differ, coalesced. */
export function differingDays(before: DayDigests, after: DayDigests, range: Interval): readonly Interval[] {
  const days = new Set([...before.keys(), ...after.keys()]);
  const changed: Interval[] = [];
  for (const day of [...days].filter((at) => at !== null).toSorted((a, b) => a - b)) {
    if (before.get(day) === after.get(day)) continue;
    const start = Math.max(day, range.start);
    const end = Math.min(day + DAY_MS, range.end);
    const last = changed.at(-1);
    if (start >= end) continue;
    if (last !== undefined && last.end === start) changed[changed.length - 1] = { start: last.start, end };
    else changed.push({ start, end });
  }
  return changed;
}

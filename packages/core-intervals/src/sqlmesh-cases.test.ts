import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { alignInward, alignOutward } from './align.ts';
import { batches } from './batches.ts';
import type { Interval } from './interval.ts';
import { difference, intervalSet, overlaps, union } from './interval-set.ts';
import type { IntervalSet } from './interval-set.ts';
import { missing, withLookback } from './missing.ts';
import { resolveRange } from './range.ts';
import { schedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { countIntervals, splitBySchedule } from './split.ts';
import { parseInstant, readTime } from './time-text.ts';

/** Behaviour observed in SQLMesh's tests, described as data. */
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly inputs: Inputs;
  readonly expected: never;
}
type Pair = readonly [string, string];
interface Inputs {
  readonly interval_unit?: string;
  readonly cron?: string;
  readonly cron_tz?: string;
  readonly have?: readonly Pair[];
  readonly other?: readonly Pair[];
  readonly missing?: readonly Pair[];
  readonly range?: Pair;
  readonly start?: string | null;
  readonly end?: string | null;
  readonly start_override?: string;
  readonly end_override?: string;
  readonly node_start?: string;
  readonly node_end?: string;
  readonly execution_time?: string;
  readonly ignore_cron?: boolean;
  readonly allow_partials?: boolean;
  readonly lookback?: number;
  readonly batch_size?: number;
  readonly uninterrupted?: boolean;
  readonly intervals?: readonly (readonly [number, number])[];
  readonly subtract?: readonly (readonly [number, number])[];
  readonly value?: string | number;
  readonly expression?: string;
  readonly now?: string;
}

/** Kinds that this package has no part in, and why. */
const OUT_OF_SCOPE: Readonly<Record<string, string>> = {
  'intervals.dev': 'snapshots and environments are the planner’s',
  'intervals.effective_from': 'snapshots are the planner’s',
  'intervals.removal_interval': 'what a restatement reaches is the planner’s',
  'intervals.seed': 'kinds of nodes are the planner’s',
  'date.make_inclusive': 'intervals are half-open everywhere, no inclusive end is ever made',
};
/** Cases that come out otherwise, on purpose, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'intervals.missing/011': 'only whole intervals: a partial one is the runner’s, never recorded',
  'intervals.missing/018': 'only whole intervals: a partial one is the runner’s, never recorded',
  'intervals.missing/028': 'look-back starts at what is missing in the range, not beyond its end',
  'intervals.missing/045': 'an interval that starts in the range belongs to it, and is never cut',
};

const UNITS: Readonly<Record<string, string>> = {
  year: '@yearly',
  month: '@monthly',
  day: '@daily',
  hour: '@hourly',
  half_hour: '*/30 * * * *',
  quarter_hour: '*/15 * * * *',
  five_minute: '*/5 * * * *',
};

const file = new URL('../../../../shared/cases/sqlmesh-cases.json', import.meta.url);
const cases: Case[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]).filter(({ kind }) =>
      /^(?:intervals|date)\.|^schedule\.(?:batches|dag|merged_missing)$/.test(kind),
    )
  : [];
if (cases.length === 0) test.skip('SQLMesh’s cases are in ../shared, which is absent', () => {});

for (const { id, kind, inputs, expected } of cases) {
  const reason = REFUSED[id];
  if (OUT_OF_SCOPE[kind] !== undefined) {
    test.skip(`${id}: ${OUT_OF_SCOPE[kind]}`, () => {});
  } else if (reason === undefined) {
    test(id, () => {
      expect(answer(kind, inputs)).toEqual(kind === 'schedule.dag' ? expected['batches'] : expected);
    });
  } else {
    test(`${id} differs: ${reason}`, () => {
      expect(answer(kind, inputs)).not.toEqual(expected);
    });
  }
}

const at = (text: string): number => parseInstant(text);
const read = (pairs: readonly Pair[] = []): IntervalSet =>
  intervalSet(pairs.map(([start, end]) => ({ start: at(start), end: at(end) })));
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000', '');
const show = (instant: number): string =>
  iso(instant).replace('T00:00:00Z', '').replace('T', ' ').replace('Z', '');
const pairs = (intervals: readonly Interval[]): string[][] =>
  intervals.map(({ start, end }) => [show(start), show(end)]);

function answer(kind: string, inputs: Inputs): unknown {
  const unit = schedule(UNITS[inputs.interval_unit ?? 'day']!);
  const have = read(inputs.have);
  const numbers = (list: Inputs['intervals'] = []): Interval[] =>
    list.map(([start, end]) => ({ start, end }));
  const range = (): Interval => resolveRange({ start: inputs.start!, end: inputs.end!, now: 0 }).range;
  switch (kind) {
    case 'intervals.add': {
      const added = alignInward(range(), unit);
      return pairs(union(have, added ? [added] : []));
    }
    case 'intervals.merge_set':
      return pairs(union(have, read(inputs.other)));
    case 'intervals.remove':
      return pairs(difference(have, [alignOutward(range(), unit)]));
    case 'intervals.inclusive_exclusive':
      return pairs([alignOutward(range(), unit)])[0];
    case 'intervals.missing':
    case 'intervals.missing_collection':
      return pairs([...splitBySchedule(missingFor(inputs, unit), unit)]);
    case 'intervals.missing_count':
      return countIntervals(missingFor(inputs, unit), unit);
    case 'schedule.merged_missing':
      return pairs(missing({ wanted: [range()], done: have }));
    case 'intervals.diff': {
      const without = intervalSet(numbers(inputs.subtract));
      const whole = numbers(inputs.intervals);
      const stop = inputs.uninterrupted ? whole.findIndex((each) => overlaps(without, each)) : -1;
      const kept = whole.slice(0, stop === -1 ? undefined : stop);
      return kept.filter((each) => !overlaps(without, each)).map(({ start, end }) => [start, end]);
    }
    case 'intervals.contiguous':
      return intervalSet(numbers(inputs.intervals)).map(({ start, end }) =>
        inputs.intervals!.filter((each) => start <= each[0] && each[1] <= end),
      );
    case 'schedule.batches': {
      const cut = batches(missingFor(inputs, unit), unit, inputs.batch_size!);
      const ends = pairs(cut);
      return { count: cut.length, first: ends[0] ?? null, last: ends.at(-1) ?? null };
    }
    case 'schedule.dag': {
      const set = inputs.missing ? read(inputs.missing) : read([inputs.range!]);
      const cut = batches(set, unit, inputs.batch_size ?? null);
      return pairs(cut);
    }
    case 'date.parse':
      return iso(parseInstant(inputs.value!));
    case 'date.relative':
      return iso(parseInstant(inputs.expression!, { now: at(inputs.now!) }));
    case 'date.is_categorical': {
      // A relative text of whole days: a date that moves with now.
      const [first, second] = [0, 86_400_000].map((now) => readTime(inputs.expression!, { now }));
      return first!.kind === 'date' && first!.start !== second!.start;
    }
    default:
      throw new Error(`Unknown kind: ${kind}`);
  }
}

/**
 * What a node wants, has not got, and looks back on. Its boundaries are those of the unit; the cron,
 * which in SQLMesh is apart from it, says only until when intervals are ready.
 */
function missingFor(inputs: Inputs, unit: Schedule): IntervalSet {
  const { lookback = 0 } = inputs;
  const now = at(inputs.execution_time ?? '2030-01-01');
  const said = inputs.start_override ?? inputs.start ?? inputs.node_start!;
  const start = Math.max(
    parseInstant(said, { now }),
    inputs.node_start === undefined ? -Infinity : at(inputs.node_start),
  );
  const until = (text?: string | null): number => (text ? readTime(text, { now }).end : Infinity);
  const due =
    inputs.cron === undefined || inputs.ignore_cron === true
      ? now
      : schedule(inputs.cron, { timeZone: inputs.cron_tz ?? 'UTC' }).floor(now)!;
  const end = Math.min(until(inputs.end), until(inputs.end_override), until(inputs.node_end));
  const from = unit.ceil(start)!;
  const to = Math.min(unit.ceil(end) ?? Infinity, unit.floor(due)!);
  if (from >= to) return [];
  const wanted = { start: from, end: to };
  const holes = missing({ wanted: [wanted], done: read(inputs.have) });
  return withLookback(holes, unit, lookback, wanted);
}

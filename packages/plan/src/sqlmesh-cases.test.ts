import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import {
  alignInward,
  intervalSet,
  interval,
  listIntervals,
  readTime,
  resolveRange,
  schedule,
  type Interval,
} from '@seeknal/intervals';

import type { Plan } from './plan.ts';
import { plan } from './planner.ts';
import { resolveNodes } from './resolve.ts';
import { restate } from './restate.ts';
import type { StateView } from './snapshot.ts';
import { EMPTY, exampleManifest, recordOf, type ExampleNode } from './testing/example-project.ts';

/** Behaviour observed in SQLMesh's tests, described as data. */
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly inputs: Inputs;
  readonly expected: never;
}
type Pair = readonly [string, string];
interface Inputs {
  readonly graph?: { readonly [node: string]: readonly string[] };
  readonly depends_on_self?: readonly string[];
  readonly restate?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly execution_time?: string;
  readonly now?: string;
  readonly cron?: string;
  readonly have?: readonly Pair[];
  readonly lookback?: number;
  readonly allow_partials?: boolean;
  readonly ignore_cron?: boolean;
  readonly parent_cron?: string;
  readonly kind?: string;
  readonly in_prod?: readonly string[];
  readonly interval_unit?: string;
  readonly missing?: readonly Pair[];
  readonly range?: Pair;
  readonly batch_size?: number | null;
  readonly batch_concurrency?: number | null;
}

/** Cases and kinds that are not asked here, and why: an answer would need what the planner has not got. */
const ELSEWHERE: readonly (readonly [id: RegExp, reason: string])[] = [
  [/^restatement\.(?:data|cross_env)\//, 'it is about rows, which a run has and a plan has not'],
  [/^schedule\.graph\//, 'what a task waits for is the orchestrator’s, asked of it task by task'],
];

/** What comes out otherwise on purpose, by what the case says, and why. */
function refusal({ kind, inputs }: Case): string | undefined {
  switch (kind) {
    case 'plan.dates':
      return 'a range says what to run now, in prod too; what lies outside stays missing for the next run';
    case 'plan.missing':
      if (inputs.parent_cron !== undefined) return 'a plan brings inputs up to date, changed or not';
      if (inputs.allow_partials && inputs.ignore_cron) return 'only whole intervals are planned and recorded';
      return undefined;
    case 'restatement.plan':
      if (inputs.graph !== undefined && inputs.start !== undefined) return undefined;
      if (inputs.in_prod !== undefined)
        return 'outside prod a write forks what prod uses, so none is left out';
      if (inputs.kind?.includes('disable_restatement'))
        return 'what was asked to be restated is: none is exempt';
      if (inputs.kind === 'EMBEDDED') return 'no node is embedded; a view has no rows to restate';
      return 'a full node is one piece, and done intervals that read it are kept (on_change: keep)';
    default:
      return undefined;
  }
}

const file = new URL('../../../../shared/cases/sqlmesh-cases.json', import.meta.url);
const cases: Case[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]).filter(({ kind }) =>
      /^(?:plan\.(?:dates|missing)|restatement\..*|schedule\.(?:dag|graph))$/.test(kind),
    )
  : [];
if (cases.length === 0) test.skip('SQLMesh’s cases are in ../shared, which is absent', () => {});

for (const each of cases) {
  const elsewhere = ELSEWHERE.find(([id]) => id.test(each.id));
  const reason = refusal(each);
  if (elsewhere !== undefined) {
    test.skip(`${each.id}: ${elsewhere[1]}`, () => {});
  } else if (reason === undefined) {
    test(each.id, () => {
      expect(answer(each)).toEqual(each.kind === 'schedule.dag' ? each.expected['batches'] : each.expected);
    });
  } else if (each.kind === 'restatement.plan') {
    test.skip(`${each.id} differs: ${reason}`, () => {});
  } else {
    test(`${each.id} differs: ${reason}`, () => {
      expect(answer(each)).not.toEqual(each.expected);
    });
  }
}

function answer({ kind, inputs }: Case): unknown {
  switch (kind) {
    case 'restatement.plan':
      return restated(inputs);
    case 'schedule.dag':
      return batchesOf(inputs);
    case 'plan.missing':
      return inputs.parent_cron === undefined ? missingOf(inputs) : missingBelow(inputs);
    default:
      return missingOf({ ...inputs, start: inputs.start ?? '2022-01-01', now: '2022-01-05' });
  }
}

const planAt = (nodes: readonly ExampleNode[], state: StateView, now: number, range: Interval | null): Plan =>
  plan({
    manifest: exampleManifest(nodes),
    state,
    environment: 'prod',
    warehouse: 'w',
    now,
    range,
    select: null,
    full: false,
    outside: {},
  });

/** The state after a first plan, with these stretches done of every node. */
function withDone(nodes: readonly ExampleNode[], now: number, done: readonly Interval[]): StateView {
  const { snapshots } = planAt(nodes, EMPTY, now, null);
  return {
    environments: {},
    proofs: {},
    snapshots: Object.fromEntries(snapshots.map((snapshot) => [snapshot.id, recordOf(snapshot, done)])),
  };
}

const show = (instant: number): string =>
  new Date(instant).toISOString().slice(0, 19).replace('T', ' ').replace(' 00:00:00', '');
const pairs = (intervals: readonly Interval[]): string[][] =>
  intervals.map(({ start, end }) => [show(start), show(end)]);

/** What a node has to run: its history begins with the start of the case or with what it has. */
function missingOf(inputs: Inputs): string[][] {
  const have = (inputs.have ?? []).map(([start, end]) => interval(start, end));
  const now = readTime(inputs.execution_time ?? inputs.now!).start;
  const first = readTime(inputs.start ?? inputs.have![0]![0]).start;
  const node: ExampleNode = {
    id: 'transform.a',
    schedule: inputs.cron ?? '@daily',
    timing: { start: first, lookback: inputs.lookback ?? 0 },
  };
  const range = inputs.end === undefined ? null : resolveRange({ start: first, end: inputs.end, now }).range;
  const { tasks } = planAt([node], withDone([node], now, have), now, range);
  return pairs(tasks.map((task) => task.range));
}

/** What a new daily child and its parent, done up to two of its ticks ago, have to run. */
function missingBelow(inputs: Inputs): { [node: string]: string[][] } {
  const now = readTime(inputs.now!).start;
  const start = now - 8 * 86_400_000;
  const parent: ExampleNode = { id: 'transform.parent', schedule: inputs.parent_cron!, timing: { start } };
  const child: ExampleNode = { id: 'transform.child', inputs: [parent.id], timing: { start } };
  const ticks = schedule(inputs.parent_cron!);
  const done = [{ start, end: ticks.prev(ticks.floor(now)!)! }];
  const { tasks } = planAt([parent, child], withDone([parent], now, done), now, null);
  const of = (id: string): string[][] =>
    pairs(tasks.filter(({ node }) => node === id).map(({ range }) => range));
  return { parent: of(parent.id), child: of(child.id) };
}

/** The tasks that a node's missing days are cut into. */
function batchesOf({ missing, range, batch_size, batch_concurrency }: Inputs): string[][] {
  const set = intervalSet((missing ?? [range!]).map(([start, end]) => interval(start, end)));
  const [start, end] = [set[0]!.start, set.at(-1)!.end];
  const node: ExampleNode = {
    id: 'transform.a',
    timing: { start, batchSize: batch_size ?? null, concurrency: batch_concurrency ?? null },
  };
  return pairs(planAt([node], EMPTY, end, null).tasks.map((task) => task.range));
}

/** The stretch that each node of a graph gives up, in the words of the case: days from now. */
function restated({ graph, depends_on_self, restate: named, start, end, execution_time }: Inputs): unknown {
  const now = Date.UTC(2024, 5, 15, 12);
  const at = { now };
  const until = readTime(execution_time!, at).end;
  const nodes = Object.entries(graph!).map(([id, inputs]): ExampleNode => ({
    id: `transform.${id}`,
    inputs: inputs.map((input) => `transform.${input}`),
    timing: { start: Date.UTC(2024, 4, 1), dependsOnPast: depends_on_self?.includes(id) ?? false },
  }));
  const state = withDone(nodes, until, [{ start: Date.UTC(2024, 4, 1), end: until }]);
  const resolved = resolveNodes(exampleManifest(nodes), state, null, until, null);
  const { range } = resolveRange({ start: start!, end: end!, now });
  const parts = restate(resolved, new Set(named!.map((id) => `transform.${id}`)), range, 'restated');
  const nodeOf = new Map([...resolved.values()].map(({ snapshot }) => [snapshot.id, snapshot.node]));
  return Object.fromEntries(
    parts.map((part) => [
      nodeOf.get(part.snapshot)!.replace('transform.', ''),
      [part.range.start, part.range.end].map((instant) => daysFrom(now, instant)),
    ]),
  );
}

function daysFrom(now: number, instant: number): string {
  const days = countDays(instant, now);
  if (days === 0) return 'today';
  return days === 7 ? '1 week ago' : days === 1 ? '1 day ago' : `${days} days ago`;
}

const countDays = (start: number, end: number): number => {
  const daily = schedule('@daily');
  const whole = alignInward({ start, end }, daily);
  return whole === null ? 0 : listIntervals([whole], daily).length;
};

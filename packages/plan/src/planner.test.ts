import { expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';
import type { JsonObject, Manifest, NodeId } from '@seeknal/manifest';

import {
  days,
  EMPTY,
  exampleManifest,
  jan,
  prodShowing,
  recordOf,
  said,
  type ExampleNode,
} from './testing/example-project.ts';
import type { NodePlan, Plan } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { plan } from './planner.ts';
import { ALL_TIME, type StateView } from './snapshot.ts';

const SOURCE: ExampleNode = { id: 'source.events' };
const DAILY: ExampleNode = { id: 'transform.daily', inputs: ['source.events'] };
const WINDOW: ExampleNode = {
  id: 'transform.window',
  inputs: [['transform.daily', { kind: 'back', count: 2 }]],
};
const REPORT: ExampleNode = { id: 'transform.report', mode: 'full', inputs: ['transform.window'] };
const RULE: ExampleNode = { id: 'rule.sane', inputs: ['transform.daily'] };
const EXPORT: ExampleNode = { id: 'exposure.csv', inputs: ['transform.report'] };
const PROJECT = [SOURCE, DAILY, WINDOW, REPORT, RULE, EXPORT];

/** Plans at the 5th, so that the days 1 to 4 are due, unless told otherwise. */
const planned = (
  nodes: readonly ExampleNode[],
  state: StateView = EMPTY,
  more: Partial<PlanRequest> = {},
): Plan =>
  plan({
    manifest: exampleManifest(nodes),
    state,
    environment: 'prod',
    warehouse: 'w',
    now: jan(5, 7),
    range: null,
    select: null,
    full: false,
    outside: {},
    ...more,
  });

/** The state in which a plan's environment would be with everything done, or with what `done` says. */
function after(
  of: Plan,
  before: StateView,
  done: { readonly [node: NodeId]: readonly Interval[] } = {},
  metadata: { readonly [node: NodeId]: JsonObject } = {},
): StateView {
  const snapshots = { ...before.snapshots };
  for (const snapshot of of.snapshots) {
    const own = of.tasks.filter((task) => task.snapshot === snapshot.id).map(({ range }) => range);
    snapshots[snapshot.id] = recordOf(snapshot, done[snapshot.node] ?? own);
  }
  const pointers = Object.fromEntries(
    Object.entries(of.pointers).map(([node, snapshot]) => [
      node,
      {
        snapshot,
        fingerprint: snapshots[snapshot]?.fingerprint ?? '',
        metadata: metadata[node] ?? { description: null, owner: null, tags: [], audits: null },
      },
    ]),
  );
  const prod = prodShowing(pointers);
  return { snapshots, environments: { prod }, proofs: {} };
}

const line = ({ node, action, missing, maybe }: NodePlan): string =>
  [node, action, said(missing), maybe.length > 0 ? `maybe ${said(maybe)}` : ''].filter(Boolean).join(' ');
const lines = (of: Plan): string[] => of.nodes.map(line);
const nodeOf = (of: Plan, id: NodeId): NodePlan => of.nodes.find(({ node }) => node === id) as NodePlan;

const FIRST = planned(PROJECT);
const DONE = after(FIRST, EMPTY);

test('the first plan adds everything, an interval a task, inputs first', () => {
  expect(lines(FIRST)).toEqual([
    'source.events add all',
    'transform.daily add 1-4',
    'rule.sane add all',
    'transform.window add 1-4',
    'transform.report add all',
    'exposure.csv add all',
  ]);
  expect(FIRST.tasks.map(({ id, action }) => `${action} ${id}`)).toEqual([
    'load source.events',
    'build transform.daily@2024-01-01..2024-01-02',
    'build transform.daily@2024-01-02..2024-01-03',
    'build transform.daily@2024-01-03..2024-01-04',
    'build transform.daily@2024-01-04..2024-01-05',
    'check rule.sane',
    'build transform.window@2024-01-01..2024-01-02',
    'build transform.window@2024-01-02..2024-01-03',
    'build transform.window@2024-01-03..2024-01-04',
    'build transform.window@2024-01-04..2024-01-05',
    'build transform.report',
    'export exposure.csv',
  ]);
  expect(FIRST.summary).toEqual({
    add: 6,
    change: 0,
    remove: 0,
    backfill: 0,
    keep: 0,
    blocked: 0,
    tasks: 12,
    intervals: 12,
  });
});

test('a plan is a function of the situation', () => {
  expect(planned(PROJECT)).toEqual(FIRST);
  expect(planned(PROJECT, EMPTY, { now: jan(6) }).id).not.toBe(FIRST.id);
});

test('a second plan has nothing to do, and says so', () => {
  const second = planned(PROJECT, DONE);
  expect(second.tasks).toEqual([]);
  expect(second.snapshots).toEqual([]);
  expect(second.nodes.map(({ action, reason }) => `${action}: ${reason}`)).toEqual(
    Array(6).fill('keep: up to date'),
  );
});

test('a day later only the new day is certain; what reads more may have to run again', () => {
  expect(lines(planned(PROJECT, DONE, { now: jan(6) }))).toEqual([
    'source.events keep',
    'transform.daily backfill 5',
    'rule.sane keep maybe all',
    'transform.window backfill 5',
    'transform.report keep maybe all',
    'exposure.csv keep maybe all',
  ]);
});

test('a hole in the past is filled, and may touch what reads it', () => {
  const holed = after(FIRST, EMPTY, { 'transform.daily': [days(1, 2), days(3, 5)] });
  expect(lines(planned(PROJECT, holed)).slice(1, 4)).toEqual([
    'transform.daily backfill 2',
    'rule.sane keep maybe all',
    'transform.window keep maybe 2-4',
  ]);
});

test('a changed definition is rebuilt together with everything below it, with the path', () => {
  const changed = planned([SOURCE, { ...DAILY, sql: 'other' }, WINDOW, REPORT, RULE, EXPORT], DONE);
  expect(
    changed.nodes.map(({ node, action, category, reason, path }) => [
      node,
      action,
      category,
      reason,
      path.join(' '),
    ]),
  ).toEqual([
    ['source.events', 'keep', null, 'up to date', ''],
    ['transform.daily', 'change', 'BREAKING', 'its sql changed', ''],
    ['rule.sane', 'change', 'BREAKING', 'it reads transform.daily, which changed', 'transform.daily'],
    ['transform.window', 'change', 'BREAKING', 'it reads transform.daily, which changed', 'transform.daily'],
    [
      'transform.report',
      'change',
      'BREAKING',
      'it reads transform.window, which changed',
      'transform.daily transform.window',
    ],
    [
      'exposure.csv',
      'change',
      'BREAKING',
      'it reads transform.report, which changed',
      'transform.daily transform.window transform.report',
    ],
  ]);
  expect(changed.summary.tasks).toBe(11);
});

test('a setting that comes or goes is named', () => {
  const state = after(planned([SOURCE, { ...DAILY, id: 'transform.daily' }]), EMPTY);
  const record = Object.values(state.snapshots).find(({ node }) => node === 'transform.daily');
  const other = { ...state.snapshots, [record?.id ?? '']: { ...record, definition: { lookup: 1 } } } as never;
  const changed = planned([SOURCE, { ...DAILY, sql: 'other' }], { ...state, snapshots: other });
  expect(nodeOf(changed, 'transform.daily').reason).toBe('its lookup, sql changed');
});

test('a swapped input changes the node though its text is the same', () => {
  const two = (inputs: string[]): ExampleNode => ({ id: 'transform.join', mode: 'full', sql: 'x', inputs });
  const other: ExampleNode = { id: 'source.other' };
  const before = planned([SOURCE, other, two(['source.events', 'source.other'])]);
  const swapped = planned([SOURCE, other, two(['source.other', 'source.events'])], after(before, EMPTY));
  expect(nodeOf(swapped, 'transform.join')).toMatchObject({ action: 'change', reason: 'its inputs changed' });
});

test('a snapshot that a former definition left is found again', () => {
  const changed = planned([SOURCE, { ...DAILY, sql: 'other' }], DONE);
  const both = after(changed, DONE);
  const back = planned([SOURCE, DAILY], both);
  expect(lines(back)).toContain('transform.daily change');
  expect(back.tasks).toEqual([]);
});

test('only metadata that changed rebuilds nothing', () => {
  const described = planned(
    [SOURCE, { ...DAILY, description: 'by day' }, WINDOW, REPORT, RULE, EXPORT],
    DONE,
  );
  expect(described.tasks).toEqual([]);
  expect(nodeOf(described, 'transform.daily')).toMatchObject({ action: 'change', category: 'METADATA' });
});

const audited = (...accepts: string[]): ExampleNode[] => [SOURCE, { ...DAILY, accepts }];
const passed = (...audits: string[]): { [node: NodeId]: JsonObject } => ({
  'transform.daily': { description: null, owner: null, tags: [], audits },
});

test.each<[string, StateView, string]>([
  ['there are no rows yet', EMPTY, ''],
  ['the rows have passed them', after(planned(audited('a')), EMPTY, {}, passed('a')), ''],
  [
    'the rows have passed others',
    after(planned(audited('b')), EMPTY, {}, passed('b')),
    'transform.daily audits',
  ],
  ['the rows have passed none', after(planned([SOURCE, DAILY]), EMPTY), 'transform.daily audits'],
  [
    'nobody noted which they passed',
    after(planned([SOURCE, DAILY]), EMPTY, {}, { 'transform.daily': {} }),
    'transform.daily audits',
  ],
  [
    'the environment points elsewhere',
    { ...after(planned(audited('a')), EMPTY), environments: {} },
    'transform.daily audits',
  ],
])('audits run over rows that are there unless %s', (_, state, expected) => {
  const { tasks } = planned(audited('a'), state);
  expect(
    tasks
      .filter(({ action }) => action === 'audit')
      .map(({ id }) => id)
      .join(' '),
  ).toBe(expected);
});

test('a node gone from the project is removed, unless only some nodes were asked for', () => {
  const rest = [SOURCE, DAILY, WINDOW, REPORT, RULE];
  const removed = planned(rest, DONE);
  expect(lines(removed).at(-1)).toBe('exposure.csv remove');
  expect(removed.pointers['exposure.csv']).toBeUndefined();
  const some = planned(rest, DONE, { select: new Set(['transform.daily']) });
  expect(lines(some)).toEqual(['transform.daily keep']);
  expect(some.pointers['exposure.csv']).toBeDefined();
});

test('a removed node that the state has forgotten is still removed', () => {
  const forgotten = { ...DONE, snapshots: {} };
  expect(nodeOf(planned([], forgotten), 'source.events')).toMatchObject({
    action: 'remove',
    materialization: null,
  });
});

test('what cannot run is blocked by name, with everything that reads it and nothing else', () => {
  const unsupported: ExampleNode = { id: 'aggregation.a', inputs: ['transform.daily'] };
  const reader: ExampleNode = { id: 'transform.reader', mode: 'full', inputs: ['aggregation.a'] };
  const mixed = planned([SOURCE, DAILY, unsupported, reader]);
  expect(mixed.nodes.map(({ node, action, reason }) => `${node} ${action}: ${reason}`)).toEqual([
    'source.events add: new',
    'transform.daily add: new',
    'aggregation.a blocked: aggregation nodes are not supported yet',
    'transform.reader blocked: it reads aggregation.a, which this version cannot run',
  ]);
});

test('a node selected without the rows that it reads is blocked, and so is what reads it', () => {
  const some = planned(PROJECT, EMPTY, { select: new Set(['transform.window', 'transform.report']) });
  expect(some.nodes.map(({ node, action, reason }) => `${node} ${action}: ${reason}`)).toEqual([
    'transform.window blocked: transform.daily lacks rows that it reads; select it too: +transform.window',
    'transform.report blocked: transform.window cannot run: transform.daily lacks rows that it reads; select it too: +transform.window',
  ]);
  expect(some.tasks).toEqual([]);
  expect(some.pointers).toEqual({});
});

test('what reads a node without any rows waits for the first, and says so', () => {
  const late: ExampleNode = { ...DAILY, timing: { start: jan(20) } };
  const view: ExampleNode = { id: 'transform.view', mode: 'view', inputs: ['transform.daily'] };
  const total: ExampleNode = { id: 'transform.total', mode: 'full', inputs: ['transform.view'] };
  const waiting = planned([SOURCE, late, view, total]);
  expect(waiting.nodes.slice(1).map(({ node, action, reason }) => `${node} ${action}: ${reason}`)).toEqual([
    'transform.daily add: new',
    'transform.view keep: transform.daily has no rows yet',
    'transform.total keep: transform.daily has no rows yet',
  ]);
  expect(waiting.tasks.map(({ id }) => id)).toEqual(['source.events']);
  expect(planned([SOURCE, late, view, total], EMPTY, { now: jan(21) }).tasks.length).toBe(4);
});

test('a gap that the selected intervals do not need blocks nothing', () => {
  const nodes = [SOURCE, DAILY, { ...WINDOW, inputs: ['transform.daily'] }];
  const late = after(planned(nodes), EMPTY, {
    'transform.daily': [days(3, 5)],
    'transform.window': [days(1, 4)],
  });
  const some = planned(nodes, late, { select: new Set(['transform.window']) });
  expect(lines(some)).toEqual(['transform.window backfill 4']);
});

test.each<[string, Partial<ExampleNode>, Partial<PlanRequest>, string]>([
  ['a range limits what runs', {}, { range: days(2, 4) }, '2-3'],
  ['a range does not reach before the start', {}, { range: { start: jan(-30), end: jan(3) } }, '1-2'],
  ['an interval that has not ended is not run', {}, { now: jan(4, 23) }, '1-3'],
  ['nothing is wanted before the start', { timing: { start: jan(9) } }, {}, ''],
  ['nothing is wanted from the end on', { timing: { end: jan(3) } }, {}, '1-2'],
  ['a start between ticks counts from the next', { timing: { start: jan(1, 5) } }, {}, '2-4'],
  ['without a start the newest interval is taken', { timing: { start: null } }, {}, '4'],
  ['without a start a range gives one', { timing: { start: null } }, { range: days(2, 5) }, '2-4'],
  [
    'without a start a range without one gives none',
    { timing: { start: null } },
    { range: { ...ALL_TIME, end: jan(5) } },
    '4',
  ],
  ['a schedule of mornings', { schedule: '0 6 * * *' }, {}, '1-5'],
])('%s', (_, node, request, expected) => {
  const one = planned([SOURCE, { ...DAILY, ...node }], EMPTY, request);
  expect(said(nodeOf(one, 'transform.daily').missing)).toBe(expected);
});

test('without a start of its own a node begins with the earliest of its inputs', () => {
  const child: ExampleNode = { id: 'transform.child', inputs: ['transform.daily'], timing: { start: null } };
  expect(said(nodeOf(planned([SOURCE, DAILY, child]), 'transform.child').missing)).toBe('1-4');
});

test('a start that was found stays when the clock moves on', () => {
  const loose = [SOURCE, { ...DAILY, timing: { start: null } }];
  const first = planned(loose);
  const later = planned(loose, after(first, EMPTY), { now: jan(8) });
  expect(said(nodeOf(later, 'transform.daily').missing)).toBe('5-7');
});

test('look-back runs the days before a new one again, and says so', () => {
  const looking = [SOURCE, { ...DAILY, timing: { lookback: 2 } }];
  const next = planned(looking, after(planned(looking), EMPTY), { now: jan(6) });
  expect(said(nodeOf(next, 'transform.daily').missing)).toBe('3-5');
  expect(next.invalidations).toEqual([
    { snapshot: expect.any(String), range: days(3, 5), reason: 'look-back of 2' },
  ]);
  expect(nodeOf(next, 'transform.daily').reason).toBe('look-back of 2');
});

test('a node that depends on its past is redone from the first gap on', () => {
  const past = [SOURCE, { ...DAILY, timing: { dependsOnPast: true, batchSize: 30 } }];
  const holed = after(planned(past), EMPTY, { 'transform.daily': [days(1, 2), days(3, 5)] });
  const again = planned(past, holed);
  expect(said(nodeOf(again, 'transform.daily').missing)).toBe('2-4');
  expect(again.tasks.length).toBe(3);
  expect(again.invalidations.map(({ range }) => said([range]))).toEqual(['3-4']);
});

test('look-back of a node that depends on its past reaches from there to the end', () => {
  const past = [SOURCE, { ...DAILY, timing: { dependsOnPast: true, lookback: 2 } }];
  const next = planned(past, after(planned(past), EMPTY), { now: jan(6) });
  expect(said(nodeOf(next, 'transform.daily').missing)).toBe('3-5');
});

test('what the caller knows of a node stands in its line', () => {
  const notes = { 'transform.daily': ['its rows are known'] };
  const plan = planned([SOURCE, DAILY], EMPTY, { notes });
  expect(nodeOf(plan, 'transform.daily').notes).toEqual(['its rows are known']);
});

test('a range does not let a node that depends on its past begin after a gap', () => {
  const past = [SOURCE, { ...DAILY, timing: { dependsOnPast: true } }];
  expect(said(nodeOf(planned(past, EMPTY, { range: days(3, 4) }), 'transform.daily').missing)).toBe('1-3');
});

test.each([
  [null, 4],
  [1, 4],
  [3, 2],
  [30, 1],
])('a batch size of %s makes %s tasks of four days', (batchSize, tasks) => {
  const batched = planned([SOURCE, { ...DAILY, timing: { batchSize } }]);
  expect(batched.tasks.filter(({ node }) => node === 'transform.daily').length).toBe(tasks);
  expect(nodeOf(batched, 'transform.daily')).toMatchObject({ intervals: 4, tasks });
});

test('without a time column a task is one interval, whatever the batch size', () => {
  const keyed = planned([SOURCE, { ...DAILY, timeColumn: null, timing: { batchSize: 30 } }]);
  expect(nodeOf(keyed, 'transform.daily').tasks).toBe(4);
});

test('a full refresh runs what is done again, for the selected nodes only', () => {
  const again = planned(PROJECT, DONE, {
    full: true,
    select: new Set(['transform.daily', 'transform.report']),
  });
  expect(lines(again)).toEqual(['transform.daily backfill 1-4', 'transform.report backfill all']);
  expect(again.invalidations.map(({ range, reason }) => `${said([range])}: ${reason}`)).toEqual([
    '1-4: full refresh',
    'all: full refresh',
  ]);
});

test('a file that changed is loaded again; done days are kept, and the plan says so', () => {
  const outside = { 'source.events': { isChanged: true, reason: 'its file changed' } };
  const moved = planned(PROJECT, DONE, { outside });
  expect(lines(moved).slice(0, 2)).toEqual(['source.events backfill all', 'transform.daily keep maybe 1-4']);
  expect(nodeOf(moved, 'source.events')).toMatchObject({ reason: 'its file changed', notes: [] });
  expect(nodeOf(moved, 'transform.daily').reason).toBe('runs again only if rows above differ');
});

test('a node that would give other rows each time says so when it runs', () => {
  const nodes = [SOURCE, { ...DAILY, volatile: ['random'] }];
  const first = planned(nodes);
  expect(nodeOf(first, 'transform.daily').notes).toEqual(['random may give other values each time it runs']);
  expect(nodeOf(planned(nodes, after(first, EMPTY)), 'transform.daily').notes).toEqual([]);
});

test('a file without a time column leaves the days of its readers alone, unless they ask to be rebuilt', () => {
  const outside = { 'source.events': { isChanged: true, reason: 'its file changed' } };
  const untimed = { ...SOURCE, timeColumn: null };
  for (const [onChange, maybe] of [
    ['keep', ''],
    ['rebuild', '1-4'],
  ] as const) {
    const nodes = [untimed, { ...DAILY, onChange }];
    const moved = planned(nodes, after(planned(nodes), EMPTY), { outside });
    expect(said(nodeOf(moved, 'transform.daily').maybe)).toBe(maybe);
    expect(nodeOf(moved, 'transform.daily').notes).toEqual(
      onChange === 'keep' ? ['source.events changed: done intervals are kept (on_change: keep)'] : [],
    );
  }
});

test('a full node with a schedule is due for the newest ended interval only', () => {
  const monthly: ExampleNode = {
    id: 'transform.monthly',
    mode: 'full',
    schedule: '0 0 1 * *',
    inputs: ['transform.daily'],
  };
  const nodes = [SOURCE, DAILY, monthly];
  const first = planned(nodes, EMPTY, { now: Date.UTC(2024, 1, 3) });
  expect(nodeOf(first, 'transform.monthly').missing).toEqual([{ start: jan(1), end: jan(32) }]);
  const done = after(first, EMPTY);
  expect(nodeOf(planned(nodes, done, { now: Date.UTC(2024, 1, 20) }), 'transform.monthly').missing).toEqual(
    [],
  );
  // An older range than the table stands for does not turn it back; a refresh builds it again.
  const older = planned(nodes, done, { now: Date.UTC(2024, 1, 20), range: { start: jan(-60), end: jan(1) } });
  expect(nodeOf(older, 'transform.monthly').missing).toEqual([]);
  const full = planned(nodes, done, { now: Date.UTC(2024, 1, 20), full: true });
  expect(nodeOf(full, 'transform.monthly')).toMatchObject({ reason: 'full refresh', intervals: 1 });
});

test('a schedule that has not ticked yet wants nothing', () => {
  const never: ExampleNode = { ...DAILY, schedule: '0 0 1 1 *', timing: { start: jan(1) } };
  const full: ExampleNode = { ...never, id: 'transform.full', mode: 'full', timing: { start: null } };
  const none = planned([SOURCE, never, full], EMPTY, { now: -ALL_TIME.end + 86_400_000 });
  expect(lines(none)).toEqual(['source.events add all', 'transform.daily add', 'transform.full add']);
});

test('a view hands its reader on to what it reads itself', () => {
  const view: ExampleNode = { id: 'transform.view', mode: 'view', inputs: ['transform.daily'] };
  const both: ExampleNode = {
    id: 'transform.both',
    inputs: ['transform.view', ['transform.daily', { kind: 'back', count: 2 }]],
  };
  const first = planned([SOURCE, DAILY, view, both]);
  const snapshot = first.snapshots.find(({ node }) => node === 'transform.both');
  expect(snapshot?.reads.map(({ node, reads }) => [node, reads.kind])).toEqual([['transform.daily', 'all']]);
  expect(snapshot?.inputs.map(({ node }) => node)).toEqual(['transform.view', 'transform.daily']);
  expect(first.tasks.find(({ node }) => node === 'transform.view')?.action).toBe('view');
});

test('the same input read in two ways is read in the wider one', () => {
  const twice = (a: number, b: number): ExampleNode => ({
    id: 'transform.twice',
    inputs: [
      ['transform.daily', a === 0 ? { kind: 'interval' } : { kind: 'back', count: a }],
      ['transform.daily', b === 0 ? { kind: 'interval' } : { kind: 'back', count: b }],
    ],
  });
  const reads = (a: number, b: number) =>
    planned([SOURCE, DAILY, twice(a, b)]).snapshots.find(({ node }) => node === 'transform.twice')?.reads[0]
      ?.reads;
  expect(reads(2, 5)).toEqual({ kind: 'back', count: 5 });
  expect(reads(3, 0)).toEqual({ kind: 'back', count: 3 });
  expect(reads(0, 0)).toEqual({ kind: 'interval' });
});

test('an export that is gone is written again', () => {
  const outside = { 'exposure.csv': { isChanged: true, reason: 'its export target/x.csv is gone' } };
  const gone = planned(PROJECT, DONE, { outside });
  expect(lines(gone).at(-1)).toBe('exposure.csv backfill all');
  expect(nodeOf(gone, 'exposure.csv').reason).toBe('its export target/x.csv is gone');
});

test('a pointer made under the same fingerprint by a proof keeps its snapshot', () => {
  const manifest: Manifest = exampleManifest([SOURCE]);
  const fingerprint = manifest.nodes['source.events']?.fingerprint as string;
  const [snapshot] = FIRST.snapshots;
  const proven = {
    proofs: {},
    snapshots: {
      older: recordOf({ ...(snapshot as NonNullable<typeof snapshot>), id: 'older' }, [ALL_TIME]),
    },
    environments: {
      prod: {
        ...(DONE.environments['prod'] as NonNullable<StateView['environments'][string]>),
        pointers: {
          'source.events': {
            snapshot: 'older',
            fingerprint,
            metadata: { description: null, owner: null, tags: [], audits: null },
          },
        },
      },
    },
  };
  expect(lines(planned([SOURCE], proven))).toEqual(['source.events keep']);
});

test('a proven snapshot may read what the project no longer has', () => {
  const gone = { node: 'source.gone', snapshot: 'gone', reads: { kind: 'all' }, onChange: 'keep' } as const;
  const daily = FIRST.snapshots.find(({ node }) => node === 'transform.daily') as Plan['snapshots'][number];
  const proven = {
    ...daily,
    inputs: [{ place: 'input_0', node: gone.node, snapshot: gone.snapshot }],
    reads: [gone],
  };
  const state = { ...DONE, snapshots: { ...DONE.snapshots, [daily.id]: recordOf(proven, [days(1, 4)]) } };
  expect(lines(planned([SOURCE, DAILY], state)).slice(0, 2)).toEqual([
    'source.events keep',
    'transform.daily backfill 4',
  ]);
});

test('a snapshot that the state has forgotten counts as changed in everything', () => {
  const changed = planned([SOURCE, { ...DAILY, sql: 'other' }], { ...DONE, snapshots: {} });
  expect(nodeOf(changed, 'transform.daily').reason).toBe('its sql changed');
});

test('an end beyond the last tick of a schedule is no end', () => {
  const last: ExampleNode = { ...DAILY, schedule: '0 0 1 1 *', timing: { start: jan(1), end: ALL_TIME.end } };
  expect(
    said(nodeOf(planned([SOURCE, last], EMPTY, { now: Date.UTC(2025, 5) }), 'transform.daily').missing),
  ).toBe('1-31');
});

test('100 years of hours with a few holes are planned as fast as one', () => {
  const hourly = [
    SOURCE,
    { ...DAILY, schedule: '0 * * * *', timing: { start: Date.UTC(1924, 0, 1), batchSize: 24 } },
  ];
  const first = planned(hourly, EMPTY, { range: days(4, 5) });
  const done = after(first, EMPTY, { 'transform.daily': [{ start: Date.UTC(1924, 0, 1), end: jan(3) }] });
  expect(planned(hourly, done).tasks.map(({ id }) => id)).toEqual([
    'transform.daily@2024-01-03..2024-01-04',
    'transform.daily@2024-01-04..2024-01-05',
    'transform.daily@2024-01-05..2024-01-05T07:00Z',
  ]);
});

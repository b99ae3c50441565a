import { expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';

import type { NodePlan, Plan } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import { plan } from './planner.ts';
import { ALL_TIME, type EnvironmentRecord, type StateView } from './snapshot.ts';
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

const SOURCE: ExampleNode = { id: 'source.events' };
const DAILY: ExampleNode = { id: 'transform.daily', inputs: ['source.events'] };

/** A plan for `dev`, on the morning of 5 January, beside a `prod` that shows these nodes and has done so much of each. */
function inDev(
  shown: readonly ExampleNode[],
  nodes: readonly ExampleNode[],
  done: { readonly [node: string]: readonly Interval[] },
  more: Partial<PlanRequest> = {},
): Plan {
  const at = { warehouse: 'w', now: jan(5, 6), range: null, select: null, full: false, outside: {} };
  const first = plan({ manifest: exampleManifest(shown), state: EMPTY, environment: 'prod', ...at });
  const snapshots = Object.fromEntries(
    first.snapshots.map((snapshot) => [
      snapshot.id,
      recordOf(snapshot, done[snapshot.node] ?? (snapshot.schedule === null ? [ALL_TIME] : [days(1, 5)])),
    ]),
  );
  const pointers = Object.fromEntries(
    first.snapshots.map(({ id, node, fingerprint }) => [
      node,
      { snapshot: id, fingerprint, metadata: { description: null, owner: null, tags: [], audits: null } },
    ]),
  );
  const prod = prodShowing(pointers);
  const state: StateView = {
    snapshots,
    environments: { prod, dev: { ...prod, name: 'dev', epoch: 0 } },
    proofs: {},
  };
  const owned = new Set(
    first.snapshots.filter(({ materialization }) => materialization !== 'source').map(({ id }) => id),
  );
  return plan({ manifest: exampleManifest(nodes), state, environment: 'dev', ...at, owned, ...more });
}

const line = ({ node, action, missing, notes }: NodePlan): string =>
  [node, action, said(missing), ...notes].filter(Boolean).join(', ');
const lines = (of: Plan): readonly string[] => of.nodes.map(line);

const waits = (what: string): string => `behind prod: ${what} for the next run of prod`;

test('what prod shows is not filled elsewhere; what reads it waits for exactly the intervals that it needs', () => {
  const own: ExampleNode = { id: 'transform.own', inputs: ['transform.daily'] };
  const back: ExampleNode = {
    id: 'transform.back',
    inputs: [['transform.daily', { kind: 'back', count: 1 }]],
  };
  const done = { 'transform.daily': [days(1, 3), days(4, 5)] };
  expect(lines(inDev([SOURCE, DAILY], [SOURCE, DAILY, own, back], done))).toEqual([
    'source.events, keep',
    `transform.daily, keep, ${waits('1 interval waits')}`,
    `transform.back, add, 1-2, ${waits('2 intervals wait')}`,
    `transform.own, add, 1-2 4, ${waits('1 interval waits')}`,
  ]);
});

test('a node that depends on its past waits from the first interval on that is behind', () => {
  const chain: ExampleNode = {
    id: 'transform.chain',
    inputs: ['transform.daily'],
    timing: { dependsOnPast: true },
  };
  const done = { 'transform.daily': [days(1, 3), days(4, 5)] };
  expect(lines(inDev([SOURCE, DAILY], [SOURCE, DAILY, chain], done)).at(-1)).toBe(
    `transform.chain, add, 1-2, ${waits('2 intervals wait')}`,
  );
});

test('a node without intervals takes what is there, and waits where nothing is', () => {
  const total: ExampleNode = { id: 'transform.total', mode: 'full', inputs: ['transform.daily'] };
  expect(
    lines(inDev([SOURCE, DAILY], [SOURCE, DAILY, total], { 'transform.daily': [days(1, 3)] })).at(-1),
  ).toBe('transform.total, add, all');
  expect(lines(inDev([SOURCE, DAILY], [SOURCE, DAILY, total], { 'transform.daily': [] })).at(-1)).toBe(
    `transform.total, add, ${waits('it waits')}`,
  );
});

test('a node that prod shows and has not built waits for it, whatever is asked for', () => {
  const total: ExampleNode = { id: 'transform.total', mode: 'full', inputs: ['transform.daily'] };
  const shown = [SOURCE, DAILY, total];
  for (const full of [false, true]) {
    const found = inDev(shown, shown, { 'transform.total': [] }, { full });
    expect(found.nodes.at(-1)).toMatchObject({ action: 'keep', reason: 'behind prod', tasks: 0 });
    expect(found.tasks.filter(({ node }) => node !== 'source.events')).toEqual([]);
  }
});

test('a file that no environment has written yet is written, and says so', () => {
  const file: ExampleNode = { id: 'exposure.file', inputs: ['transform.daily'] };
  const manifest = exampleManifest([SOURCE, DAILY, file]);
  const fingerprint = manifest.nodes['exposure.file']?.fingerprint as string;
  const found = inDev([SOURCE, DAILY], [SOURCE, DAILY, file], {});
  expect(found.nodes.at(-1)).toMatchObject({ action: 'add', reason: 'new' });
  const dev: EnvironmentRecord = {
    name: 'dev',
    epoch: 1,
    pointers: {
      'exposure.file': {
        snapshot: `${fingerprint}@dev`,
        fingerprint,
        metadata: { description: null, owner: null, tags: [], audits: null },
      },
    },
    previous: null,
    createdAt: 0,
    switchedAt: 0,
    expiresAt: null,
  };
  const state = { ...EMPTY, environments: { dev } };
  const own = inDev([SOURCE, DAILY], [SOURCE, DAILY, file], {}, { state, owned: new Set() });
  expect(own.nodes.at(-1)).toMatchObject({ action: 'backfill', reason: 'its file is not written yet' });
});

test('what is made anew on somebody’s word says so, and whose table is copied first', () => {
  const [daily] = inDev([SOURCE, DAILY], [SOURCE, DAILY], {}).nodes.slice(-1);
  const id = daily?.snapshot as string;
  const found = inDev(
    [SOURCE, DAILY],
    [SOURCE, DAILY],
    { 'transform.daily': [days(1, 2), days(3, 5)] },
    {
      owned: new Set(),
      invalidations: [{ snapshot: id, range: days(2, 3), reason: 'restated' }],
      forks: [{ node: 'transform.daily', from: 'original', to: id }],
    },
  );
  expect(found.nodes.at(-1)).toMatchObject({
    action: 'backfill',
    reason: 'restated',
    notes: ['its table is copied first: the environments that show it keep their rows'],
  });
  expect(found.invalidations).toEqual([{ snapshot: id, range: days(2, 3), reason: 'restated' }]);
  expect(found.forks).toHaveLength(1);
});

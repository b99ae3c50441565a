import { expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';
import type { NodeId } from '@seeknal/manifest';

import { plan } from './planner.ts';
import { resolveNodes } from './resolve.ts';
import { restate } from './restate.ts';
import {
  days,
  EMPTY,
  exampleManifest,
  jan,
  recordOf,
  said,
  type ExampleNode,
} from './testing/example-project.ts';
import type { StateView } from './snapshot.ts';

const SOURCE: ExampleNode = { id: 'source.events' };
const DAILY: ExampleNode = { id: 'transform.daily', inputs: ['source.events'] };
const WINDOW: ExampleNode = {
  id: 'transform.window',
  inputs: [['transform.daily', { kind: 'back', count: 2 }]],
};
const ALL: ExampleNode = { id: 'transform.all', inputs: [['transform.daily', { kind: 'all' }]] };
const PAST: ExampleNode = {
  id: 'transform.past',
  inputs: ['transform.daily'],
  timing: { dependsOnPast: true },
};
const WEEKLY: ExampleNode = { id: 'transform.weekly', schedule: '0 0 * * 1', inputs: ['transform.daily'] };
const REPORT: ExampleNode = { id: 'transform.report', mode: 'full', inputs: ['transform.window'] };
const OTHER: ExampleNode = { id: 'transform.other', inputs: ['source.events'] };

/** Everything done up to the 15th; what is then given up, as `node days`. */
function restated(
  nodes: readonly ExampleNode[],
  named: readonly NodeId[],
  range: Interval,
  forget: readonly NodeId[] = [],
): readonly string[] {
  const manifest = exampleManifest(nodes);
  const at = {
    environment: 'prod',
    warehouse: 'w',
    now: jan(15),
    range: null,
    select: null,
    full: false,
    outside: {},
  };
  const first = plan({ manifest, state: EMPTY, ...at });
  const state: StateView = {
    environments: {},
    proofs: {},
    snapshots: Object.fromEntries(
      first.snapshots
        .filter(({ node }) => !forget.includes(node))
        .map((snapshot) => {
          const done = first.tasks.filter((task) => task.snapshot === snapshot.id).map((task) => task.range);
          return [snapshot.id, recordOf(snapshot, done)];
        }),
    ),
  };
  const resolved = resolveNodes(manifest, state, null, jan(15), null);
  const nodeOf = new Map([...resolved.values()].map(({ snapshot }) => [snapshot.id, snapshot.node]));
  return restate(resolved, new Set(named), range, 'restated: bad data').map(
    (part) => `${nodeOf.get(part.snapshot)} ${said([part.range])}`,
  );
}

test.each<[string, readonly ExampleNode[], string, Interval, readonly string[]]>([
  ['that day alone', [SOURCE, DAILY], 'transform.daily', days(5, 6), ['transform.daily 5']],
  [
    'the days that a few hours touch',
    [SOURCE, DAILY],
    'transform.daily',
    { start: jan(5, 7), end: jan(6, 3) },
    ['transform.daily 5-6'],
  ],
  [
    'a window over it',
    [SOURCE, DAILY, WINDOW],
    'transform.daily',
    days(5, 6),
    ['transform.daily 5', 'transform.window 5-7'],
  ],
  [
    'whatever reads all of it',
    [SOURCE, DAILY, ALL],
    'transform.daily',
    days(5, 7),
    ['transform.daily 5-6', 'transform.all 5-14'],
  ],
  [
    'what depends on its past, from there on',
    [SOURCE, DAILY, PAST],
    'transform.daily',
    days(5, 6),
    ['transform.daily 5', 'transform.past 5-14'],
  ],
  [
    'the week of a day',
    [SOURCE, DAILY, WEEKLY],
    'transform.daily',
    days(10, 11),
    ['transform.daily 10', 'transform.weekly 8-14'],
  ],
  [
    'a report over all of it',
    [SOURCE, DAILY, WINDOW, REPORT],
    'transform.window',
    days(5, 6),
    ['transform.window 5', 'transform.report all'],
  ],
  [
    'nothing beside it and nothing above it',
    [SOURCE, DAILY, OTHER, WINDOW],
    'transform.other',
    days(5, 6),
    ['transform.other 5'],
  ],
  ['nothing outside what is done', [SOURCE, DAILY], 'transform.daily', days(40, 41), []],
])('restating a day gives up %s', (_, nodes, named, range, expected) => {
  expect(restated(nodes, [named], range)).toEqual(expected);
});

test('a node without rows gives up nothing, and hands nothing on', () => {
  expect(restated([SOURCE, DAILY, WINDOW], ['transform.daily'], days(5, 6), ['transform.daily'])).toEqual([]);
});

test('days kept over a changed whole stay kept', () => {
  const whole: ExampleNode = { id: 'transform.whole', mode: 'full' };
  const child: ExampleNode = { id: 'transform.child', inputs: ['transform.whole'] };
  expect(restated([whole, child], ['transform.whole'], days(5, 6))).toEqual(['transform.whole all']);
});

test('several nodes are restated together', () => {
  expect(restated([SOURCE, DAILY, OTHER], ['transform.daily', 'transform.other'], days(5, 6))).toEqual([
    'transform.daily 5',
    'transform.other 5',
  ]);
});

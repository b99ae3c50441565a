import { expect, test } from '@jest/globals';
import type { Interval } from '@seeknal/intervals';
import type { ManifestNode, NodeId } from '@seeknal/manifest';
import type {
  EnvironmentRecord,
  Pointer,
  ResolvedNode,
  Snapshot,
  SnapshotRecord,
  StateView,
} from '@seeknal/plan';

import { nextPointers } from './pointers.ts';

const days = (from: number, to: number): Interval => ({ start: from, end: to });

interface Example {
  readonly node: NodeId;
  readonly snapshot: string;
  readonly done: readonly Interval[];
  readonly inputs?: Readonly<Record<NodeId, string>>;
}

const metadata = { description: null, owner: null, tags: [], audits: null };

function snapshotOf({ node, snapshot, inputs = {} }: Example): Snapshot {
  return {
    id: snapshot,
    node,
    kind: 'transform',
    fingerprint: snapshot,
    definition: {},
    materialization: 'incremental_by_time',
    inputs: Object.entries(inputs).map(([input, id]) => ({ place: 'input_0', node: input, snapshot: id })),
    reads: [],
    schedule: { expression: '0 0 * * *', timeZone: 'UTC' },
    timeColumn: 'day',
    start: 0,
    createdAt: 0,
  };
}

const recordOf = (example: Example): SnapshotRecord => ({
  ...snapshotOf(example),
  generation: 0,
  done: example.done,
  seq: 1,
  columns: null,
  rows: null,
  version: null,
});

type Scope = Partial<Parameters<typeof nextPointers>[3]>;

/** `a` stands for the pointers before, `b` for the snapshots of the manifest. */
function next(
  before: readonly Example[],
  after: readonly Example[],
  scope: Scope = {},
): { readonly shown: string; readonly held: string; readonly isMoved: boolean } {
  const pointers: Record<NodeId, Pointer> = {};
  for (const { node, snapshot } of before) pointers[node] = { snapshot, fingerprint: snapshot, metadata };
  const environment: EnvironmentRecord = {
    name: 'prod',
    epoch: 1,
    pointers,
    previous: null,
    createdAt: 0,
    switchedAt: 0,
    expiresAt: null,
  };
  const state: StateView = {
    environments: { prod: environment },
    proofs: {},
    snapshots: Object.fromEntries(
      [...before, ...after].map((example) => [example.snapshot, recordOf(example)]),
    ),
  };
  const resolved = new Map<NodeId, ResolvedNode>(
    after.map((example) => [
      example.node,
      {
        node: {
          id: example.node,
          ...metadata,
          fingerprint: example.snapshot,
          config: {},
        } as unknown as ManifestNode,
        identity: example.snapshot,
        snapshot: snapshotOf(example),
        record: recordOf(example),
        timing: null,
        start: 0,
      },
    ]),
  );
  const found = nextPointers(before.length === 0 ? null : environment, resolved, state, {
    isSelected: () => true,
    wanted: () => [days(0, 10)],
    known: new Set(after.map(({ node }) => node)),
    failedAudits: new Set(),
    removes: true,
    ...scope,
  });
  return {
    shown: Object.entries(found.pointers)
      .map(([node, { snapshot }]) => `${node}=${snapshot}`)
      .join(' '),
    held: found.held.map(({ node, reason }) => `${node}: ${reason}`).join('; '),
    isMoved: found.isMoved,
  };
}

const A1: Example = { node: 'a', snapshot: 'a1', done: [days(0, 10)] };
const A2: Example = { node: 'a', snapshot: 'a2', done: [days(0, 10)] };
const B1: Example = { node: 'b', snapshot: 'b1', done: [days(0, 10)], inputs: { a: 'a1' } };
const B2: Example = { node: 'b', snapshot: 'b2', done: [days(0, 10)], inputs: { a: 'a2' } };
const C1: Example = { node: 'c', snapshot: 'c1', done: [days(0, 10)] };
const empty = (of: Example): Example => ({ ...of, done: [] });
const partly = (of: Example): Example => ({ ...of, done: [days(0, 9)] });

test.each<[string, readonly Example[], readonly Example[], string, string]>([
  ['what is complete is shown', [], [A1, B1], 'a=a1 b=b1', ''],
  ['what has no rows is not', [], [A1, empty(B1)], 'a=a1', 'b: it has no rows yet'],
  ['nor is what reads it', [], [empty(A1), B1], '', 'a: it has no rows yet; b: a is not shown yet'],
  ['a change moves together', [A1, B1], [A2, B2], 'a=a2 b=b2', ''],
  [
    'a change that lacks an interval moves nothing of it',
    [A1, B1],
    [A2, partly(B2)],
    'a=a1 b=b1',
    'a: b is not complete; b: b is not complete',
  ],
  [
    'a new node does not wait for a change beside it',
    [A1],
    [partly(A2), C1],
    'a=a1 c=c1',
    'a: a is not complete',
  ],
  ['an interval that the old one lacks as well holds nothing up', [partly(A1)], [partly(A2)], 'a=a2', ''],
  ['a removed node loses its name', [A1, C1], [A1], 'a=a1', ''],
  [
    'but not before the change is complete that removed it',
    [A1, C1],
    [partly(A2)],
    'a=a1 c=c1',
    'a: a is not complete',
  ],
])('%s', (_, before, after, shown, held) => {
  expect(next(before, after)).toMatchObject({ shown, held });
});

test('an environment that shows everything already is not moved', () => {
  expect(next([A1, B1], [A1, B1]).isMoved).toBe(false);
  expect(next([A1], [A1, B1]).isMoved).toBe(true);
});

test('what was not selected stays where it is, and is not reported', () => {
  expect(next([A1, B1], [A2, B2], { isSelected: (node) => node === 'b' })).toMatchObject({
    shown: 'a=a1 b=b1',
    held: 'b: a is not shown yet',
  });
});

test('names of removed nodes stay while only some nodes run, and of nodes that cannot run always', () => {
  expect(next([A1, C1], [A1], { removes: false }).shown).toBe('a=a1 c=c1');
  expect(next([A1, C1], [A1], { known: new Set(['a', 'c']) }).shown).toBe('a=a1 c=c1');
});

const R1: Example = { ...A1, node: 'r' };
const R2: Example = { ...A2, node: 'r' };
const S1: Example = { ...B1, inputs: { r: 'a1' } };

test.each<[string, readonly Example[], readonly Example[], Scope, string, string]>([
  ['moves its rows', [A1, B1], [R1, S1], {}, 'b=b1 r=a1', ''],
  ['with other rows waits until they are complete', [A1], [partly(R2)], {}, 'a=a1', 'r: r is not complete'],
  ['with other rows moves with them', [A1], [R2], {}, 'r=a2', ''],
  [
    'keeps the old one while its rows do not pass their audits',
    [A1],
    [R1],
    { failedAudits: new Set(['r']) },
    'a=a1',
    'r: its rows do not pass its audits',
  ],
  ['keeps both where only some nodes run', [A1], [R1], { removes: false }, 'a=a1 r=a1', ''],
  ['that was not selected stays what it was', [A1], [R1], { isSelected: () => false }, 'a=a1', ''],
  ['is not taken twice', [A1, R2], [R2], {}, 'r=a2', ''],
])('a node under another name %s', (_, before, after, scope, shown, held) => {
  const found = next(before, after, { renames: new Map([['r', 'a']]), ...scope });
  expect({ ...found, shown: found.shown.split(' ').toSorted().join(' ') }).toMatchObject({ shown, held });
});

test('rows that do not pass their audits are not shown anew', () => {
  expect(next([A1], [A2], { failedAudits: new Set(['a']) })).toMatchObject({
    shown: 'a=a1',
    held: 'a: a is not complete',
  });
});

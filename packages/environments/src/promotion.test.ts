import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { interval, type Interval } from '@seeknal/intervals';
import type { Manifest } from '@seeknal/manifest';
import type { EnvironmentRecord, Materialization, Pointer, SnapshotRecord, StateView } from '@seeknal/plan';

import { shownBy, type Foundation } from './foundation.ts';
import { promotion } from './promotion.ts';

const DAY = 86_400_000;
const days = (from: number, to: number): Interval => ({ start: from * DAY, end: to * DAY });

/**
 * `a:1 b:2` shows snapshot `a1` as `a` and `b2` as `b`; a star behind one gives it another description. `c:=a1`
 * shows `a1` as `c`.
 */
function pointersOf(text: string): { readonly [node: string]: Pointer } {
  const parts = text === '' ? [] : text.split(' ');
  return Object.fromEntries(
    parts.map((part) => {
      const [node = '', version = ''] = part.split(':');
      const of = version.replace('*', '');
      const snapshot = of.startsWith('=') ? of.slice(1) : `${node}${of}`;
      const description = version.endsWith('*') ? 'another' : null;
      return [node, { snapshot, fingerprint: snapshot, metadata: { description } }];
    }),
  );
}

const environment = (name: string, text: string): EnvironmentRecord => ({
  name,
  epoch: 1,
  pointers: pointersOf(text),
  previous: null,
  createdAt: 0,
  switchedAt: 0,
  expiresAt: null,
});

const snapshotOf = (
  id: string,
  done: readonly Interval[],
  materialization: Materialization,
): SnapshotRecord => ({
  id,
  node: id.slice(0, 1),
  kind: 'transform',
  fingerprint: id,
  definition: {},
  materialization,
  inputs: [],
  reads: [],
  schedule: { expression: '0 0 * * *', timeZone: 'UTC' },
  timeColumn: 'day',
  start: 0,
  createdAt: 0,
  generation: 0,
  done,
  seq: 1,
  columns: null,
  rows: null,
  version: null,
});

interface Situation {
  readonly dev: string;
  readonly prod?: string;
  /** What prod showed when dev was applied; default: what it shows. */
  readonly base?: string;
  readonly done?: { readonly [snapshot: string]: readonly Interval[] };
  readonly exposures?: readonly string[];
  /** Nodes of dev's manifest, as pointers are written; default: what dev shows. */
  readonly manifest?: string;
  readonly held?: readonly string[];
  readonly wanted?: readonly Interval[];
  /** What `c2` was called before. */
  readonly formerly?: string;
}

function promoted({
  dev,
  prod,
  base = prod ?? '',
  done = {},
  exposures = [],
  manifest = dev,
  held = [],
  wanted = [days(0, 9)],
  formerly = '',
}: Situation) {
  const environments: Record<string, EnvironmentRecord> = { dev: environment('dev', dev) };
  if (prod !== undefined) environments['prod'] = environment('prod', prod);
  const ids = [dev, prod ?? '', base].flatMap((text) =>
    Object.values(pointersOf(text)).map(({ snapshot }) => snapshot),
  );
  const snapshots = Object.fromEntries(
    ids.map((id) => [
      id,
      snapshotOf(
        id,
        done[id] ?? [days(0, 3)],
        exposures.includes(id.slice(0, 1)) ? 'exposure' : 'incremental_by_time',
      ),
    ]),
  );
  if (snapshots['c2'] !== undefined && formerly !== '') {
    snapshots['c2'] = { ...snapshots['c2'], formerNodes: [formerly] };
  }
  const state: StateView = { environments, snapshots, proofs: {} };
  const nodes = Object.fromEntries(
    Object.entries(pointersOf(manifest)).map(([id, { fingerprint }]) => [
      id,
      { id, fingerprint, spec: { kind: 'transform' } },
    ]),
  );
  const foundation: Foundation = {
    version: 1,
    held,
    manifest: { nodes } as unknown as Manifest,
    others: {},
    production: Object.fromEntries(
      Object.entries(pointersOf(base)).map(([id, { snapshot }]) => [id, snapshot]),
    ),
  };
  return promotion(state, environments['dev'] as EnvironmentRecord, 'prod', foundation, () => wanted);
}

test.each<readonly [string, string | undefined, string]>([
  // dev          prod         what changes in prod
  ['a:1', 'a:1', ''],
  ['a:2', 'a:1', 'change a'],
  ['a:1*', 'a:1', 'metadata a'],
  ['a:1 b:1', 'a:1', 'add b'],
  ['a:1', 'a:1 b:1', 'remove b'],
  ['a:2 c:1', 'a:1 b:1', 'change a, remove b, add c'],
  ['a:1', undefined, 'add a'],
])('%s promoted to %s changes: %s', (dev, prod, expected) => {
  const { changes, moved } = promoted({ dev, ...(prod !== undefined && { prod }) });
  expect(changes.map(({ node, action }) => `${action} ${node}`).join(', ')).toBe(expected);
  expect(moved).toEqual([]);
});

test.each<readonly [string, string, string, readonly string[]]>([
  // dev       prod      prod before  what moved in prod, and dev would undo
  ['a:2 b:1', 'a:1 b:1', 'a:1 b:1', []],
  ['a:2 b:1', 'a:1 b:9', 'a:1 b:1', ['b']],
  ['a:2 b:9', 'a:1 b:9', 'a:1 b:1', []],
  ['a:2', 'a:1 b:9', 'a:1', ['b']],
  ['a:2', 'a:2', 'a:1', []],
  ['a:2 b:1', 'a:1', 'a:1 b:1', ['b']],
])('dev %s over prod %s, which was %s', (dev, prod, base, moved) => {
  expect(promoted({ dev, prod, base }).moved).toEqual(moved);
});

test.each<readonly [string, string, string, string]>([
  // dev       prod       former names of c2     what changes in prod, and how
  ['c:=a1', 'a:1', '', 'rename c from a'],
  ['c:=a1*', 'a:1', '', 'rename c from a'],
  ['c:2', 'a:1', 'a', 'change c from a'],
  ['c:2 d:=a1', 'a:1', 'a', 'add d, change c from a'],
  ['a:1', 'c:2', 'a', 'change a from c'],
  ['a:1 c:2', 'a:1', 'a', 'add c'],
  ['c:2', 'a:1', '', 'add c, remove a'],
])('%s promoted to %s, where c was %s, changes: %s', (dev, prod, formerly, expected) => {
  const { changes } = promoted({ dev, prod, formerly });
  const told = changes.map(({ node, action, renamedFrom }) =>
    renamedFrom === undefined ? `${action} ${node}` : `${action} ${node} from ${renamedFrom}`,
  );
  expect(told.toSorted().join(', ')).toBe(expected);
});

test('what a renamed node lacks of its old name is a gap', () => {
  const { gaps } = promoted({
    dev: 'c:2',
    prod: 'a:1',
    formerly: 'a',
    done: { a1: [days(0, 5)], c2: [days(0, 3)] },
  });
  expect(gaps).toEqual(['c 1970-01-04 to 1970-01-06']);
});

test('of another target only whether it moved is known', () => {
  const staging = environment('staging', 'a:1');
  const dev = environment('dev', 'a:2');
  const state: StateView = {
    environments: { dev, staging },
    snapshots: Object.fromEntries(['a1', 'a2'].map((id) => [id, snapshotOf(id, [days(0, 3)], 'full')])),
    proofs: {},
  };
  const over = (others: Foundation['others']) =>
    promotion(
      state,
      dev,
      'staging',
      { version: 1, held: [], manifest: { nodes: {} } as unknown as Manifest, others, production: {} },
      () => [],
    ).moved;
  expect(over({ staging: shownBy(staging) })).toEqual([]);
  expect(over({ staging: shownBy(dev) })).toBeNull();
  expect(over({})).toBeNull();
});

test('rows that the target shows and the source lacks are gaps', () => {
  const gaps = (done: Situation['done'], more: Partial<Situation> = {}): readonly string[] =>
    promoted({ dev: 'a:2', prod: 'a:1', ...(done !== undefined && { done }), ...more }).gaps;
  expect(gaps({})).toEqual([]);
  expect(gaps({ a1: [days(0, 5)], a2: [days(0, 3)] })).toEqual(['a 1970-01-04 to 1970-01-06']);
  expect(gaps({ a1: [days(0, 5)], a2: [days(1, 2)] })).toEqual(['a 1970-01-01 to 1970-01-02 and 1 more']);
  expect(gaps({ a1: [days(0, 5)], a2: [] })).toEqual(['a has no rows that count']);
  // What is not wanted any more is no gap.
  expect(gaps({ a1: [days(0, 5)], a2: [days(0, 3)] }, { wanted: [days(0, 3)] })).toEqual([]);
  expect(gaps({}, { dev: '', manifest: 'a:2' })).toEqual(['a is not shown at all']);
});

test('what was applied and is not shown is not finished; what writes a file stays where it is', () => {
  expect(promoted({ dev: 'a:1 b:1', prod: 'a:1', held: ['a', 'c'] }).incomplete).toEqual(['a', 'c']);
  const { changes, left, pointers } = promoted({
    dev: 'a:2 e:2 f:1',
    prod: 'a:1 e:1',
    exposures: ['e', 'f'],
  });
  expect(changes.map(({ node }) => node)).toEqual(['a']);
  expect(left).toEqual(['e', 'f']);
  expect(pointers['e']?.snapshot).toBe('e1');
});

/** Behaviour observed in SQLMesh's tests, described as data. */
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly inputs: {
    readonly prod: readonly (readonly [string, string])[];
    readonly new_same_version?: readonly (readonly [string, string])[];
    readonly new_other_version?: readonly (readonly [string, string])[];
    readonly new_start?: string;
    readonly representative?: boolean;
  };
  readonly expected: string;
}

const file = new URL('../../../../shared/cases/sqlmesh-cases.json', import.meta.url);
const cases = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]).filter(({ kind }) => kind === 'promote.no_gaps')
  : [];
if (cases.length === 0) test.skip('SQLMesh’s cases are in ../shared, which is absent', () => {});
for (const { id, inputs, expected } of cases) {
  const reason =
    inputs.representative === false ? ' differs: a gap is a gap, whatever its definition was called' : '';
  test(`${id}${reason}`, () => {
    const set = (pairs: Case['inputs']['prod']): Interval[] =>
      pairs.map(([start, end]) => interval(start, end));
    const other = inputs.new_other_version;
    const old = set(inputs.prod);
    const { gaps } = promoted({
      dev: other === undefined ? 'a:1' : 'a:2',
      prod: 'a:1',
      done:
        other === undefined
          ? { a1: [...old, ...set(inputs.new_same_version ?? [])] }
          : { a1: old, a2: set(other) },
      wanted: [interval(inputs.new_start ?? '2022-01-01', '2022-01-09')],
    });
    expect(gaps.length === 0 ? 'ok' : 'ERROR').toBe(
      reason === '' ? expected.replace(/ERROR.*/u, 'ERROR') : 'ERROR',
    );
  });
}

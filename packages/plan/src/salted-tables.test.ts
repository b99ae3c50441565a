import { describe, expect, test } from '@jest/globals';
import type { Manifest, NodeId } from '@seeknal/manifest';

import { continuationId, forkId, identityOf, isContinued, isSalted, proofKey } from './identity.ts';
import type { SaidCategory } from './plan.ts';
import { resolveNodes } from './resolve.ts';
import { proofsOf, withProofs } from './reuse/proofs.ts';
import type { SnapshotRecord, StateView } from './snapshot.ts';
import {
  builtState,
  comparedWith,
  full,
  integers,
  manifestWith,
  planned,
  saidOf,
  view,
} from './testing/built-project.ts';
import { jan, type ExampleNode } from './testing/example-project.ts';

describe('ids of rows that no fingerprint alone gives', () => {
  test('a copy is told from the rows that the fingerprint stands for', () => {
    const ids = ['9a5f', forkId('9a5f', 'dev', 1000), continuationId('9a5f', 'dev', 1000)];
    expect(ids).toEqual(['9a5f', '9a5f@dev.rs', '9a5f~dev.rs']);
    expect(ids.map(isSalted)).toEqual([false, true, true]);
    expect(ids.map(isContinued)).toEqual([false, false, true]);
  });

  test('rows made from copies are called after them, and those made from no copy by the fingerprint', () => {
    const over = (...snapshots: string[]): string =>
      identityOf(
        { fingerprint: '77c0' },
        snapshots.map((snapshot, at) => ({ place: `input_${at}`, snapshot })),
      );
    expect(over('9a5f', 'b111')).toBe('77c0');
    expect(over('9a5f@dev.rs')).toMatch(/^77c0\^[0-9a-f]{32}$/u);
    expect(over('9a5f@dev.rs', 'b111')).toBe(over('9a5f@dev.rs', 'c222'));
    expect(new Set([over('9a5f@dev.rs'), over('9a5f@dev.rt'), over('b111', '9a5f@dev.rs')]).size).toBe(3);
  });

  test.each([
    // identity  used             what is noted under
    ['new', 'old', 'new'],
    ['new^1', 'old^2', 'new^1'],
    ['new', 'old@dev.1', 'new@dev.1'],
    ['new^1', 'old~dev.1', 'new~dev.1'],
  ])('that %s may use the rows of %s is noted under %s', (identity, used, key) => {
    expect(proofKey({ fingerprint: 'new' }, identity, used)).toBe(key);
  });
});

const SOURCE: ExampleNode = { id: 'source.events' };
const daily = (sql: string): ExampleNode => full('transform.daily', ['source.events'], sql);
const DAILY = 'SELECT k, x AS amount, y AS other FROM source.events';
const seen = view('transform.seen', ['transform.daily'], 'SELECT k, amount FROM transform.daily');
const sum = full('transform.sum', ['transform.seen'], 'SELECT sum(amount) AS amount FROM transform.seen');
const board: ExampleNode = { id: 'exposure.board', inputs: ['transform.sum'] };
const REST = 'SELECT max(other) AS other FROM transform.daily';
const projectOf = (sql: string, other: string = REST): Manifest =>
  manifestWith([SOURCE, daily(sql), seen, sum, full('transform.rest', ['transform.daily'], other), board]);
const COLUMNS = {
  'source.events': integers('k x y'),
  'transform.daily': integers('k amount other'),
  'transform.sum': integers('amount'),
  'transform.rest': integers('other'),
};

/** The state with a table of `prod` under another id, for those that were made from it, too. */
function salted(state: StateView, node: NodeId, salt: string): StateView {
  const prod = state.environments['prod'] as StateView['environments'][string];
  const pointer = prod.pointers[node] as (typeof prod.pointers)[string];
  const id = `${pointer.snapshot}${salt}`;
  const named = <T extends { readonly snapshot: string }>(each: T): T =>
    each.snapshot === pointer.snapshot ? { ...each, snapshot: id } : each;
  const records = Object.values(state.snapshots).map((record) => ({
    ...record,
    id: record.id === pointer.snapshot ? id : record.id,
    inputs: record.inputs.map(named),
    reads: record.reads.map(named),
  }));
  const pointers = { ...prod.pointers, [node]: { ...pointer, snapshot: id } };
  return {
    ...state,
    snapshots: Object.fromEntries(records.map((record) => [record.id, record])),
    environments: { prod: { ...prod, pointers } },
  };
}

const idsIn = (manifest: Manifest, state: StateView): { readonly [node: NodeId]: string } =>
  Object.fromEntries(
    [...resolveNodes(manifest, state, state.environments['prod'] ?? null, jan(5), null)].map(
      ([id, { node, snapshot }]) => [id, snapshot.id.replace(node.fingerprint, '').slice(0, 5)],
    ),
  );

test('nobody’s own rows are made from a copy: all below has names of its own', () => {
  const manifest = projectOf(DAILY);
  const plain = builtState(manifest, COLUMNS);
  expect(Object.values(idsIn(manifest, plain)).join('')).toBe('');
  const ids = idsIn(manifest, salted(plain, 'transform.daily', '@dev.1'));
  expect(ids['transform.daily']).toBe('@dev.');
  for (const below of ['transform.seen', 'transform.sum', 'transform.rest', 'exposure.board']) {
    expect(ids[below]).toMatch(/^\^/u);
  }
  // A copy below is believed: it was made over the one above.
  const both = salted(salted(plain, 'transform.daily', '@dev.1'), 'transform.rest', '@dev.1');
  expect(idsIn(manifest, both)['transform.rest']).toBe('@dev.');
});

test('an exposure of an environment keeps to its own file, whatever it is made from', () => {
  const manifest = projectOf(DAILY);
  const state = salted(builtState(manifest, COLUMNS), 'exposure.board', '@dev');
  expect(idsIn(manifest, state)['exposure.board']).toBe('@dev');
  const over = idsIn(manifest, salted(state, 'transform.daily', '@dev.1'))['exposure.board'];
  expect(over).toBe('@dev^');
});

test('a proof about a copy is for those alone who show the copy', async () => {
  const state = salted(builtState(projectOf(DAILY), COLUMNS), 'transform.daily', '@dev.1');
  const manifest = projectOf(DAILY.replace('x AS', '(x) AS'));
  const { resolved, impacts } = await comparedWith(state, manifest);
  const proofs = proofsOf(impacts, resolved, state, jan(5));
  const own = proofs.filter(({ snapshot }) => snapshot.endsWith('@dev.1'));
  expect(own.map(({ fingerprint }) => fingerprint)).toEqual([
    `${manifest.nodes['transform.daily']?.fingerprint}@dev.1`,
  ]);
  const known = withProofs(state, proofs);
  const idOf = (of: StateView): string | undefined =>
    resolveNodes(manifest, of, of.environments['prod'] ?? null, jan(5), null).get('transform.daily')?.snapshot
      .id;
  expect(idOf(known)).toBe(own[0]?.snapshot);
  expect(idOf({ ...known, environments: {} })).toBe(manifest.nodes['transform.daily']?.fingerprint);
});

describe('a table that goes on under another definition', () => {
  const TENFOLD = DAILY.replace('x AS', '10 * x AS');

  test('is known by its own edits, and to those that read it only as itself', async () => {
    const before = projectOf(TENFOLD);
    const state = salted(builtState(before, COLUMNS), 'transform.daily', '~dev.1');
    const same = await comparedWith(state, projectOf(TENFOLD.replace('10 * x AS', '(10 * x) AS')));
    expect(saidOf(same.impacts.get('transform.daily')!)).toBe('kept');
    expect(saidOf(same.impacts.get('transform.rest')!)).toBe('kept');
    const other = await comparedWith(state, projectOf(DAILY));
    expect(saidOf(other.impacts.get('transform.daily')!)).toBe('changed amount');
    // By their definitions only amount would differ; what the rows are by, nobody knows.
    expect(saidOf(other.impacts.get('transform.rest')!)).toMatch(/^rows/u);
  });

  test('is planned as a change that keeps what is done', () => {
    const before = projectOf(DAILY);
    const state = builtState(before, COLUMNS);
    const manifest = projectOf(TENFOLD);
    const from = state.environments['prod']?.pointers['transform.daily']?.snapshot as string;
    const id = `${manifest.nodes['transform.daily']?.fingerprint}~prod.1`;
    const prod = state.environments['prod'] as StateView['environments'][string];
    const record = {
      ...(state.snapshots[from] as SnapshotRecord),
      id,
      fingerprint: manifest.nodes['transform.daily']?.fingerprint as string,
      definition: manifest.nodes['transform.daily']?.definition ?? {},
    };
    const pointer = { ...prod.pointers['transform.daily']!, snapshot: id, fingerprint: record.fingerprint };
    const pointers = { ...prod.pointers, 'transform.daily': pointer };
    const { nodes, tasks } = planned(
      manifest,
      {
        ...state,
        snapshots: { ...state.snapshots, [id]: record },
        environments: { prod: { ...prod, pointers } },
      },
      {
        continued: new Map([['transform.daily', from]]),
        forks: [{ node: 'transform.daily', from, to: id }],
      },
    );
    expect(nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
      action: 'change',
      category: 'BREAKING',
      continues: from,
      notes: [
        'forward only: the rows that are done stay as they were made',
        'its table is copied first: the environments that show it keep their rows',
      ],
    });
    expect(tasks.map(({ node }) => node)).not.toContain('transform.daily');
  });

  test.each([
    ['as it was', REST, 'nothing that it reads differs'],
    [
      'written otherwise',
      REST.replace('max(other)', 'max((other))'),
      /^its definition is written otherwise/u,
    ],
  ])('takes along what reads nothing new of it, %s', async (_, sql, reason) => {
    const state = builtState(projectOf(DAILY), COLUMNS);
    const manifest = projectOf(TENFOLD, sql);
    const { impacts } = await comparedWith(state, manifest);
    const from = state.environments['prod']?.pointers['transform.rest']?.snapshot as string;
    const { nodes } = planned(manifest, state, { impacts, continued: new Map([['transform.rest', from]]) });
    expect(nodes.find(({ node }) => node === 'transform.rest')).toMatchObject({
      category: 'METADATA',
      continues: from,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  test('can be the first of an environment', () => {
    const manifest = projectOf(DAILY);
    const { nodes } = planned(
      manifest,
      { snapshots: {}, environments: {}, proofs: {} },
      { continued: new Map() },
    );
    expect(nodes.every(({ continues }) => continues === null)).toBe(true);
  });
});

describe('what is said of a change', () => {
  const before = projectOf(DAILY);
  const state = builtState(before, COLUMNS);
  const manifest = projectOf(DAILY.replace('x AS', 'x + 0 AS'));

  async function comparedAs(
    said: SaidCategory | undefined,
    after = manifest,
  ): Promise<{ readonly [node: NodeId]: string }> {
    const words = new Map(said === undefined ? [] : [['transform.daily', said] as const]);
    const { impacts } = await comparedWith(state, after, words);
    return Object.fromEntries([...impacts].map(([id, impact]) => [id.split('.')[1], saidOf(impact)]));
  }

  test('decides what becomes of those that read it', async () => {
    expect(await comparedAs(undefined)).toMatchObject({ daily: 'changed amount', rest: 'kept' });
    expect((await comparedAs(undefined))['sum']).not.toBe('kept');
    expect(await comparedAs('NON_BREAKING')).toMatchObject({ daily: 'changed amount', sum: 'kept' });
    expect(await comparedAs('BREAKING')).toMatchObject({
      daily: expect.stringMatching(/^rows/u),
      rest: expect.stringMatching(/^rows/u),
    });
    // Columns that come are nobody's word.
    const added = projectOf(DAILY.replace('x AS amount', 'x + 0 AS amount, 7 AS seven'));
    expect(await comparedAs('NON_BREAKING', added)).toMatchObject({ sum: 'kept', rest: 'kept' });
  });

  test('is kept with the proofs that lean on it, and with no others', async () => {
    const words = new Map([['transform.daily', 'NON_BREAKING'] as const]);
    const { impacts, resolved } = await comparedWith(state, manifest, words);
    const proofs = proofsOf(impacts, resolved, state, jan(5));
    const onWord = proofs.map(({ snapshot, evidence }) => [
      state.snapshots[snapshot]?.node,
      evidence['onWord'] ?? null,
    ]);
    expect(Object.fromEntries(onWord)).toEqual({
      'transform.sum': ['transform.daily'],
      'transform.rest': ['transform.daily'],
      // It is made from the very table that is kept, on whosever word.
      'exposure.board': null,
    });
  });

  test.each<[SaidCategory, RegExp]>([
    [
      'NON_BREAKING',
      /Said to be NON_BREAKING: what reads it stays where the rows that it reads are the same\.$/u,
    ],
    ['BREAKING', /Said to be BREAKING: everything that reads it is built anew\.$/u],
  ])('%s stands in the plan', (category, reason) => {
    const { nodes } = planned(manifest, state, { categories: new Map([['transform.daily', category]]) });
    expect(nodes.find(({ node }) => node === 'transform.daily')).toMatchObject({
      category,
      reason: expect.stringMatching(reason),
    });
    // Of what did not change nothing can be said.
    const same = planned(before, state, { categories: new Map([['transform.daily', category]]) });
    expect(same.nodes.every((node) => node.category === null)).toBe(true);
  });
});

import { expect, test } from '@jest/globals';

import type { Proof, StateView } from '../snapshot.ts';
import { builtState, comparedWith, full, integers, manifestWith } from '../testing/built-project.ts';
import { ANALYSER, proofsOf, provenSnapshot, withProofs } from './proofs.ts';

const SOURCE = { id: 'source.events' };
const A = 'transform.a';
const B = 'transform.b';
const project = (...sql: readonly string[]) =>
  manifestWith([
    SOURCE,
    ...sql.map((each, at) => full(at === 0 ? A : B, [at === 0 ? 'source.events' : A], each)),
  ]);

const before = project('SELECT k, x FROM source.events', 'SELECT k FROM transform.a');
const state = builtState(before, { 'source.events': integers('k x y') });

const proofsFor = async (...sql: readonly string[]): Promise<readonly Proof[]> => {
  const { impacts, resolved } = await comparedWith(state, project(...sql));
  return proofsOf(impacts, resolved, state, 7);
};

test.each([
  ['its query is the same, written otherwise', 'select k, x from source.events', 'SELECT k FROM transform.a'],
  [
    'its rows and columns are the same',
    'SELECT k, x FROM (SELECT * FROM source.events)',
    'SELECT k FROM transform.a',
  ],
])('a kept table is proved to have the same rows: %s', async (reason, ...sql) => {
  const proofs = await proofsFor(...sql);
  expect(proofs.map((proof) => [proof.from, proof.analyser, proof.reason, proof.madeAt])).toEqual([
    [before.nodes[A]?.fingerprint, ANALYSER, reason, 7],
    [before.nodes[B]?.fingerprint, ANALYSER, 'nothing that it reads differs', 7],
  ]);
});

test('a proof says what was edited, what differs above, and what is read of it', async () => {
  const [proof, ...others] = await proofsFor(
    'SELECT k, x, y FROM source.events',
    'SELECT k FROM transform.a',
  );
  expect(others).toEqual([]);
  expect(proof).toMatchObject({
    snapshot: before.nodes[B]?.fingerprint,
    evidence: { edits: [], causes: [], reads: { [A]: ['k'] } },
  });
  const [moved] = await proofsFor('SELECT x, k FROM source.events', 'SELECT k FROM transform.a');
  expect(moved?.evidence['causes']).toEqual([{ node: A, columns: [] }]);
  const [edited] = await proofsFor(
    'SELECT k, x FROM (SELECT * FROM source.events)',
    'SELECT k FROM transform.a',
  );
  expect(edited?.evidence['edits']).not.toEqual([]);
});

test('what is not kept, or not known any more, is not proved', async () => {
  expect(await proofsFor('SELECT k, x FROM source.events WHERE y > 0', 'SELECT k FROM transform.a')).toEqual(
    [],
  );
  const { impacts, resolved } = await comparedWith(state, project('SELECT e.k, e.x FROM source.events AS e'));
  expect(proofsOf(impacts, resolved, { ...state, snapshots: {} }, 7)).toEqual([]);
  expect(proofsOf(impacts, new Map(), state, 7)).toEqual([]);
});

test('a proof is believed if it is of this analysis, and its table is there to stay', async () => {
  const proofs = await proofsFor('SELECT e.k, e.x FROM source.events AS e', 'SELECT k FROM transform.a');
  const proof = proofs[0] as Proof;
  const known = withProofs(state, proofs);
  const found = (of: StateView): string | undefined => provenSnapshot(proof.fingerprint, of)?.id;
  expect(found(known)).toBe(proof.snapshot);
  expect(found(state)).toBeUndefined();
  expect(found(withProofs(state, [{ ...proof, analyser: 'an older one' }]))).toBeUndefined();
  expect(found({ ...known, snapshots: {} })).toBeUndefined();
  const dropping = { ...known.snapshots[proof.snapshot]!, dropping: true as const };
  expect(found({ ...known, snapshots: { [proof.snapshot]: dropping } })).toBeUndefined();
  expect(withProofs(state, [])).toBe(state);
});

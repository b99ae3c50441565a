import { expect, test } from '@jest/globals';

import type { ManifestNode } from '@seeknal/manifest';

import { readsSeen } from './dependency.ts';
import { resolveNodes } from './resolve.ts';
import { proofsOf, withProofs } from './reuse/proofs.ts';
import { refutation } from './reuse/refutation.ts';
import type { EnvironmentRecord, Pointer, SnapshotRead, StateView } from './snapshot.ts';
import {
  builtState,
  comparedWith,
  full,
  integers,
  manifestWith,
  planned as plannedFor,
} from './testing/built-project.ts';
import { jan } from './testing/example-project.ts';

const SOURCE = { id: 'source.events' };
const A = 'transform.a';
const B = 'transform.b';
const project = (sql: string) =>
  manifestWith([SOURCE, full(A, ['source.events'], sql), full(B, [A], 'SELECT k FROM transform.a')]);
const BASE = project('SELECT k, x FROM source.events');
const state = builtState(BASE, { 'source.events': integers('k x y') });

/** A plan after what it keeps was proved. */
async function planned(sql: string) {
  const manifest = project(sql);
  const { impacts, resolved } = await comparedWith(state, manifest);
  const proofs = proofsOf(impacts, resolved, state, 0);
  const known = withProofs(state, proofs);
  return plannedFor(manifest, known, { impacts, proofs });
}

test('a plan carries the proofs by which its nodes keep their tables, and says why they do', async () => {
  const found = await planned('SELECT k, x, y FROM source.events');
  expect(found.proofs.map(({ snapshot }) => snapshot)).toEqual([BASE.nodes[B]?.fingerprint]);
  expect(found.tasks.map(({ node }) => node)).toEqual([A]);
  expect(found.nodes.map(({ node, action, reason }) => `${node} ${action}: ${reason}`)).toEqual([
    'source.events keep: up to date',
    'transform.a change: Column y is added.',
    'transform.b keep: nothing that it reads of transform.a differs',
  ]);
});

test('a query that gives other rows by itself says so, where its rows were seen to be others', async () => {
  const sql = (limit: string): string => `SELECT k, x FROM source.events ORDER BY x ${limit}`;
  const built = builtState(project(sql('LIMIT 3')), { 'source.events': integers('k x y') });
  const manifest = project(sql('limit 3'));
  const { resolved } = await comparedWith(built, manifest);
  const seen = refutation(resolved.get(A)!, { rows: 3, differing: [], isOnlyFloating: false }, 0);
  const { impacts } = await comparedWith(withProofs(built, [seen]), manifest);
  expect(impacts.get(A)?.refuted).toMatch(
    /^verification found other rows: which of the rows with equal keys/u,
  );
});

test('a proof that was taken back is believed no more, whoever points by it', async () => {
  const manifest = project('SELECT k, x, y FROM source.events');
  const { impacts, resolved } = await comparedWith(state, manifest);
  const known = withProofs(state, proofsOf(impacts, resolved, state, 0));
  const prod = state.environments['prod'] as EnvironmentRecord;
  const own = manifest.nodes[B] as ManifestNode;
  const pointer = { ...prod.pointers[B], fingerprint: own.fingerprint } as Pointer;
  const pointing: EnvironmentRecord = { ...prod, pointers: { ...prod.pointers, [B]: pointer } };
  const snapshotIn = (of: StateView): string | undefined =>
    resolveNodes(manifest, of, pointing, jan(5), null).get(B)?.snapshot.id;
  expect(snapshotIn(known)).toBe(pointer.snapshot);
  expect(snapshotIn(state)).toBe(own.fingerprint);
});

const read = (node: string, snapshot: string): SnapshotRead => ({
  node,
  snapshot,
  reads: { kind: 'all' },
  onChange: 'keep',
});

test('of a table that was made over one input and kept over another, a commit read what it saw', () => {
  const reads = [read(A, 'old'), read(A, 'new'), read(B, 'other')];
  expect(readsSeen(reads, { new: 3 }).map(({ snapshot }) => snapshot)).toEqual(['new', 'other']);
  expect(readsSeen(reads, {})).toEqual(reads);
});
